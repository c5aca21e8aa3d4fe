using Broker.Core.Metadata;
using Broker.Node.Partitions;
using CsCheck;
using Protocol.Wire;
using Protocol.Wire.Records;
using Tests.Unit.Storage;

namespace Tests.Unit.Partitions;

/// <summary>
/// Whatever is appended, however often the process dies or the power is cut: what was acknowledged is there, offsets are dense, indexes find every
/// batch, retries are recognised.
/// </summary>
public class PowerCutTests
{
    private const int Lives = 4;

    [Fact]
    public void No_acknowledged_record_is_lost_by_power_cuts() =>
        Gen.Int.Sample(seed => RunAsync(new Random(seed), isAtSyncs: false).GetAwaiter().GetResult(), iter: 400);

    /// <summary>The same with ends right before a sync, of an opening, an append, a checkpoint or a deletion: what was to be durable next is not.</summary>
    [Fact]
    public void No_acknowledged_record_is_lost_by_an_end_before_any_sync() =>
        Gen.Int.Sample(seed => RunAsync(new Random(seed), isAtSyncs: true).GetAwaiter().GetResult(), iter: 1000);

    private static async Task RunAsync(Random random, bool isAtSyncs)
    {
        var settings = new LogSettings { SegmentBytes = random.Next(400, 4000), IndexIntervalBytes = random.Next(1, 500) };
        var disk = new FaultyStorage();
        var history = new History();
        for (var life = 0; life < Lives; life++)
        {
            history.Life.Begin();
            var end = isAtSyncs ? new EndBeforeSync(disk, history.Life.End, random.Next(1, 40), random.Next()) : null;
            var world = new PartitionWorld(disk, settings: settings, leaderEpoch: life);
            history.Verify(world);
            await LiveAsync(world, history, random);
            if (random.Next(3) == 0)
            {
                await world.DisposeAsync();
            }

            if (end is { Disk: { } ended })
            {
                disk = ended;
            }
            else
            {
                // The moment of the cut comes between acknowledgements; those that came before it count.
                history.Life.End();
                disk = random.Next(4) == 0 ? world.Disk.Kill() : world.Disk.CutPower(random);
            }

            await world.DisposeAsync();
        }

        history.Life.Check();
    }

    private static async Task LiveAsync(PartitionWorld world, History history, Random random)
    {
        await history.ResendAsync(world);
        var sequence = (int)world.Partition.LogEndOffset;
        for (var appends = random.Next(40); appends > 0; appends--)
        {
            var batch = PartitionWorld.Batch(
                random.Next(1, 4), valueBytes: random.Next(100), timestampMs: random.Next(100_000), producerId: 77, sequence: sequence, seed: appends);
            sequence += new RecordBatchHeader(batch).RecordCount;
            var append = world.AppendAsync(batch);
            history.Life.Sent(append, batch);
            switch (random.Next(8))
            {
                case 0:
                    world.Table.RunUpkeep();
                    break;
                case 1:
                    await append;
                    break;
                case 2 when random.Next(3) == 0:
                    history.Delete(world.Partition, world.Partition.LogStartOffset + random.Next(3));
                    break;
            }
        }
    }

    /// <summary>What the log's users were told, in all lives up to the end of the present one.</summary>
    private sealed class History
    {
        private readonly List<(long Offset, byte[] Batch)> _acknowledged = [];
        private long _start;
        private long _wantedStart;

        public History() => Life = new ToldLife((outcome, batch) => _acknowledged.Add((outcome.BaseOffset, batch)));

        public ToldLife Life { get; }

        public void Delete(Partition partition, long before)
        {
            // Also when the life is over: its disk may be copied a moment later.
            _wantedStart = Math.Max(_wantedStart, before);
            var (error, start) = partition.DeleteRecordsBefore(before);
            _start = Life.IsOver || error != ErrorCode.None ? _start : start;
        }

        /// <summary>The producer's last acknowledged batch, sent again, is a duplicate; the next one is taken wherever the log's end says the sequence is.</summary>
        public async Task ResendAsync(PartitionWorld world)
        {
            if (_acknowledged.Count > 0 && _acknowledged[^1].Offset >= world.Partition.LogStartOffset)
            {
                var (offset, batch) = _acknowledged[^1];
                var end = world.Partition.LogEndOffset;
                var again = await world.AppendAsync(Placed((0, batch)));
                if (again.Error == ErrorCode.None)
                {
                    Assert.Equal(offset, again.BaseOffset);
                    Assert.Equal(end, world.Partition.LogEndOffset);
                }
                else
                {
                    // More than five batches that were not acknowledged survived behind it.
                    Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, again.Error);
                }
            }
        }

        public void Verify(PartitionWorld world)
        {
            var partition = world.Partition;
            var start = partition.LogStartOffset;

            // A deletion that was not acknowledged may have happened, and may be undone by the next power cut.
            Assert.InRange(start, _start, Math.Max(_start, _wantedStart));
            Assert.Equal(partition.LogEndOffset, partition.HighWatermark);
            if (_acknowledged.Count > 0)
            {
                Assert.InRange(partition.LogEndOffset, new RecordBatchHeader(Placed(_acknowledged[^1])).NextOffset, long.MaxValue);
            }

            var next = -1L;
            var walk = new RecordBatchReader(world.ReadAll());
            while (walk.MoveNext())
            {
                var header = walk.Header;
                Assert.True(RecordBatch.HasValidCrc(walk.Current));
                Assert.True(next < 0 || header.BaseOffset == next, "offsets are dense");
                next = header.NextOffset;
                Assert.Equal(walk.Current, PartitionWorld.Bytes(partition.Read(header.LastOffset, 0, true)));
            }

            Assert.True(next < 0 ? partition.LogEndOffset == start : next == partition.LogEndOffset);
            foreach (var record in _acknowledged.Where(record => record.Offset >= start))
            {
                var stored = PartitionWorld.Bytes(partition.Read(record.Offset, 0, true));
                Assert.Equal(record.Batch[16..], stored[16..]);
            }
        }

        private static byte[] Placed((long Offset, byte[] Batch) record)
        {
            byte[] placed = [.. record.Batch];
            RecordBatch.PatchOffsets(placed, record.Offset, 0);
            return placed;
        }
    }
}
