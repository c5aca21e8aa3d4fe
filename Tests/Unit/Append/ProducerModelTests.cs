using Broker.Core.Append;
using CsCheck;
using Protocol.Wire;

namespace Tests.Unit.Append;

/// <summary>Histories of producers against a slow model that keeps every batch ever applied and answers by searching it.</summary>
public class ProducerModelTests
{
    private static readonly Gen<(int Kind, ProducerBatch Batch, int Number)> Step = Gen.Select(
        Gen.Int[0, 19],
        Gen.Select(Gen.Long[1, 3], Gen.Short[0, 2], Gen.Int[0, 6], Gen.Int[0, 2], Gen.Long[1, 9], Gen.Bool, (producer, epoch, sequence, delta, timestamp, transactional) =>
            new ProducerBatch(producer, epoch, sequence, delta, timestamp, transactional && producer == 3, false)),
        Gen.Int[0, 30]);

    [Fact]
    public void Histories_agree_with_the_model() => Step.Array[1, 60].Sample(
        steps =>
        {
            var states = new ProducerStates(TimeSpan.FromMilliseconds(20));
            var model = new Model();
            long now = 0, end = 0;
            foreach (var (kind, made, number) in steps)
            {
                now++;
                var batch = made;
                switch (kind)
                {
                    // A retry, or the continuation of what is there: random sequences alone would rarely fit.
                    case < 10 when model.LastOf(batch.ProducerId) is { } last:
                        batch = batch with { Epoch = last.Epoch, BaseSequence = kind < 7 ? last.LastSequence + 1 : last.BaseSequence };
                        break;
                    case 16:
                        batch = batch with { IsControl = true, IsTransactional = true, BaseSequence = -1, LastOffsetDelta = 0 };
                        break;
                    case 17:
                        Assert.Equal(model.Expire(now, 20), states.Expire(now));
                        continue;
                    case 18:
                        var bytes = states.ToSnapshot();
                        states = new ProducerStates(TimeSpan.FromMilliseconds(20));
                        Assert.True(states.TryLoad(bytes, end, now));
                        Assert.Equal(bytes, states.ToSnapshot());
                        continue;
                    case 19:
                        end = Math.Min(end, number);
                        Assert.Equal(model.TruncateTo(end), states.TruncateTo(end));
                        continue;
                }

                var verdict = states.Check(batch);
                Assert.Equal(model.Check(batch), (verdict.Error, verdict.BaseOffset));
                if (verdict.IsAppend)
                {
                    states.Apply(batch, end, now);
                    model.Apply(batch, end, now);
                    end += batch.LastOffsetDelta + 1;
                }

                Assert.Equal(end, states.EndOffset);
                Assert.Equal(model.Count, states.Count);
            }
        },
        iter: 10_000);

    /// <summary>A batch that went to the log. Forgotten: it is out of reach of retries, and counts only as part of an open transaction.</summary>
    private sealed record Applied(ProducerBatch Batch, long Offset, long Now, bool IsForgotten = false)
    {
        public long LastOffset => Offset + Batch.LastOffsetDelta;
    }

    private sealed class Model
    {
        private readonly List<Applied> _all = [];

        public int Count => _all.Select(a => a.Batch.ProducerId).Distinct().Count();

        public ProducerBatch? LastOf(long producer) => _all.LastOrDefault(a => a.Batch.ProducerId == producer && !a.Batch.IsControl)?.Batch;

        public (ErrorCode Error, long BaseOffset) Check(ProducerBatch batch)
        {
            var mine = Of(batch.ProducerId);
            if (mine.Count == 0)
            {
                return (ErrorCode.None, -1);
            }

            var epoch = mine[^1].Batch.Epoch;
            var known = Known(mine);
            if (known.FirstOrDefault(a => batch.Epoch == epoch && a.Batch.BaseSequence == batch.BaseSequence && a.Batch.LastSequence == batch.LastSequence) is { } duplicate)
            {
                return (ErrorCode.None, duplicate.Offset);
            }

            if (batch.Epoch < epoch)
            {
                return (ErrorCode.InvalidProducerEpoch, -1);
            }

            if (batch.IsControl)
            {
                return (ErrorCode.None, -1);
            }

            var expected = batch.Epoch > epoch || known.Count == 0 ? 0 : known[^1].Batch.LastSequence + 1;
            return batch.BaseSequence != expected ? (ErrorCode.OutOfOrderSequenceNumber, -1)
                : IsOpen(mine) && !batch.IsTransactional ? (ErrorCode.InvalidTxnState, -1)
                : (ErrorCode.None, -1);
        }

        public void Apply(ProducerBatch batch, long offset, long now) => _all.Add(new Applied(batch, offset, now));

        public int Expire(long now, long silence)
        {
            var gone = _all.GroupBy(a => a.Batch.ProducerId).Where(g => now - g.Max(a => a.Now) >= silence && !IsOpen([.. g])).Select(g => g.Key).ToHashSet();
            _all.RemoveAll(a => gone.Contains(a.Batch.ProducerId));
            return gone.Count;
        }

        public bool TruncateTo(long end)
        {
            var isComplete = true;
            foreach (var producer in _all.Select(a => a.Batch.ProducerId).Distinct().ToList())
            {
                var mine = Of(producer);
                var known = Known(mine);
                _all.RemoveAll(a => a.Batch.ProducerId == producer);
                if (mine.Any(a => a.Batch.IsControl && a.Offset >= end) || (known.Count > 0 && known.All(a => a.LastOffset >= end)))
                {
                    isComplete = false;
                    continue;
                }

                // Silence counts from the last sign of life, cut or not.
                var seen = mine.Max(a => a.Now);
                _all.AddRange(mine.Where(a => a.LastOffset < end).Select(a => a with { Now = seen, IsForgotten = a.IsForgotten || !known.Contains(a) }));
            }

            return isComplete;
        }

        private List<Applied> Of(long producer) => [.. _all.Where(a => a.Batch.ProducerId == producer)];

        /// <summary>The last five data batches of the present epoch.</summary>
        private static List<Applied> Known(List<Applied> mine) =>
            [.. mine.Skip(mine.FindLastIndex(a => a.Batch.Epoch != mine[^1].Batch.Epoch) + 1).Where(a => !a.Batch.IsControl && !a.IsForgotten).TakeLast(5)];

        private static bool IsOpen(List<Applied> mine) =>
            mine.FindLastIndex(a => a.Batch.IsTransactional && !a.Batch.IsControl) > mine.FindLastIndex(a => a.Batch.IsControl);
    }
}
