using Broker.Core.Metadata;
using Broker.Node;
using Protocol.Wire;
using Tests.Unit.Storage;

namespace Tests.Unit.Partitions;

/// <summary>Failures that come after a part of the work was done.</summary>
public class LateFailureTests
{
    /// <summary>The index is not in memory and cannot be read when the second batch of a run needs an entry.</summary>
    [Fact]
    public async Task A_copy_that_cannot_read_its_index_ends_where_it_ended()
    {
        await using var world = new PartitionWorld(settings: new LogSettings { IndexIntervalBytes = 100 }, mirror: new MirrorOrigin("eu", FencingEpoch: 1));
        for (var offset = 0; offset < 3; offset++)
        {
            Assert.Equal(ErrorCode.None, (await world.MirrorAsync(BatchAt(offset))).Error);
        }

        for (var round = 0; round < 2; round++)
        {
            world.Time.Now += TimeSpan.FromMinutes(2);
            world.Table.RunUpkeep();
        }

        world.Disk.OnOpen = path =>
        {
            if (path.EndsWith("index", StringComparison.Ordinal))
            {
                throw new IOException("Too many open files");
            }
        };
        Assert.Equal(ErrorCode.KafkaStorageError, (await world.MirrorAsync([.. BatchAt(3), .. BatchAt(4)])).Error);
        world.Disk.OnOpen = null;
        Assert.Equal(ErrorCode.OffsetOutOfRange, (await world.MirrorAsync(BatchAt(4))).Error);
        Assert.Equal(ErrorCode.None, (await world.MirrorAsync([.. BatchAt(3), .. BatchAt(4)])).Error);
        Assert.Equal([0, 1, 2, 3, 4], PartitionWorld.BaseOffsets(world.ReadAll()));
    }

    /// <summary>The log was cut below it. Were it back once the log is longer, a producer's new records would be taken for ones that are stored.</summary>
    [Fact]
    public async Task A_snapshot_beyond_the_logs_end_does_not_come_back()
    {
        const string Snapshot = "/logs/t-0/00000000000000000007.snapshot";
        await using var first = new PartitionWorld(flush: FlushMode.Os);
        await first.AppendAsync(PartitionWorld.Batch(producerId: 7));
        await first.DisposeAsync();
        first.Disk.Open(Snapshot, create: true).Dispose();
        first.Disk.SyncDirectory(PartitionWorld.Folder);
        await using var second = new PartitionWorld(first.Disk.Kill());
        Assert.Equal(1, second.Partition.LogEndOffset);
        for (var cut = 0; cut < 20; cut++)
        {
            Assert.DoesNotContain(Snapshot, second.Disk.CutPower(new Random(cut)).Files);
        }
    }

    private static byte[] BatchAt(long offset) => PartitionWorld.Batch(baseOffset: offset, leaderEpoch: 0, timestampMs: 1000 + offset);
}
