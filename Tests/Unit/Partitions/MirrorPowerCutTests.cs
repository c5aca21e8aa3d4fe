using Broker.Core.Metadata;
using Broker.Node.Partitions;
using CsCheck;
using Protocol.Wire;
using Protocol.Wire.Records;
using Tests.Unit.Storage;

namespace Tests.Unit.Partitions;

/// <summary>
/// A copy under kills and power cuts before any sync: what it confirmed is there unless its source has dropped it, and it holds nothing but its
/// source's batches, without a gap.
/// </summary>
public class MirrorPowerCutTests
{
    private const int Lives = 4;
    private const int SourceBatches = 120;

    [Fact]
    public void A_copy_keeps_what_it_confirmed() =>
        Gen.Int.Sample(seed => RunAsync(new Random(seed)).GetAwaiter().GetResult(), iter: 3000);

    private static async Task RunAsync(Random random)
    {
        var settings = new LogSettings { SegmentBytes = random.Next(400, 4000), IndexIntervalBytes = random.Next(1, 500) };
        var source = new Source(random);
        var disk = new FaultyStorage();
        for (var life = 0; life < Lives; life++)
        {
            source.Life.Begin();
            var end = new EndBeforeSync(disk, source.Life.End, random.Next(1, 40), random.Next());
            var world = new PartitionWorld(disk, settings: settings, mirror: new MirrorOrigin("eu", FencingEpoch: 1));
            source.Verify(world);
            for (var steps = random.Next(25); steps > 0; steps--)
            {
                var append = source.PushTo(world, random);
                switch (random.Next(8))
                {
                    case 0:
                        world.Table.RunUpkeep();
                        break;
                    case < 4:
                        await append;
                        break;
                }
            }

            if (random.Next(3) == 0)
            {
                await world.DisposeAsync();
            }

            source.Life.End();
            disk = end.Disk ?? world.Disk.CutPower(random);
            await world.DisposeAsync();
        }

        source.Life.Check();
    }

    /// <summary>A log with its batches, which drops old ones now and then, and what its copy confirmed.</summary>
    private sealed class Source
    {
        private readonly List<byte[]> _batches = [];
        private long _start;
        private long _confirmedEnd;

        public Source(Random random)
        {
            Life = new ToldLife((outcome, _) => _confirmedEnd = Math.Max(_confirmedEnd, outcome.BaseOffset));
            var offset = 0L;
            for (var i = 0; i < SourceBatches; i++)
            {
                var batch = PartitionWorld.Batch(
                    random.Next(1, 4), valueBytes: random.Next(100), timestampMs: random.Next(100_000), producerId: 7, sequence: (int)offset, baseOffset: offset,
                    leaderEpoch: i / 20, seed: i);
                _batches.Add(batch);
                offset = new RecordBatchHeader(batch).NextOffset;
            }
        }

        public ToldLife Life { get; }

        /// <summary>Sends what comes next, perhaps with some that the copy has, perhaps after old batches were dropped.</summary>
        public Task<AppendOutcome> PushTo(PartitionWorld world, Random random)
        {
            var end = world.Partition.LogEndOffset;
            if (random.Next(8) == 0)
            {
                _start = Math.Max(_start, Math.Min(end + random.Next(-10, 10), OffsetAfter(_batches[^1])));
            }

            var next = _batches.FindIndex(batch => OffsetAfter(batch) > Math.Max(_start, end));
            next = next < 0 ? SourceBatches : next;
            next = _start <= end ? Math.Max(0, next - random.Next(3)) : next;

            // Where a copy begins anew is said by a batch, as the link does: a log start may lie within one.
            var least = _start > end ? 1 : 0;
            byte[] run = [.. _batches.Skip(next).Take(random.Next(least, 4)).SelectMany(batch => batch)];
            var append = world.MirrorAsync(run, sourceStart: _start);
            Life.Sent(append, run);
            return append;
        }

        public void Verify(PartitionWorld world)
        {
            var copy = world.Partition;
            Assert.InRange(copy.LogStartOffset, 0, _start);
            Assert.Equal(copy.LogEndOffset, copy.HighWatermark);
            if (_start <= _confirmedEnd)
            {
                Assert.InRange(copy.LogEndOffset, _confirmedEnd, long.MaxValue);
            }

            var next = -1L;
            var walk = new RecordBatchReader(world.ReadAll());
            while (walk.MoveNext())
            {
                var offset = walk.Header.BaseOffset;
                Assert.True(next < 0 || offset == next, "offsets are dense");
                Assert.Equal(_batches.Single(batch => new RecordBatchHeader(batch).BaseOffset == offset), walk.Current);
                next = walk.Header.NextOffset;
            }

            Assert.Equal(copy.LogEndOffset, next < 0 ? copy.LogStartOffset : next);
        }

        private static long OffsetAfter(byte[] batch) => new RecordBatchHeader(batch).NextOffset;
    }
}
