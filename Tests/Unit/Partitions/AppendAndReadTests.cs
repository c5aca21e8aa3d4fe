using Broker.Core.Metadata;
using Broker.Node;
using Protocol.Wire;
using Protocol.Wire.Records;

namespace Tests.Unit.Partitions;

public class AppendAndReadTests
{
    [Theory]
    [InlineData(FlushMode.Batch)]
    [InlineData(FlushMode.Os)]
    public async Task Batches_get_dense_offsets_and_come_back(FlushMode flush)
    {
        await using var world = new PartitionWorld(flush: flush, leaderEpoch: 7);
        Assert.Equal(0, (await world.AppendAsync(PartitionWorld.Batch(3))).BaseOffset);
        Assert.Equal(3, (await world.AppendAsync(PartitionWorld.Batch(2))).BaseOffset);
        Assert.Equal(5, world.Partition.HighWatermark);
        Assert.Equal(5, world.Partition.LogEndOffset);
        var all = world.ReadAll();
        Assert.Equal([0, 3], PartitionWorld.BaseOffsets(all));
        Assert.Equal(7, new RecordBatchHeader(all).PartitionLeaderEpoch);
        Assert.Equal(all.Length, world.Partition.SizeBytes);
    }

    /// <summary>A small batch that the topic stores in another compression is measured as it is stored.</summary>
    [Fact]
    public async Task A_batch_that_grows_beyond_the_topics_limit_is_refused()
    {
        await using var world = new PartitionWorld(settings: new LogSettings { MaxBatchBytes = 1000, StoredCompression = CompressionType.None });
        var builder = new RecordBatchBuilder(CompressionType.Gzip);
        builder.Append(1000, NullableBytes.Null, new byte[2000]);
        var batch = builder.Build();
        Assert.True(batch.Length < 1000);
        Assert.Equal(ErrorCode.MessageTooLarge, (await world.AppendAsync(batch)).Error);
        Assert.Equal(0, world.Partition.LogEndOffset);
    }

    [Fact]
    public async Task A_fetch_gives_whole_batches_within_its_limits()
    {
        await using var world = new PartitionWorld(settings: new LogSettings { IndexIntervalBytes = 200 });
        for (var i = 0; i < 300; i++)
        {
            await world.AppendAsync(PartitionWorld.Batch(2, valueBytes: i % 50));
        }

        var all = world.ReadAll();
        var starts = new List<(long Offset, int Position, int Size)>();
        var walk = new RecordBatchReader(all);
        while (walk.MoveNext())
        {
            starts.Add((walk.Header.BaseOffset, walk.PositionBytes, walk.Current.Length));
        }

        var random = new Random(1);
        for (var i = 0; i < 2000; i++)
        {
            var at = random.Next(starts.Count);
            var (offset, position, size) = starts[at];
            var maxBytes = random.Next(4) switch { 0 => random.Next(size), 1 => size, 2 => int.MaxValue, _ => random.Next(all.Length) };
            var expectedEnd = position;
            for (var j = at; j < starts.Count && starts[j].Position + starts[j].Size <= (long)position + maxBytes; j++)
            {
                expectedEnd = starts[j].Position + starts[j].Size;
            }

            var inBatch = offset + random.Next(2);
            Assert.Equal(all[position..expectedEnd], PartitionWorld.Bytes(world.Partition.Read(inBatch, maxBytes, minOneBatch: false)));
            Assert.Equal(all[position..Math.Max(expectedEnd, position + size)], PartitionWorld.Bytes(world.Partition.Read(inBatch, maxBytes, minOneBatch: true)));
            var available = world.Partition.AvailableBytes(inBatch);
            Assert.InRange(available, all.Length - position, all.Length);
        }

        Assert.Equal(all.Length - starts[^1].Position, world.Partition.AvailableBytes(starts[^1].Offset));
    }

    [Fact]
    public async Task The_edges_of_the_log_answer_as_Kafka_does()
    {
        await using var world = new PartitionWorld();
        await world.AppendAsync(PartitionWorld.Batch(3));
        var end = world.Partition.Read(3, 100, true);
        Assert.Equal((ErrorCode.None, 0, 3, 0), (end.Error, end.Records.LengthBytes, end.HighWatermark, end.LogStartOffset));
        var beyond = world.Partition.Read(4, 100, true);
        Assert.Equal((ErrorCode.OffsetOutOfRange, -1, -1), (beyond.Error, beyond.HighWatermark, beyond.LogStartOffset));
        Assert.Equal(ErrorCode.OffsetOutOfRange, world.Partition.Read(-1, 100, true).Error);
        Assert.Equal(0, world.Partition.Read(0, -1, true).Records.LengthBytes);
        Assert.Equal(0, world.Partition.Read(0, 0, false).Records.LengthBytes);
        Assert.NotEqual(0, world.Partition.Read(0, 0, true).Records.LengthBytes);
        Assert.Equal(0, world.Partition.AvailableBytes(3));
    }

    [Fact]
    public async Task What_a_fetch_began_stays_readable_after_retention()
    {
        await using var world = new PartitionWorld(settings: new LogSettings { SegmentBytes = 200 });
        for (var i = 0; i < 20; i++)
        {
            await world.AppendAsync(PartitionWorld.Batch(1, seed: i));
        }

        var slice = world.Partition.Read(0, int.MaxValue, true);
        Assert.Equal((ErrorCode.None, 20), world.Partition.DeleteRecordsBefore(-1));
        world.Time.Now += TimeSpan.FromDays(1);
        world.Table.RunUpkeep();
        Assert.Equal(0, PartitionWorld.BaseOffsets(PartitionWorld.Bytes(slice))[0]);
        Assert.Equal(ErrorCode.OffsetOutOfRange, world.Partition.Read(0, 100, true).Error);
    }

    [Fact]
    public async Task A_retry_is_answered_with_its_original_once_that_is_committed()
    {
        await using var world = new PartitionWorld();
        var batch = PartitionWorld.Batch(2, timestampMs: 5000, producerId: 9);
        var first = await world.AppendAsync([.. batch]);
        var again = await world.AppendAsync([.. batch]);
        Assert.Equal((ErrorCode.None, first.BaseOffset, 5001), (again.Error, again.BaseOffset, again.LogAppendTimeMs));
        Assert.Equal(2, world.Partition.LogEndOffset);
        var gap = await world.AppendAsync(PartitionWorld.Batch(1, producerId: 9, sequence: 5));
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, gap.Error);
    }

    [Fact]
    public async Task Nothing_is_committed_before_it_is_on_disk()
    {
        await using var world = new PartitionWorld();
        await world.AppendAsync(PartitionWorld.Batch());
        var syncing = new ManualResetEventSlim();
        var mayEnd = new ManualResetEventSlim();
        world.Disk.OnSync = _ =>
        {
            syncing.Set();
            mayEnd.Wait();
        };
        var first = world.AppendAsync(PartitionWorld.Batch());
        syncing.Wait();
        var second = world.AppendAsync(PartitionWorld.Batch());
        var readable = new PartitionWorld.Readable();
        world.Partition.AddReadWaiter(readable, seenHighWatermark: 1);
        Assert.Equal((1, 3), (world.Partition.HighWatermark, world.Partition.LogEndOffset));
        Assert.False(first.IsCompleted);
        Assert.Equal(0, readable.Calls);
        Assert.Equal([0], PartitionWorld.BaseOffsets(world.ReadAll()));
        mayEnd.Set();
        Assert.Equal(1, (await first).BaseOffset);
        Assert.Equal(2, (await second).BaseOffset);
        await readable.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(1, readable.Calls);
        Assert.Equal(3, world.Partition.HighWatermark);
    }

    [Fact]
    public async Task A_read_waiter_is_called_at_once_when_it_came_late()
    {
        await using var world = new PartitionWorld(flush: FlushMode.Os);
        await world.AppendAsync(PartitionWorld.Batch());
        var late = new PartitionWorld.Readable();
        world.Partition.AddReadWaiter(late, seenHighWatermark: 0);
        Assert.Equal(1, late.Calls);
        var removed = new PartitionWorld.Readable();
        world.Partition.AddReadWaiter(removed, seenHighWatermark: 1);
        world.Partition.RemoveReadWaiter(removed);
        await world.AppendAsync(PartitionWorld.Batch());
        Assert.Equal((1, 0), (late.Calls, removed.Calls));
    }

    [Fact]
    public async Task Segments_roll_by_size_age_and_full_index()
    {
        var settings = new LogSettings { SegmentBytes = 1000, SegmentAge = TimeSpan.FromSeconds(10), IndexIntervalBytes = 1, SegmentIndexBytes = 5 * 12 };
        await using var world = new PartitionWorld(settings: settings);
        await world.AppendAsync(PartitionWorld.Batch(valueBytes: 500));
        await world.AppendAsync(PartitionWorld.Batch(valueBytes: 500));
        Assert.Contains("/logs/t-0/00000000000000000001.log", world.Disk.Files);
        await world.AppendAsync(PartitionWorld.Batch(timestampMs: 1000 + 10_001));
        Assert.Contains("/logs/t-0/00000000000000000002.log", world.Disk.Files);
        for (var i = 0; i < 7; i++)
        {
            await world.AppendAsync(PartitionWorld.Batch(timestampMs: 12_000 + i));
        }

        Assert.Contains("/logs/t-0/00000000000000000007.log", world.Disk.Files);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => (long)i), PartitionWorld.BaseOffsets(world.ReadAll()));
        var tooLarge = await world.AppendAsync(PartitionWorld.Batch(valueBytes: 1000));
        Assert.Equal(ErrorCode.RecordListTooLarge, tooLarge.Error);
    }

    [Fact]
    public async Task An_idle_topic_costs_no_file()
    {
        await using var world = new PartitionWorld(partitions: 1000);
        Assert.Equal(0, world.Topic.Find(999)!.LogEndOffset);
        Assert.Equal(0, world.Partition.Read(0, 100, true).HighWatermark);
        Assert.Empty(world.Disk.Files);
    }
}
