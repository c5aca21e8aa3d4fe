using Broker.Core.Metadata;
using Broker.Node;
using Broker.Node.Partitions;
using Protocol.Wire;
using Protocol.Wire.Records;
using Tests.Unit.Storage;

namespace Tests.Unit.Partitions;

public class MirrorTests
{
    private static readonly MirrorOrigin Origin = new("eu", FencingEpoch: 5);

    [Fact]
    public async Task A_copy_has_the_sources_bytes_offsets_and_epochs()
    {
        await using var world = Copy();
        byte[] batches = [.. At(0, 3, epoch: 2), .. At(3, 1, epoch: 2), .. At(4, 2, epoch: 6)];
        var outcome = await world.MirrorAsync(batches, fencingEpoch: 5);
        Assert.Equal((ErrorCode.None, 6), (outcome.Error, outcome.BaseOffset));
        Assert.Equal(batches, world.ReadAll());
        Assert.Equal((2, 4), world.Partition.EndOfEpoch(3));
        Assert.Equal((6, 6), world.Partition.EndOfEpoch(6));
        Assert.Equal(6, world.Partition.LeaderEpoch);
    }

    [Fact]
    public async Task A_copy_refuses_producers_and_stale_or_foreign_links()
    {
        await using var world = Copy();
        var produced = await world.AppendAsync(PartitionWorld.Batch());
        Assert.Equal(ErrorCode.PolicyViolation, produced.Error);
        Assert.Contains("eu", produced.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.FencedLeaderEpoch, (await world.MirrorAsync(At(0), fencingEpoch: 4)).Error);
        Assert.Equal(ErrorCode.None, (await world.MirrorAsync(At(0), fencingEpoch: 6)).Error);
        await using var home = new PartitionWorld();
        Assert.Equal(ErrorCode.InvalidTopicException, (await home.MirrorAsync(At(0), fencingEpoch: 9)).Error);
    }

    [Fact]
    public async Task An_overlap_is_accepted_when_it_is_the_same()
    {
        await using var world = Copy();
        byte[] first = [.. At(0, 2), .. At(2, 2)];
        await world.MirrorAsync(first, 5);
        var again = await world.MirrorAsync([.. first, .. At(4, 1)], 5);
        Assert.Equal((ErrorCode.None, 5), (again.Error, again.BaseOffset));
        Assert.Equal(5, (await world.MirrorAsync(first, 5)).BaseOffset);
        Assert.Equal(ErrorCode.CorruptMessage, (await world.MirrorAsync(At(2, 2, seed: 9), 5)).Error);
        Assert.Equal(ErrorCode.CorruptMessage, (await world.MirrorAsync(At(1, 2), 5)).Error);
        Assert.Equal(ErrorCode.CorruptMessage, (await world.MirrorAsync(At(4, 4), 5)).Error);
        Assert.Equal(5, world.Partition.LogEndOffset);
    }

    [Fact]
    public async Task Damaged_and_cut_bytes_are_refused()
    {
        await using var world = Copy();
        byte[] batch = At(0, 2);
        batch[^1]++;
        Assert.Equal(ErrorCode.CorruptMessage, (await world.MirrorAsync(batch, 5)).Error);
        Assert.Equal(ErrorCode.CorruptMessage, (await world.MirrorAsync([.. At(0), .. At(1)[..30]], 5)).Error);
        Assert.Equal(ErrorCode.CorruptMessage, (await world.MirrorAsync([.. At(1), .. At(0)], 5)).Error);
        Assert.Equal(0, world.Partition.LogEndOffset);
    }

    [Fact]
    public async Task A_gap_is_refused_unless_the_source_has_dropped_what_lacks()
    {
        await using var world = Copy();
        await world.MirrorAsync(At(0, 5), 5);
        Assert.Equal(ErrorCode.OffsetOutOfRange, (await world.MirrorAsync(At(6), 5)).Error);
        Assert.Equal(ErrorCode.OffsetOutOfRange, (await world.MirrorAsync([.. At(5), .. At(7)], 5)).Error);
        Assert.Equal(ErrorCode.OffsetOutOfRange, (await world.MirrorAsync(At(20), 5, sourceStart: 10)).Error);
        Assert.Equal(5, world.Partition.LogEndOffset);
        var outcome = await world.MirrorAsync(At(98, 5), 5, sourceStart: 100);
        Assert.Equal((ErrorCode.None, 103), (outcome.Error, outcome.BaseOffset));
        await world.MirrorAsync(At(103), 5, sourceStart: 100);
        Assert.Equal((100, 104), (world.Partition.LogStartOffset, world.Partition.LogEndOffset));
        Assert.Equal([98, 103], PartitionWorld.BaseOffsets(world.ReadAll()));
        await world.DisposeAsync();
        await using var again = Copy(world.Disk.CutPower(new Random(3)));
        Assert.Equal((100, 104), (again.Partition.LogStartOffset, again.Partition.LogEndOffset));
        Assert.Equal(104, (await again.MirrorAsync([], 5, sourceStart: 104)).BaseOffset);
        Assert.Equal(200, (await again.MirrorAsync([], 5, sourceStart: 200)).BaseOffset);
        Assert.Equal((200, 200, 200), (again.Partition.LogStartOffset, again.Partition.HighWatermark, again.Partition.LogEndOffset));
    }

    [Fact]
    public async Task Retention_of_a_copy_follows_its_source_only()
    {
        var settings = new LogSettings { SegmentBytes = 200, RetentionAge = TimeSpan.FromMilliseconds(1), RetentionBytes = 1 };
        await using var world = Copy(settings: settings);
        for (var i = 0; i < 20; i++)
        {
            await world.MirrorAsync(At(i), 5);
        }

        world.Time.Now += TimeSpan.FromDays(100);
        world.Table.RunUpkeep();
        Assert.Equal(0, world.Partition.LogStartOffset);
        Assert.Equal(20, PartitionWorld.BaseOffsets(world.ReadAll()).Count);
        await world.MirrorAsync([], 5, sourceStart: 11);
        Assert.Equal(11, world.Partition.LogStartOffset);
        var before = world.Partition.SizeBytes;
        world.Table.RunUpkeep();

        Assert.InRange(world.Partition.SizeBytes, 1, before - 1);
        Assert.Equal(11, world.Partition.LogStartOffset);
    }

    [Fact]
    public async Task A_copy_that_becomes_a_home_goes_on_in_a_later_epoch()
    {
        await using var world = Copy();
        await world.MirrorAsync(At(0, 3, epoch: 40, producerId: 8), 5);
        world.Table.Put(world.Image with { Mirror = null }, world.Settings, leaderEpoch: 2);
        var duplicate = await world.AppendAsync(PartitionWorld.Batch(3, producerId: 8));
        Assert.Equal((ErrorCode.None, 0), (duplicate.Error, duplicate.BaseOffset));
        Assert.Equal(3, (await world.AppendAsync(PartitionWorld.Batch(1, producerId: 8, sequence: 3))).BaseOffset);
        Assert.Equal(40, world.Partition.EpochAt(3));
    }

    [Fact]
    public async Task A_long_run_of_batches_is_spread_over_segments()
    {
        var settings = new LogSettings { SegmentBytes = 500 };
        await using var world = Copy(settings: settings);
        byte[] batches = [.. Enumerable.Range(0, 30).SelectMany(i => At(i))];
        Assert.Equal(30, (await world.MirrorAsync(batches, 5)).BaseOffset);
        Assert.Equal(batches, world.ReadAll());
        Assert.InRange(world.Disk.Files.Count(file => file.EndsWith(".log", StringComparison.Ordinal)), 3, 10);
    }

    private static PartitionWorld Copy(FaultyStorage? disk = null, LogSettings? settings = null) =>
        new(disk, FlushMode.Batch, settings, leaderEpoch: 1, mirror: Origin);

    private static byte[] At(long offset, int records = 1, int epoch = 1, long producerId = -1, int seed = 0) =>
        PartitionWorld.Batch(records, producerId: producerId, baseOffset: offset, leaderEpoch: epoch, seed: seed);
}
