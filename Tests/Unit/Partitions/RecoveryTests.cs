using Broker.Core.Metadata;
using Broker.Node;
using Protocol.Wire;
using Tests.Unit.Storage;

namespace Tests.Unit.Partitions;

public class RecoveryTests
{
    private const string Log = "/logs/t-0/00000000000000000000.log";
    private static readonly LogSettings Small = new() { SegmentBytes = 2000, IndexIntervalBytes = 100 };

    [Fact]
    public async Task After_a_clean_shutdown_nothing_is_read_again()
    {
        var world = new PartitionWorld(settings: new LogSettings { IndexIntervalBytes = 100 }, leaderEpoch: 3);
        for (var i = 0; i < 200; i++)
        {
            await world.AppendAsync(PartitionWorld.Batch(producerId: 5, sequence: i));
        }

        var all = world.ReadAll();
        await world.DisposeAsync();
        Assert.Contains("/logs/.kafka_cleanshutdown", world.Disk.Files);
        Assert.Contains("/logs/t-0/00000000000000000200.snapshot", world.Disk.Files);

        // Damage below the recovery point goes unseen because nothing is read there.
        world.Disk.Damage(Log, bytes =>
        {
            bytes[70]++;
            return bytes;
        });
        await using var again = new PartitionWorld(world.Disk, settings: world.Settings, leaderEpoch: 4);
        Assert.Equal((200, 200), (again.Partition.HighWatermark, again.Partition.LogEndOffset));
        all[70]++;
        Assert.Equal(all, again.Partition.SizeBytes == all.Length ? Unchecked(again) : []);
        Assert.Equal(200, (await again.AppendAsync(PartitionWorld.Batch(producerId: 5, sequence: 200))).BaseOffset);
        Assert.Equal((3, 200), again.Partition.EndOfEpoch(3));
        Assert.Equal((4, 201), again.Partition.EndOfEpoch(4));
    }

    [Fact]
    public async Task A_torn_end_is_cut_and_the_rest_is_kept()
    {
        var world = new PartitionWorld(flush: FlushMode.Os);
        for (var i = 0; i < 10; i++)
        {
            await world.AppendAsync(PartitionWorld.Batch(2));
        }

        var disk = world.Disk.Kill();
        disk.Damage(Log, bytes => bytes[..^5]);
        await using var again = new PartitionWorld(disk, flush: FlushMode.Os);
        Assert.Equal(18, again.Partition.LogEndOffset);
        Assert.Equal(18, (await again.AppendAsync(PartitionWorld.Batch())).BaseOffset);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => i * 2L), PartitionWorld.BaseOffsets(again.ReadAll()));
    }

    [Fact]
    public async Task Damage_in_the_middle_of_what_was_not_synced_cuts_there_and_drops_later_segments()
    {
        var world = new PartitionWorld(flush: FlushMode.Os, settings: Small);
        for (var i = 0; i < 100; i++)
        {
            await world.AppendAsync(PartitionWorld.Batch());
        }

        var disk = world.Disk.Kill();
        var second = disk.Files.Where(file => file.EndsWith(".log", StringComparison.Ordinal)).ElementAt(1);
        disk.Damage(second, bytes =>
        {
            bytes[bytes.Length / 2]++;
            return bytes;
        });
        await using var again = new PartitionWorld(disk, flush: FlushMode.Os, settings: Small);
        var end = again.Partition.LogEndOffset;
        Assert.InRange(end, 1, 99);
        Assert.Equal(2, disk.Files.Count(file => file.EndsWith(".log", StringComparison.Ordinal)));
        Assert.Equal(Enumerable.Range(0, (int)end).Select(i => (long)i), PartitionWorld.BaseOffsets(again.ReadAll()));
        Assert.Equal(end, (await again.AppendAsync(PartitionWorld.Batch())).BaseOffset);
    }

    /// <summary>Of a segment that is not the last: what is whole before the damage keeps its offsets, and the log goes on behind it.</summary>
    [Fact]
    public async Task Damage_below_the_recovery_point_of_an_earlier_segment_cuts_there()
    {
        var settings = new LogSettings { SegmentBytes = 1000, IndexIntervalBytes = 1 };
        var world = new PartitionWorld(flush: FlushMode.Os, settings: settings);
        for (var i = 0; i < 5; i++)
        {
            await world.AppendAsync(PartitionWorld.Batch());
        }

        world.Time.Now += TimeSpan.FromMinutes(15);
        world.Table.RunUpkeep();
        for (var i = 0; i < 20; i++)
        {
            await world.AppendAsync(PartitionWorld.Batch());
        }

        var disk = world.Disk.Kill();
        disk.Damage(Log, bytes =>
        {
            bytes[(4 * PartitionWorld.Batch().Length) + 70]++;
            return bytes;
        });
        await using var again = new PartitionWorld(disk, flush: FlushMode.Os, settings: settings);
        Assert.Equal((4L, 4L), (again.Partition.LogEndOffset, again.Partition.HighWatermark));
        Assert.Equal(4, (await again.AppendAsync(PartitionWorld.Batch())).BaseOffset);
        Assert.Equal([0, 1, 2, 3, 4], PartitionWorld.BaseOffsets(again.ReadAll()));
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("cut")]
    [InlineData("zeros")]
    [InlineData("wrong")]
    public async Task A_damaged_index_is_made_anew(string damage)
    {
        var world = new PartitionWorld(settings: Small);
        for (var i = 0; i < 100; i++)
        {
            await world.AppendAsync(PartitionWorld.Batch(timestampMs: 1000 + i));
        }

        await world.DisposeAsync();
        var disk = world.Disk.Kill();
        foreach (var file in disk.Files.Where(file => file.EndsWith("index", StringComparison.Ordinal)).ToArray())
        {
            switch (damage)
            {
                case "missing":
                    disk.DeleteFile(file);
                    break;
                case "cut":
                    disk.Damage(file, bytes => bytes[..(bytes.Length / 2)]);
                    break;
                case "zeros":
                    disk.Damage(file, bytes => new byte[bytes.Length]);
                    break;
                default:
                    disk.Damage(file, bytes =>
                    {
                        // Still rising, but not where the batches are.
                        for (var i = 7; i < bytes.Length; i += 8)
                        {
                            bytes[i] ^= 1;
                        }

                        return bytes;
                    });
                    break;
            }
        }

        await using var again = new PartitionWorld(disk, settings: Small);
        for (var offset = 0; offset < 100; offset++)
        {
            Assert.Equal(offset, PartitionWorld.BaseOffsets(PartitionWorld.Bytes(again.Partition.Read(offset, 100, true)))[0]);
            if (damage != "wrong")
            {
                Assert.Equal(offset, again.Partition.FindByTimestamp(1000 + offset)!.Value.Offset);
            }
        }

        Assert.Equal(100, (await again.AppendAsync(PartitionWorld.Batch())).BaseOffset);
        Assert.Equal(101, PartitionWorld.BaseOffsets(again.ReadAll()).Count);
    }

    [Fact]
    public async Task Producers_are_known_again_after_a_kill_with_and_without_snapshots()
    {
        foreach (var withSnapshots in (bool[])[true, false])
        {
            var world = new PartitionWorld(settings: Small);
            for (var i = 0; i < 60; i++)
            {
                await world.AppendAsync(PartitionWorld.Batch(producerId: i % 3, sequence: i / 3));
                if (i == 30)
                {
                    world.Table.RunUpkeep();
                }
            }

            var disk = world.Disk.Kill();
            foreach (var file in disk.Files.Where(file => file.EndsWith(".snapshot", StringComparison.Ordinal)).ToArray())
            {
                if (withSnapshots)
                {
                    continue;
                }

                disk.Damage(file, bytes => bytes[..^1]);
            }

            await using var again = new PartitionWorld(disk, settings: Small);
            Assert.Equal(57, (await again.AppendAsync(PartitionWorld.Batch(producerId: 0, sequence: 19))).BaseOffset);
            Assert.Equal(60, (await again.AppendAsync(PartitionWorld.Batch(producerId: 0, sequence: 20))).BaseOffset);
            Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, (await again.AppendAsync(PartitionWorld.Batch(producerId: 1, sequence: 25))).Error);
        }
    }

    [Fact]
    public async Task Epochs_come_back_from_their_file_or_from_the_batches()
    {
        var disk = new FaultyStorage();
        for (var epoch = 0; epoch < 3; epoch++)
        {
            var world = new PartitionWorld(disk, leaderEpoch: epoch * 2);
            await world.AppendAsync(PartitionWorld.Batch(2));
            if (epoch == 1)
            {
                await world.DisposeAsync();
            }

            disk = world.Disk.Kill();
        }

        for (var round = 0; round < 2; round++)
        {
            var world = new PartitionWorld(disk, leaderEpoch: 5);
            Assert.Equal((0, 2), world.Partition.EndOfEpoch(0));
            Assert.Equal((0, 2), world.Partition.EndOfEpoch(1));
            Assert.Equal((2, 4), world.Partition.EndOfEpoch(2));
            Assert.Equal((4, 6), world.Partition.EndOfEpoch(4));
            Assert.Equal((5, 6), world.Partition.EndOfEpoch(5));
            Assert.Equal((-1, -1), world.Partition.EndOfEpoch(6));
            Assert.Equal(2, world.Partition.EpochAt(3));
            Assert.Equal(5, world.Partition.EpochAt(6));
            await world.DisposeAsync();
            disk = world.Disk.Kill();
            disk.DeleteFile("/logs/t-0/leader-epoch-checkpoint");
        }
    }

    [Fact]
    public async Task An_empty_log_answers_for_the_leaders_own_epoch()
    {
        await using var world = new PartitionWorld(leaderEpoch: 0);
        Assert.Equal((0, 0), world.Partition.EndOfEpoch(0));
        Assert.Equal((-1, -1), world.Partition.EndOfEpoch(1));
        Assert.Equal((-1, -1), world.Partition.EndOfEpoch(-1));
    }

    [Fact]
    public async Task Deleted_records_stay_deleted_after_a_power_cut()
    {
        var world = new PartitionWorld();
        for (var i = 0; i < 10; i++)
        {
            await world.AppendAsync(PartitionWorld.Batch());
        }

        Assert.Equal((ErrorCode.None, 7), world.Partition.DeleteRecordsBefore(7));
        Assert.Equal((ErrorCode.None, 7), world.Partition.DeleteRecordsBefore(3));
        Assert.Equal((ErrorCode.OffsetOutOfRange, -1), world.Partition.DeleteRecordsBefore(11));
        Assert.Equal((ErrorCode.OffsetOutOfRange, -1), world.Partition.DeleteRecordsBefore(-2));
        await using var again = new PartitionWorld(world.Disk.CutPower(new Random(1)));
        Assert.Equal((7, 10), (again.Partition.LogStartOffset, again.Partition.LogEndOffset));
        Assert.Equal(ErrorCode.OffsetOutOfRange, again.Partition.Read(6, 100, true).Error);
    }

    /// <summary>What follows a cut below the recovery point lies below that point, and is none the more on disk for it.</summary>
    [Fact]
    public async Task A_torn_end_is_seen_after_damage_below_the_recovery_point()
    {
        var settings = new LogSettings { IndexIntervalBytes = 100 };
        var first = new PartitionWorld(settings: settings);
        for (var i = 0; i < 10; i++)
        {
            await first.AppendAsync(PartitionWorld.Batch(valueBytes: 200));
        }

        await first.DisposeAsync();
        first.Disk.Damage(Log, bytes => bytes[..(bytes.Length / 2)]);
        for (var cut = 0; cut < 300; cut++)
        {
            await using var second = new PartitionWorld(first.Disk.Kill(), FlushMode.Os, settings);
            Assert.Equal(5, second.Partition.LogEndOffset);
            for (var i = 0; i < 10; i++)
            {
                await second.AppendAsync(PartitionWorld.Batch(valueBytes: 200));
            }

            await using var third = new PartitionWorld(second.Disk.CutPower(new Random(cut)), settings: settings);
            var end = (int)third.Partition.LogEndOffset;
            Assert.InRange(end, 5, 15);
            Assert.Equal(Enumerable.Range(0, end).Select(offset => (long)offset), PartitionWorld.BaseOffsets(third.ReadAll()));
        }
    }

    /// <summary>The process dies before anything of its new log was synced, the next one goes on in what it finds, and then the power is cut.</summary>
    [Fact]
    public async Task A_log_that_was_never_synced_becomes_durable_when_it_is_opened()
    {
        FaultyStorage? killed = null;
        var disk = new FaultyStorage();
        disk.OnSync = _ => killed ??= disk.Kill();
        await using (var first = new PartitionWorld(disk))
        {
            await first.AppendAsync(PartitionWorld.Batch());
        }

        await using var second = new PartitionWorld(killed);
        Assert.Equal(1, second.Partition.LogEndOffset);
        Assert.Equal(1, (await second.AppendAsync(PartitionWorld.Batch())).BaseOffset);
        for (var cut = 0; cut < 50; cut++)
        {
            await using var third = new PartitionWorld(second.Disk.CutPower(new Random(cut)));
            Assert.Equal([0, 1], PartitionWorld.BaseOffsets(third.ReadAll()));
        }
    }

    private static byte[] Unchecked(PartitionWorld world)
    {
        var all = new List<byte>();
        world.Partition.ReadCommitted(0, batches => all.AddRange(batches));
        return [.. all];
    }
}
