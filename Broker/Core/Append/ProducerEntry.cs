using System.Runtime.CompilerServices;
using Kernel;
using Protocol.Wire.Records;

namespace Broker.Core.Append;

/// <summary>A batch that a retry is compared with.</summary>
internal readonly record struct RememberedBatch(int LastSequence, long LastOffset, int OffsetDelta, long MaxTimestamp)
{
    public int BaseSequence => Sequences.Subtract(LastSequence, OffsetDelta);

    public long BaseOffset => LastOffset - OffsetDelta;
}

/// <summary>
/// One producer of one partition: its epoch, its last batches of that epoch, and its open transaction. Owned by <see cref="ProducerStates"/>,
/// which also links the entries in the order in which their producers were last heard of.
/// </summary>
internal sealed class ProducerEntry(long producerId)
{
    private Batches _batches;

    public long ProducerId { get; } = producerId;

    public short Epoch { get; private set; } = -1;

    /// <summary>Batches that are remembered, 0 to five; 0 after a marker of a new epoch.</summary>
    public int BatchCount { get; private set; }

    /// <summary>When the producer was last heard of, ms since the epoch.</summary>
    public long LastSeenMs { get; set; }

    /// <summary>Largest timestamp of the last batch or marker; what Kafka keeps in its snapshots.</summary>
    public long LastTimestamp { get; set; } = -1;

    /// <summary>First offset of the open transaction, or -1.</summary>
    public long OpenTransactionOffset { get; set; } = -1;

    /// <summary>Offset of the last transaction marker, or -1. What was before it is not known any more.</summary>
    public long MarkerOffset { get; set; } = -1;

    /// <summary>Epoch of the coordinator that wrote the last marker, as a loaded snapshot had it; -1 when not known.</summary>
    public int CoordinatorEpoch { get; set; } = -1;

    public ProducerEntry? Earlier { get; set; }

    public ProducerEntry? Later { get; set; }

    /// <summary>Sequence of the last record; -1 when none is known in this epoch.</summary>
    public int LastSequence => BatchCount == 0 ? -1 : Batch(BatchCount - 1).LastSequence;

    /// <summary>A remembered batch, the oldest at 0.</summary>
    public ref readonly RememberedBatch Batch(int index) => ref _batches[index];

    /// <summary>Finds the batch that a retry repeats: same epoch, same first and last sequence. -1 when there is none.</summary>
    public int IndexOf(in ProducerBatch batch)
    {
        if (batch.Epoch == Epoch)
        {
            for (var i = 0; i < BatchCount; i++)
            {
                if (_batches[i].LastSequence == batch.LastSequence && _batches[i].BaseSequence == batch.BaseSequence)
                {
                    return i;
                }
            }
        }

        return -1;
    }

    /// <summary>Takes over an epoch; another than the present one ends what is remembered of that.</summary>
    public void EnterEpoch(short epoch)
    {
        if (Epoch != epoch)
        {
            Epoch = epoch;
            BatchCount = 0;
        }
    }

    /// <summary>Remembers a batch; the oldest goes when there are five.</summary>
    public void Add(RememberedBatch batch)
    {
        if (BatchCount == Limits.RememberedBatchesPerProducer)
        {
            Span<RememberedBatch> all = _batches;
            all[1..].CopyTo(all);
            BatchCount--;
        }

        _batches[BatchCount++] = batch;
        LastTimestamp = batch.MaxTimestamp;
    }

    /// <summary>Forgets what stands at or above the offset. False when nothing that can be relied on is left.</summary>
    public bool TruncateTo(long endOffset)
    {
        if (MarkerOffset >= endOffset)
        {
            return false;
        }

        if (OpenTransactionOffset >= endOffset)
        {
            OpenTransactionOffset = -1;
        }

        var had = BatchCount;
        while (BatchCount > 0 && _batches[BatchCount - 1].LastOffset >= endOffset)
        {
            BatchCount--;
        }

        if (BatchCount > 0 && BatchCount < had)
        {
            LastTimestamp = _batches[BatchCount - 1].MaxTimestamp;
        }

        return had == 0 || BatchCount > 0;
    }

    [InlineArray(Limits.RememberedBatchesPerProducer)]
    private struct Batches
    {
        private RememberedBatch _first;
    }
}
