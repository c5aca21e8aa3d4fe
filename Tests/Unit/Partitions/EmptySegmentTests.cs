using Broker.Core.Metadata;
using Broker.Node;
using Protocol.Wire;
using Tests.Unit.Storage;

namespace Tests.Unit.Partitions;

/// <summary>Files of a log that are empty: what a power cut took, or what was never written.</summary>
public class EmptySegmentTests
{
    private const string First = "/logs/t-0/00000000000000000000.log";
    private static readonly LogSettings Small = new() { SegmentBytes = 500, IndexIntervalBytes = 1 };

    /// <summary>Begun behind it, a copy would be asked for the end only, and never have what its source has below.</summary>
    [Fact]
    public async Task A_first_segment_that_a_power_cut_emptied_is_the_logs_end()
    {
        var world = new PartitionWorld(flush: FlushMode.Os, settings: Small, mirror: new MirrorOrigin("eu", FencingEpoch: 1));
        await AppendAsync(world, from: 0, to: 30);
        var disk = world.Disk.Kill();
        disk.Damage(First, _ => []);
        await using var again = new PartitionWorld(disk, settings: Small, mirror: new MirrorOrigin("eu", FencingEpoch: 1));
        Assert.Equal((0, 0), (again.Partition.LogStartOffset, again.Partition.LogEndOffset));
        await AppendAsync(again, from: 0, to: 30);
        Assert.Equal(Enumerable.Range(0, 30).Select(offset => (long)offset), PartitionWorld.BaseOffsets(again.ReadAll()));
    }

    /// <summary>All of the log is known to be on disk: the empty file is none of its segments.</summary>
    [Fact]
    public async Task An_empty_file_before_what_was_checkpointed_is_no_end()
    {
        var world = new PartitionWorld(settings: Small, mirror: new MirrorOrigin("eu", FencingEpoch: 1));
        await AppendAsync(world, from: 10, to: 40);
        await world.DisposeAsync();
        world.Disk.Open(First, create: true).Dispose();
        await using var again = new PartitionWorld(world.Disk.Kill(), settings: Small, mirror: new MirrorOrigin("eu", FencingEpoch: 1));
        Assert.Equal((10, 40), (again.Partition.LogStartOffset, again.Partition.LogEndOffset));
        Assert.Equal(Enumerable.Range(10, 30).Select(offset => (long)offset), PartitionWorld.BaseOffsets(again.ReadAll()));
    }

    /// <summary>The first append failed, then the source dropped what the copy lacks: the file of that append must not end the log later.</summary>
    [Fact]
    public async Task A_copy_that_begins_anew_leaves_no_empty_file_behind()
    {
        var world = new PartitionWorld(settings: Small, mirror: new MirrorOrigin("eu", FencingEpoch: 1));
        world.Disk.OnWrite = (path, _) => path == First ? 0 : null;
        Assert.NotEqual(ErrorCode.None, (await world.MirrorAsync(BatchAt(0))).Error);
        world.Disk.OnWrite = null;
        await AppendAsync(world, from: 10, to: 40);
        Assert.DoesNotContain(First, world.Disk.Files);
        await using var again = new PartitionWorld(world.Disk.Kill(), settings: Small, mirror: new MirrorOrigin("eu", FencingEpoch: 1));
        Assert.Equal((10, 40), (again.Partition.LogStartOffset, again.Partition.LogEndOffset));
    }

    /// <summary>Where a copy began anew is all that its empty file says, and the process may have died before that name was on disk.</summary>
    [Fact]
    public async Task Where_a_copy_began_anew_is_durable_once_the_log_is_opened()
    {
        var world = new PartitionWorld(settings: Small, mirror: new MirrorOrigin("eu", FencingEpoch: 1));
        await AppendAsync(world, from: 0, to: 30);
        world.Table.RunUpkeep();
        FaultyStorage? killed = null;
        world.Disk.OnSync = _ => killed = world.Disk.Files.Contains("/logs/t-0/00000000000000000100.log") ? killed ?? world.Disk.Kill() : null;
        await world.MirrorAsync([], sourceStart: 100);
        await using var second = new PartitionWorld(killed, settings: Small, mirror: new MirrorOrigin("eu", FencingEpoch: 1));
        Assert.Equal(100, second.Partition.LogEndOffset);
        for (var cut = 0; cut < 20; cut++)
        {
            await using var third = new PartitionWorld(
                second.Disk.CutPower(new Random(cut)), settings: Small, mirror: new MirrorOrigin("eu", FencingEpoch: 1));
            Assert.Equal(100, third.Partition.LogEndOffset);
        }
    }

    private static async Task AppendAsync(PartitionWorld world, long from, long to)
    {
        for (var offset = from; offset < to; offset++)
        {
            Assert.Equal(ErrorCode.None, (await world.MirrorAsync(BatchAt(offset), sourceStart: from)).Error);
        }
    }

    private static byte[] BatchAt(long offset) => PartitionWorld.Batch(baseOffset: offset, leaderEpoch: 0);
}
