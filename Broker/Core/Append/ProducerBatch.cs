using Protocol.Wire.Records;

namespace Broker.Core.Append;

/// <summary>What the producer states need to know of a batch.</summary>
/// <param name="ProducerId">0 or above; a batch without a producer is no business of <see cref="ProducerStates"/>.</param>
/// <param name="BaseSequence">Sequence of its first record, 0 to int.MaxValue; -1 for a control batch.</param>
/// <param name="LastOffsetDelta">Its records less one.</param>
/// <param name="MaxTimestamp">Largest timestamp as stored, ms since the epoch.</param>
public readonly record struct ProducerBatch(
    long ProducerId, short Epoch, int BaseSequence, int LastOffsetDelta, long MaxTimestamp, bool IsTransactional, bool IsControl)
{
    /// <summary>Reads the header of a stored or checked batch.</summary>
    public static ProducerBatch Of(RecordBatchHeader header) => new(
        header.ProducerId, header.ProducerEpoch, header.BaseSequence, header.LastOffsetDelta, header.MaxTimestamp, header.IsTransactional, header.IsControl);

    /// <summary>The batch names a producer, so retries of it are recognised.</summary>
    public bool HasProducerId => ProducerId >= 0;

    /// <summary>Sequence of its last record.</summary>
    public int LastSequence => Sequences.Add(BaseSequence, LastOffsetDelta);
}
