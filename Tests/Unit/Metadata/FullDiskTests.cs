using Broker.Core.Configs;
using Broker.Core.Metadata;
using Broker.Node.Metadata;
using Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Win32.SafeHandles;
using Protocol.Wire;

namespace Tests.Unit.Metadata;

/// <summary>A disk that is full for a while: changes are refused, and nothing else comes of it.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("metadata-").FullName;
    private volatile bool _isFull;
    private volatile bool _refusesFiles;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Changes_are_refused_while_the_disk_is_full_and_taken_again_afterwards()
    {
        string described;
        using (var store = Open())
        {
            await store.ExecuteAsync(new ClusterCommand.StartBroker("c1"));
            await CreateAsync(store, "before");
            var image = store.Image;
            _isFull = true;
            var refused = Enumerable.Range(0, 20).Select(i => CreateAsync(store, $"refused{i}")).ToArray();
            foreach (var change in refused)
            {
                Assert.Equal("No space left on device", (await Assert.ThrowsAsync<IOException>(() => change)).Message);
            }

            Assert.Same(image, store.Image);
            Assert.Equal("the disk does not take changes of the metadata: No space left on device", store.Trouble);

            _isFull = false;
            Assert.Equal(ErrorCode.None, (await CreateAsync(store, "refused0")).Error);
            Assert.Equal(ErrorCode.TopicAlreadyExists, (await CreateAsync(store, "before")).Error);
            Assert.Null(store.Trouble);
            described = store.Image.Describe();
            Assert.Equal(["before", "refused0"], store.Image.Topics.Keys.Order());
        }

        using var again = Open();
        Assert.Equal(described, again.Image.Describe());
    }

    [Fact]
    public async Task A_log_that_cannot_be_rewritten_goes_on_and_is_rewritten_later()
    {
        string described;
        var longest = 0L;
        using (var store = Open())
        {
            await store.ExecuteAsync(new ClusterCommand.StartBroker("c1"));
            await CreateAsync(store, "t");
            _refusesFiles = true;

            // Each change is some 20 KB, so that 100 of them are more than a log may grow by.
            for (var i = 0; i < 250; i++)
            {
                var value = string.Join(',', Enumerable.Range(0, 2500).Select(p => $"{p}:{i}"));
                await store.ExecuteAsync(new ClusterCommand.AlterConfigs(
                    [new ConfigChanges(2, "t", [new ConfigChange("leader.replication.throttled.replicas", 0, value)])], false));
                longest = Math.Max(longest, new FileInfo(Directory.GetFiles(_directory, "*.log").Max(StringComparer.Ordinal)!).Length);
                _refusesFiles = i < 90;
            }

            Assert.Null(store.Trouble);
            described = store.Image.Describe();
        }

        Assert.InRange(longest, 1_500_000, 3_000_000);
        Assert.InRange(new FileInfo(Assert.Single(Directory.GetFiles(_directory))).Length, 1, 1_500_000);
        using var again = Open();
        Assert.Equal(described, again.Image.Describe());
    }

    private static async Task<TopicResult> CreateAsync(MetadataStore store, string name) =>
        Assert.Single(((ClusterReply.Topics)await store.ExecuteAsync(new ClusterCommand.CreateTopics([Ledgers.Topic(name)], false, 1))).Results);

    private MetadataStore Open() => MetadataStore.Open(_directory, StaticBrokerConfigs.Default, Clock.System, NullLogger.Instance, Write);

    /// <summary>A part of what does not fit is written.</summary>
    private void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long position)
    {
        if (_isFull || (_refusesFiles && position == 0))
        {
            RandomAccess.Write(file, bytes[..(bytes.Length / 2)], position);
            throw new IOException("No space left on device");
        }

        RandomAccess.Write(file, bytes, position);
    }
}
