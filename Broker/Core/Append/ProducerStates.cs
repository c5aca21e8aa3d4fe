using Kernel;
using Protocol.Wire;
using Protocol.Wire.Records;

namespace Broker.Core.Append;

/// <summary>
/// The idempotent producers of one partition (KIP-98): who wrote lately, with which epoch, and the last five batches of each, so that a
/// retry is recognised. Owned by the partition and used under its gate. Between calls it holds exactly what the applied batches say.
/// </summary>
public sealed class ProducerStates
{
    private readonly Dictionary<long, ProducerEntry> _entries = [];

    // The producers in the order in which they were last heard of, linked through the entries.
    private ProducerEntry? _earliest;
    private ProducerEntry? _latest;

    /// <param name="expiration">producer.id.expiration.ms: a producer that was silent for so long is forgotten.</param>
    public ProducerStates(TimeSpan expiration) => Expiration = expiration;

    /// <summary>How long a silent producer is remembered.</summary>
    public TimeSpan Expiration { get; set; }

    /// <summary>Producers that are remembered, at most <see cref="Limits.MaxProducersPerPartition"/>.</summary>
    public int Count => _entries.Count;

    /// <summary>Offset after the last batch applied; what a snapshot taken now covers.</summary>
    public long EndOffset { get; private set; }

    /// <summary>
    /// Whether the batch is next, a duplicate, or refused: OUT_OF_ORDER_SEQUENCE_NUMBER, INVALID_PRODUCER_EPOCH, or INVALID_TXN_STATE for a
    /// plain batch within an open transaction. Changes nothing; allocates only for an error.
    /// </summary>
    public ProducerVerdict Check(in ProducerBatch batch)
    {
        Ensure.That(batch.HasProducerId, "a batch without a producer has nothing to be checked");

        // A producer that nobody remembers may begin anywhere: its earlier batches may have been deleted (KIP-360).
        if (!_entries.TryGetValue(batch.ProducerId, out var entry))
        {
            return batch.Epoch >= ProducerEntry.NoEpoch
                ? ProducerVerdict.Append
                : Refuse(ErrorCode.InvalidProducerEpoch, $"producer {batch.ProducerId} cannot have the epoch {batch.Epoch}");
        }

        if (entry.IndexOf(batch) is var found and >= 0)
        {
            ref readonly var original = ref entry.Batch(found);
            return new ProducerVerdict(ErrorCode.None, IsDuplicate: true, original.BaseOffset, original.LastOffset, original.MaxTimestamp);
        }

        if (batch.Epoch < entry.Epoch)
        {
            return Refuse(ErrorCode.InvalidProducerEpoch, $"producer {batch.ProducerId} has the epoch {entry.Epoch} by now, the batch has {batch.Epoch}");
        }

        // A marker has no sequence.
        if (batch.IsControl)
        {
            return ProducerVerdict.Append;
        }

        var isNext = batch.Epoch == entry.Epoch ? Sequences.IsNext(entry.LastSequence, batch.BaseSequence) : batch.BaseSequence == 0;
        if (!isNext)
        {
            return Refuse(
                ErrorCode.OutOfOrderSequenceNumber,
                $"producer {batch.ProducerId} in epoch {batch.Epoch} sent sequence {batch.BaseSequence} after {entry.LastSequence} of epoch {entry.Epoch}");
        }

        return entry.OpenTransactionOffset >= 0 && !batch.IsTransactional
            ? Refuse(ErrorCode.InvalidTxnState, $"producer {batch.ProducerId} has an open transaction, the batch belongs to none")
            : ProducerVerdict.Append;
    }

    /// <summary>
    /// Remembers a batch that was appended, or read back during recovery. Never refuses; batches below <see cref="EndOffset"/> are known
    /// already, and of those without a producer id only the end offset is taken.
    /// </summary>
    /// <param name="baseOffset">Where the log put it. Batches come in the order of the log.</param>
    /// <param name="nowMs">The time of the append, or of the recovery, ms since the epoch: a producer's silence counts from here.</param>
    public void Apply(in ProducerBatch batch, long baseOffset, long nowMs)
    {
        var lastOffset = baseOffset + batch.LastOffsetDelta;
        if (lastOffset < EndOffset)
        {
            return;
        }

        EndOffset = lastOffset + 1;
        if (!batch.HasProducerId)
        {
            return;
        }

        var entry = Enter(batch.ProducerId, nowMs);
        entry.EnterEpoch(batch.Epoch);
        if (batch.IsControl)
        {
            entry.OpenTransactionOffset = -1;
            entry.MarkerOffset = lastOffset;
            entry.LastTimestamp = batch.MaxTimestamp;
            return;
        }

        entry.Add(new RememberedBatch(batch.LastSequence, lastOffset, batch.LastOffsetDelta, batch.MaxTimestamp));
        if (batch.IsTransactional && entry.OpenTransactionOffset < 0)
        {
            entry.OpenTransactionOffset = baseOffset;
        }
    }

    /// <summary>Forgets the producers that were silent for <see cref="Expiration"/> and have no open transaction; returns how many.</summary>
    public int Expire(long nowMs)
    {
        var silentMs = Expiration.Ticks / TimeSpan.TicksPerMillisecond;
        var forgotten = 0;
        for (var entry = _earliest; entry is not null && nowMs - entry.LastSeenMs >= silentMs;)
        {
            var later = entry.Later;
            if (entry.OpenTransactionOffset < 0)
            {
                Forget(entry);
                forgotten++;
            }

            entry = later;
        }

        return forgotten;
    }

    /// <summary>Forgets everything at or above an offset that the log was cut at.</summary>
    /// <returns>False when some producer lost all it had, so that older batches of it are unknown: better load a snapshot and replay.</returns>
    public bool TruncateTo(long endOffset)
    {
        if (endOffset >= EndOffset)
        {
            return true;
        }

        EndOffset = endOffset;
        var isComplete = true;
        for (var entry = _earliest; entry is not null;)
        {
            var later = entry.Later;
            if (!entry.TruncateTo(endOffset))
            {
                Forget(entry);
                isComplete = false;
            }

            entry = later;
        }

        return isComplete;
    }

    /// <summary>Forgets everything, the end offset too.</summary>
    public void Clear()
    {
        _entries.Clear();
        _earliest = _latest = null;
        EndOffset = 0;
    }

    /// <summary>The snapshot file's bytes, in Kafka's layout: batches below <see cref="EndOffset"/> are covered.</summary>
    public byte[] ToSnapshot() => ProducerSnapshot.Write(_entries.Values);

    /// <summary>Replaces everything by a snapshot's content. False, with nothing remembered, when the bytes are no whole snapshot.</summary>
    /// <param name="endOffset">The offset that the snapshot covers up to (its file name).</param>
    /// <param name="nowMs">Silence counts from here for producers of whom the snapshot says no time, or a later one.</param>
    public bool TryLoad(ReadOnlySpan<byte> snapshot, long endOffset, long nowMs)
    {
        Clear();
        if (!ProducerSnapshot.TryRead(snapshot, endOffset, nowMs, out var loaded))
        {
            return false;
        }

        foreach (var entry in loaded.OrderBy(entry => entry.LastSeenMs).ThenBy(entry => entry.ProducerId))
        {
            if (_entries.TryAdd(entry.ProducerId, entry))
            {
                Link(entry);
                Shrink();
            }
        }

        EndOffset = endOffset;
        return true;
    }

    /// <summary>What is known of each producer, the one that was silent longest first (KIP-664).</summary>
    public List<ActiveProducer> Describe()
    {
        var all = new List<ActiveProducer>(_entries.Count);
        for (var entry = _earliest; entry is not null; entry = entry.Later)
        {
            all.Add(new ActiveProducer(
                entry.ProducerId, entry.Epoch, entry.LastSequence, entry.LastTimestamp, entry.CoordinatorEpoch, entry.OpenTransactionOffset));
        }

        return all;
    }

    private static ProducerVerdict Refuse(ErrorCode error, string message) => new(error, Message: message);

    private ProducerEntry Enter(long producerId, long nowMs)
    {
        if (!_entries.TryGetValue(producerId, out var entry))
        {
            entry = new ProducerEntry(producerId);
            _entries.Add(producerId, entry);
            Link(entry);
            Shrink();
        }
        else if (entry != _latest)
        {
            Unlink(entry);
            Link(entry);
        }

        entry.LastSeenMs = nowMs;
        return entry;
    }

    private void Shrink()
    {
        if (_entries.Count > Limits.MaxProducersPerPartition)
        {
            Forget(_earliest!);
        }
    }

    private void Forget(ProducerEntry entry)
    {
        _entries.Remove(entry.ProducerId);
        Unlink(entry);
    }

    private void Link(ProducerEntry entry)
    {
        entry.Earlier = _latest;
        entry.Later = null;
        if (_latest is null)
        {
            _earliest = entry;
        }
        else
        {
            _latest.Later = entry;
        }

        _latest = entry;
    }

    private void Unlink(ProducerEntry entry)
    {
        if (entry.Earlier is null)
        {
            _earliest = entry.Later;
        }
        else
        {
            entry.Earlier.Later = entry.Later;
        }

        if (entry.Later is null)
        {
            _latest = entry.Earlier;
        }
        else
        {
            entry.Later.Earlier = entry.Earlier;
        }
    }
}
