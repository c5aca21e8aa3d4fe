using Broker.Core.Metadata;
using Broker.Node;
using Broker.Node.Partitions;
using CsCheck;
using Protocol.Wire;
using Protocol.Wire.Records;

namespace Tests.Unit.Partitions;

public class RetentionAndTimeTests
{
    /// <summary>Small segments with an index entry for each batch, kept for an hour.</summary>
    private static readonly LogSettings AnHour = new() { SegmentBytes = 1000, IndexIntervalBytes = 1, RetentionAge = TimeSpan.FromHours(1) };

    [Fact]
    public async Task Old_segments_go_by_size()
    {
        await using var world = new PartitionWorld(settings: new LogSettings { SegmentBytes = 500, RetentionBytes = 1000 });
        for (var i = 0; i < 50; i++)
        {
            await world.AppendAsync(PartitionWorld.Batch(seed: i));
        }

        world.Table.RunUpkeep();
        Assert.InRange(world.Partition.SizeBytes, 1000, 1500);
        Assert.InRange(world.Partition.LogStartOffset, 1, 49);
        Assert.Equal(world.Partition.LogStartOffset, PartitionWorld.BaseOffsets(world.ReadAll())[0]);
        Assert.Contains(world.Disk.Files, file => file.EndsWith(".deleted", StringComparison.Ordinal));
        world.Time.Now += TimeSpan.FromMinutes(2);
        world.Table.RunUpkeep();
        Assert.DoesNotContain(world.Disk.Files, file => file.EndsWith(".deleted", StringComparison.Ordinal));
    }

    /// <summary>A produce request runs on a thread that serves others too: it must not wait for a disk that retention waits for.</summary>
    [Fact]
    public async Task Appends_do_not_wait_while_the_folder_of_deleted_segments_is_synced()
    {
        await using var world = new PartitionWorld(settings: new LogSettings { SegmentBytes = 500, RetentionBytes = 1000 });
        for (var i = 0; i < 50; i++)
        {
            await world.AppendAsync(PartitionWorld.Batch(seed: i));
        }

        AppendOutcome? appended = null;
        var syncs = 0;
        world.Disk.OnSync = path =>
        {
            if (path == PartitionWorld.Folder && Interlocked.Increment(ref syncs) == 1)
            {
                var append = Task.Run(() => world.Partition.Append(PartitionWorld.Batch(), 13, waiter: null));
                appended = append.Wait(TimeSpan.FromMinutes(1)) ? append.Result : null;
            }
        };
        world.Table.RunUpkeep();

        Assert.InRange(world.Partition.LogStartOffset, 1, 49);
        Assert.Equal((ErrorCode.None, 50L), (appended?.Error, appended?.BaseOffset));
    }

    [Fact]
    public async Task Retention_is_checked_as_often_as_it_is_told_to()
    {
        await using var world = new PartitionWorld(
            settings: new LogSettings { SegmentBytes = 500, RetentionBytes = 1000 }, retentionCheckInterval: TimeSpan.FromMinutes(5));
        world.Table.RunUpkeep();
        for (var i = 0; i < 50; i++)
        {
            await world.AppendAsync(PartitionWorld.Batch(seed: i));
        }

        world.Time.Now += TimeSpan.FromMinutes(4.9);
        for (var i = 0; i < 100; i++)
        {
            world.Table.RunUpkeep();
        }

        Assert.Equal(0, world.Partition.LogStartOffset);
        world.Time.Now += TimeSpan.FromMinutes(0.1);
        world.Table.RunUpkeep();
        Assert.InRange(world.Partition.LogStartOffset, 1, 49);
    }

    [Theory]
    [InlineData(FlushMode.Batch)]
    [InlineData(FlushMode.Os)]
    public async Task Old_segments_go_by_time_and_the_active_one_too(FlushMode flush)
    {
        var world = new PartitionWorld(flush: flush, settings: new LogSettings { SegmentBytes = 300, RetentionAge = TimeSpan.FromMinutes(1) });
        var start = world.Time.Now.ToUnixTimeMilliseconds();
        for (var i = 0; i < 10; i++)
        {
            await world.AppendAsync(PartitionWorld.Batch(timestampMs: start + (i * 10_000)));
        }

        world.Time.Now += TimeSpan.FromSeconds(100);
        world.Table.RunUpkeep();
        Assert.InRange(world.Partition.LogStartOffset, 1, 4);
        world.Time.Now += TimeSpan.FromSeconds(100);
        world.Table.RunUpkeep();

        Assert.Equal((10, 10, 0), (world.Partition.LogStartOffset, world.Partition.LogEndOffset, world.Partition.SizeBytes));
        await world.DisposeAsync();
        await using var again = new PartitionWorld(world.Disk, flush, world.Settings, time: world.Time);
        Assert.Equal((10, 10), (again.Partition.LogStartOffset, again.Partition.LogEndOffset));
        Assert.Equal(10, (await again.AppendAsync(PartitionWorld.Batch())).BaseOffset);
    }

    [Fact]
    public async Task Records_without_timestamps_go_by_when_they_were_written()
    {
        var time = new ManualTime { Now = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000) };
        await using var world = new PartitionWorld(
            flush: FlushMode.Os, settings: new LogSettings { SegmentAge = TimeSpan.FromHours(1), RetentionAge = TimeSpan.FromHours(2) }, time: time);
        await world.AppendAsync(Timeless());
        world.Table.RunUpkeep();
        Assert.Equal(0, world.Partition.LogStartOffset);

        // The first segment is written to until just before it has its age, so the second batch is young when the segment is old.
        time.Now += TimeSpan.FromMinutes(59);
        await world.AppendAsync(Timeless());
        time.Now += TimeSpan.FromMinutes(2);
        await world.AppendAsync(Timeless());
        time.Now += TimeSpan.FromMinutes(110);
        world.Table.RunUpkeep();
        Assert.Equal(0, world.Partition.LogStartOffset);
        time.Now += TimeSpan.FromMinutes(9);
        world.Table.RunUpkeep();
        Assert.Equal(2, world.Partition.LogStartOffset);
    }

    [Fact]
    public async Task A_batch_without_timestamps_begins_no_segment_among_those_with()
    {
        var time = new ManualTime { Now = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000) };
        await using var world = new PartitionWorld(flush: FlushMode.Os, settings: new LogSettings { SegmentAge = TimeSpan.FromHours(1), RetentionAge = null }, time: time);
        await world.AppendAsync(PartitionWorld.Batch(timestampMs: 1_700_000_000_000));
        await world.AppendAsync(Timeless());
        time.Now += TimeSpan.FromDays(1);
        await world.AppendAsync(Timeless());
        Assert.Equal([0, 1, 2], PartitionWorld.BaseOffsets(PartitionWorld.Bytes(world.Partition.Read(0, 1_000_000, minOneBatch: true))));

        // A fetch ends with its segment: the fourth batch is in the next one.
        await world.AppendAsync(PartitionWorld.Batch(timestampMs: 1_700_000_000_000 + (2 * 3600 * 1000)));
        Assert.Equal([0, 1, 2], PartitionWorld.BaseOffsets(PartitionWorld.Bytes(world.Partition.Read(0, 1_000_000, minOneBatch: true))));
        Assert.Equal([3], PartitionWorld.BaseOffsets(PartitionWorld.Bytes(world.Partition.Read(3, 1_000_000, minOneBatch: true))));
    }

    private static byte[] Timeless() => PartitionWorld.Batch(timestampMs: -1);

    [Fact]
    public async Task A_compacted_topic_keeps_what_time_and_size_would_take()
    {
        var settings = new LogSettings { SegmentBytes = 300, RetentionAge = TimeSpan.FromMilliseconds(1), RetentionBytes = 1, IsDeleted = false };
        await using var world = new PartitionWorld(settings: settings);
        for (var i = 0; i < 10; i++)
        {
            await world.AppendAsync(PartitionWorld.Batch());
        }

        world.Time.Now += TimeSpan.FromDays(1);
        world.Table.RunUpkeep();
        Assert.Equal(0, world.Partition.LogStartOffset);
    }

    /// <summary>Time search finds the same record as a look at every record does, compressed or not, across segments.</summary>
    [Fact]
    public void Time_search_is_exact() => Gen.Int.Sample(seed => SearchAsync(new Random(seed)).GetAwaiter().GetResult(), iter: 40);

    private static async Task SearchAsync(Random random)
    {
        var world = new PartitionWorld(settings: new LogSettings { SegmentBytes = random.Next(300, 3000), IndexIntervalBytes = random.Next(1, 400) });
        var checkpoints = random.Next(2) * 0.2;
        var records = new List<(long Offset, long Timestamp)>();
        for (var i = 0; i < 40; i++)
        {
            var count = random.Next(1, 4);
            var time = (i * 10) + random.Next(60);
            var compression = random.Next(2) == 0 ? CompressionType.Lz4 : CompressionType.None;
            var outcome = await world.AppendAsync(PartitionWorld.Batch(count, time, random.Next(60), compression: compression));
            records.AddRange(Enumerable.Range(0, count).Select(j => (outcome.BaseOffset + j, (long)time + j)));
            if (random.NextDouble() < checkpoints)
            {
                world.Time.Now += TimeSpan.FromMinutes(10);
                world.Table.RunUpkeep();
            }
        }

        for (var restarts = random.Next(3); restarts > 0; restarts--)
        {
            if (random.Next(2) == 0)
            {
                await world.DisposeAsync();
                world = new PartitionWorld(world.Disk, settings: world.Settings, time: world.Time);
            }
            else
            {
                world = new PartitionWorld(world.Disk.Kill(), settings: world.Settings, time: world.Time);
            }
        }

        var (_, start) = world.Partition.DeleteRecordsBefore(random.Next(20));
        for (var time = -1; time < 480; time++)
        {
            var expected = records.Where(record => record.Offset >= start && record.Timestamp >= time).Select(record => ((long, long)?)record).FirstOrDefault();
            var found = world.Partition.FindByTimestamp(time);
            Assert.Equal(expected, found is { } at ? (at.Offset, at.TimestampMs) : null);
        }

        var max = world.Partition.FindMaxTimestamp()!.Value;
        Assert.Equal(records.Max(record => record.Timestamp), max.TimestampMs);
        Assert.Equal(records.First(record => record.Timestamp == max.TimestampMs).Offset, max.Offset);
        await world.DisposeAsync();
    }

    /// <summary>
    /// The checkpoint stored a part of the segment's index; the segment was closed later, with all its records on disk. The rest of the index has to be
    /// there after a clean restart, or retention takes the segment for as old as its first records.
    /// </summary>
    [Fact]
    public async Task Young_records_of_a_closed_segment_survive_a_clean_restart()
    {
        const long now = 1_700_000_000_000;
        var world = new PartitionWorld(settings: AnHour, time: new ManualTime { Now = DateTimeOffset.FromUnixTimeMilliseconds(now) });
        for (var i = 0; i < 3; i++)
        {
            await world.AppendAsync(PartitionWorld.Batch(timestampMs: now - 2_000_000));
        }

        world.Time.Now += TimeSpan.FromMinutes(15);
        world.Table.RunUpkeep();
        for (var i = 0; i < 20; i++)
        {
            await world.AppendAsync(PartitionWorld.Batch(timestampMs: now + 900_000));
        }

        world.Time.Now += TimeSpan.FromMinutes(20);
        await world.DisposeAsync();
        await using var again = new PartitionWorld(world.Disk, settings: AnHour, time: world.Time);
        again.Table.RunUpkeep();
        Assert.Equal(0, again.Partition.LogStartOffset);
        Assert.Equal(3, again.Partition.FindByTimestamp(now)?.Offset);
    }

    [Fact]
    public async Task Log_starts_that_rise_together_come_to_the_disk_together()
    {
        await using var world = new PartitionWorld(partitions: 5);
        foreach (var partition in world.Topic.Partitions)
        {
            await PartitionWorld.AppendAsync(partition, PartitionWorld.Batch(3));
            Assert.Equal((ErrorCode.None, 2), partition.RaiseLogStartTo(2));
        }

        var before = world.Disk.Syncs;
        Assert.Equal(ErrorCode.None, world.Topic.Partitions[0].KeepLogStart());
        var once = world.Disk.Syncs - before;
        Assert.All(world.Topic.Partitions, partition => Assert.Equal(ErrorCode.None, partition.KeepLogStart()));
        Assert.True(once > 0 && world.Disk.Syncs == before + once, $"{once} syncs, then {world.Disk.Syncs - before - once} more");
        await using var again = new PartitionWorld(world.Disk.CutPower(new Random(1)), partitions: 5);
        Assert.All(again.Topic.Partitions, partition => Assert.Equal(2, partition.LogStartOffset));
    }

    /// <summary>Directories of the time when such an index was not stored.</summary>
    [Fact]
    public async Task An_index_that_ends_early_is_not_believed()
    {
        const long now = 1_700_000_000_000;
        var world = new PartitionWorld(settings: AnHour, time: new ManualTime { Now = DateTimeOffset.FromUnixTimeMilliseconds(now) });
        for (var i = 0; i < 20; i++)
        {
            await world.AppendAsync(PartitionWorld.Batch(timestampMs: now - 3_000_000 + (i * 100_000)));
        }

        await world.DisposeAsync();
        world.Disk.Damage("/logs/t-0/00000000000000000000.timeindex", bytes => bytes[..(2 * 12)]);
        world.Disk.Damage("/logs/t-0/00000000000000000000.index", bytes => bytes[..(2 * 8)]);
        world.Time.Now += TimeSpan.FromMinutes(15);
        await using var again = new PartitionWorld(world.Disk, settings: AnHour, time: world.Time);
        again.Table.RunUpkeep();
        Assert.Equal(0, again.Partition.LogStartOffset);
        Assert.Equal(5, again.Partition.FindByTimestamp(now - 3_000_000 + 500_000)?.Offset);
    }

    [Fact]
    public async Task Times_of_an_empty_log_and_of_append_time()
    {
        await using var world = new PartitionWorld(settings: new LogSettings { TimestampType = TimestampType.LogAppendTime });
        Assert.Null(world.Partition.FindMaxTimestamp());
        Assert.Null(world.Partition.FindByTimestamp(0));
        var outcome = await world.AppendAsync(PartitionWorld.Batch(3));
        Assert.Equal(1_000_000, outcome.LogAppendTimeMs);
        Assert.Equal(new OffsetAtTime(2, 1_000_000, 0), world.Partition.FindMaxTimestamp());
        Assert.Equal(new OffsetAtTime(0, 1_000_000, 0), world.Partition.FindByTimestamp(5000));
        Assert.Null(world.Partition.FindByTimestamp(1_000_001));
    }
}
