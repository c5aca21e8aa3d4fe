using System.Diagnostics;
using Broker.Core.Metadata;
using Broker.Node;
using Broker.Node.Partitions;
using Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Protocol.Wire.Records;
using Tests.Unit.Partitions;

namespace Tests.Unit.Storage;

/// <summary>Apache Kafka's own tool reads what we write: segments, indexes, snapshots.</summary>
public sealed class KafkaToolTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("segments-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Kafka_reads_our_segments_indexes_and_snapshots()
    {
        var tool = FindTool();
        Assert.SkipWhen(tool is null, "Apache Kafka is not beside the project");
        Assert.SkipUnless(Succeeds("java", "-version"), "java is not on this machine");
        var table = new PartitionTable(new PartitionTableOptions(_directory, FlushMode.Batch, Clock.System, NullLogger.Instance));
        var image = new TopicImage(Guid.NewGuid(), "t", 1, System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty);
        var partition = table.Put(image, new LogSettings { SegmentBytes = 30_000, IndexIntervalBytes = 1000 }, leaderEpoch: 3).Find(0)!;
        var time = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        for (var i = 0; i < 200; i++)
        {
            var compression = (CompressionType)(i % 5);
            await PartitionWorld.AppendAsync(partition, PartitionWorld.Batch(3, time + i, 100, producerId: 4, sequence: i * 3, compression: compression, seed: i));
        }

        await table.CloseAsync();
        var folder = Path.Combine(_directory, "t-0");
        var files = Directory.GetFiles(folder).Where(file => file.EndsWith(".log", StringComparison.Ordinal) ||
            file.EndsWith("index", StringComparison.Ordinal) || file.EndsWith(".snapshot", StringComparison.Ordinal)).Order().ToArray();
        Assert.Contains(files, file => file.EndsWith(".timeindex", StringComparison.Ordinal));
        var output = Run(tool!, "--files", string.Join(',', files), "--deep-iteration", "--verify-index-only");
        var full = Run(tool!, "--files", string.Join(',', files), "--deep-iteration");
        foreach (var text in (string[])[output, full])
        {
            Assert.DoesNotContain("mismatch", text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("Exception", text, StringComparison.Ordinal);
            Assert.DoesNotContain("corrupt", text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("out of order", text, StringComparison.OrdinalIgnoreCase);
        }

        Assert.Contains("lastOffset: 599", full, StringComparison.Ordinal);
        Assert.Contains("partitionLeaderEpoch: 3", full, StringComparison.Ordinal);
        Assert.Contains("producerId: 4", full, StringComparison.Ordinal);
        Assert.DoesNotContain("isvalid: false", full, StringComparison.OrdinalIgnoreCase);
    }

    private static string? FindTool()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var tool = Path.Combine(Environment.GetEnvironmentVariable("FEDERATION_SHARED") ?? Path.Combine(folder.FullName, "shared"), "peers/kafka/bin/kafka-dump-log.sh");
            if (File.Exists(tool))
            {
                return tool;
            }
        }

        return null;
    }

    private static bool Succeeds(string program, string argument)
    {
        try
        {
            Run(program, argument);
            return true;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output + errors.Result;
    }
}
