using Broker.Core.Configs;
using Broker.Core.Metadata;
using Broker.Node.Metadata;
using Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Tests.Unit.Metadata;

public sealed class MetadataStoreTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("metadata-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private MetadataStore Open() => MetadataStore.Open(_directory, StaticBrokerConfigs.Default, Clock.System, NullLogger.Instance);

    private string LogPath() => Assert.Single(Directory.GetFiles(_directory));

    [Fact]
    public async Task What_was_answered_is_there_after_opening_again()
    {
        string before;
        using (var store = Open())
        {
            await store.ExecuteAsync(new ClusterCommand.StartBroker("c1"));
            await Task.WhenAll(Enumerable.Range(0, 50).Select(i => store.ExecuteAsync(Create($"t{i}")).AsTask()));
            Assert.Equal(50, store.Image.Topics.Count);
            before = store.Image.Describe();
        }

        using var again = Open();
        Assert.Equal(before, again.Image.Describe());
    }

    [Fact]
    public async Task Followers_see_every_change_once_in_order_and_before_the_image_shows_it()
    {
        using var store = Open();
        var versions = new List<(long Before, long After, long Shown)>();
        var records = 0;
        store.Applied += (_, _, changes) => records += changes.Count;
        store.Changed += (before, after) => versions.Add((before.Version, after.Version, store.Image.Version));
        await store.ExecuteAsync(new ClusterCommand.StartBroker("c1"));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(async () => await store.ExecuteAsync(Create($"t{i}")))));
        Assert.Equal(21, versions.Count);
        Assert.Equal(store.Image.Version, versions[^1].After);
        Assert.Equal(store.Image.Version, records);
        Assert.All(versions, v => Assert.Equal(v.Before, v.Shown));
        Assert.All(versions.Zip(versions.Skip(1)), pair => Assert.Equal(pair.First.After, pair.Second.Before));
    }

    [Fact]
    public async Task A_follower_that_fails_does_not_hold_up_the_change()
    {
        using var store = Open();
        store.Changed += (_, _) => throw new InvalidOperationException("on purpose");
        await store.ExecuteAsync(new ClusterCommand.StartBroker("c1"));
        Assert.Equal("c1", store.Image.ClusterId);
    }

    [Fact]
    public async Task An_unfinished_write_at_the_end_is_cut_and_written_over()
    {
        using (var store = Open())
        {
            await store.ExecuteAsync(new ClusterCommand.StartBroker("c1"));
        }

        var path = LogPath();
        var whole = new FileInfo(path).Length;
        await using (var file = File.Open(path, FileMode.Append))
        {
            file.Write([40, 0, 0, 0, 1, 2, 3]);
        }

        string before;
        using (var store = Open())
        {
            Assert.Equal(whole, new FileInfo(path).Length);
            await store.ExecuteAsync(Create("after"));
            before = store.Image.Describe();
        }

        using var again = Open();
        Assert.Equal(before, again.Image.Describe());
    }

    [Fact]
    public async Task Damage_in_the_middle_is_refused_with_the_files_name_and_nothing_is_changed()
    {
        using (var store = Open())
        {
            await store.ExecuteAsync(new ClusterCommand.StartBroker("c1"));
            await store.ExecuteAsync(Create("a"));
            await store.ExecuteAsync(Create("b"));
        }

        var path = LogPath();
        var bytes = File.ReadAllBytes(path);
        bytes[MetadataLogFormat.HeaderBytes + 20] ^= 1;
        File.WriteAllBytes(path, bytes);

        var refusal = Assert.Throws<IOException>(() => Open());
        Assert.Contains(path, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(path));
    }

    [Fact]
    public async Task A_long_log_is_rewritten_and_says_the_same()
    {
        string before;
        long version;
        using (var store = Open())
        {
            await store.ExecuteAsync(new ClusterCommand.StartBroker("c1"));
            await store.ExecuteAsync(Create("t"));

            // Each change is some 20 KB, so that 100 of them are more than a log may grow by.
            for (var i = 0; i < 100; i++)
            {
                var value = string.Join(',', Enumerable.Range(0, 2500).Select(p => $"{p}:{i}"));
                var reply = (ClusterReply.Configs)await store.ExecuteAsync(new ClusterCommand.AlterConfigs(
                    [new ConfigChanges(2, "t", [new ConfigChange("leader.replication.throttled.replicas", 0, value)])], false));
                Assert.Equal(Protocol.Wire.ErrorCode.None, reply.Results[0].Error);
            }

            before = store.Image.Describe();
            version = store.Image.Version;
        }

        Assert.True(new FileInfo(LogPath()).Length < 1_500_000);
        Assert.NotEqual("00000000000000000000.log", Path.GetFileName(LogPath()));
        using var again = Open();
        Assert.Equal(before, again.Image.Describe());
        Assert.Equal(version, again.Image.Version);
    }

    [Fact]
    public async Task What_an_interrupted_rewrite_left_behind_is_removed()
    {
        string before;
        using (var store = Open())
        {
            await store.ExecuteAsync(new ClusterCommand.StartBroker("c1"));
            await store.ExecuteAsync(Create("a"));
            before = store.Image.Describe();

            // Cut before the rename, and after it but before the old file was deleted.
            File.WriteAllText(Path.Combine(_directory, "00000000000000000009.log.tmp"), "half");
            File.WriteAllBytes(Path.Combine(_directory, store.Image.Version.ToString("D20") + ".log"), MetadataLogFormat.NewFile(store.Image));
        }

        using var again = Open();
        Assert.Equal(before, again.Image.Describe());
        Assert.NotEqual("00000000000000000000.log", Path.GetFileName(LogPath()));
    }

    [Fact]
    public async Task A_closed_store_refuses()
    {
        var store = Open();
        await store.ExecuteAsync(new ClusterCommand.StartBroker("c1"));
        store.Dispose();
        await Assert.ThrowsAsync<IOException>(async () => await store.ExecuteAsync(Create("late")));
    }

    [Fact]
    public async Task Producer_ids_are_never_given_twice_also_over_restarts_and_carry_the_region()
    {
        const int Region = 3;
        var given = new HashSet<long>();
        for (var round = 0; round < 2; round++)
        {
            using var store = Open();
            await store.ExecuteAsync(new ClusterCommand.StartBroker("c1"));
            var ids = new ProducerIds(store, Region);
            var many = await Task.WhenAll(Enumerable.Range(0, 2500).Select(_ => Task.Run(async () => await ids.NextAsync())));
            Assert.All(many, id => Assert.True(given.Add(id)));
            Assert.All(many, id => Assert.Equal(Region, id >> 48));
        }
    }

    private static ClusterCommand.CreateTopics Create(string name) => new([Ledgers.Topic(name)], false, (ulong)name.GetHashCode(StringComparison.Ordinal));
}
