namespace Broker.Core.Append;

/// <summary>
/// The idempotent producers of one partition (KIP-98): who wrote lately, with which epoch, and the last five batches of each, so that a
/// retry is recognised. Owned by the partition and used under its gate. Between calls it holds exactly what the applied batches say.
/// </summary>
public sealed class ProducerStates
{
    /// <param name="expiration">producer.id.expiration.ms: a producer that was silent for so long is forgotten.</param>
    public ProducerStates(TimeSpan expiration) => Expiration = expiration;

    /// <summary>How long a silent producer is remembered.</summary>
    public TimeSpan Expiration { get; set; }

    /// <summary>Producers that are remembered.</summary>
    public int Count => 0;

    /// <summary>Whether the batch is next, a duplicate, or refused (45, 47). Changes nothing; allocates only for an error.</summary>
    public ProducerVerdict Check(in ProducerBatch batch) => throw new NotImplementedException();

    /// <summary>Remembers a batch that was appended, or read back during recovery. Never refuses; batches without a producer id are passed over.</summary>
    /// <param name="baseOffset">Where the log put it. Batches come in the order of the log.</param>
    /// <param name="nowMs">The time of the append, or of the recovery, ms since the epoch: a producer's silence counts from here.</param>
    public void Apply(in ProducerBatch batch, long baseOffset, long nowMs) => throw new NotImplementedException();

    /// <summary>Forgets the producers that were silent for <see cref="Expiration"/> and have no open transaction; returns how many.</summary>
    public int Expire(long nowMs) => throw new NotImplementedException();

    /// <summary>Forgets everything at or above an offset that the log was cut at.</summary>
    /// <returns>False when some producer lost all it had, so that older batches of it are unknown: better load a snapshot and replay.</returns>
    public bool TruncateTo(long endOffset) => throw new NotImplementedException();

    /// <summary>Forgets everything.</summary>
    public void Clear() => throw new NotImplementedException();

    /// <summary>The snapshot file's bytes, in Kafka's layout: batches below <see cref="EndOffset"/> are covered.</summary>
    public byte[] ToSnapshot() => throw new NotImplementedException();

    /// <summary>Offset after the last batch applied; what a snapshot taken now covers.</summary>
    public long EndOffset => 0;

    /// <summary>Replaces everything by a snapshot's content. False, with nothing remembered, when the bytes are no whole snapshot.</summary>
    /// <param name="endOffset">The offset that the snapshot covers up to (its file name).</param>
    public bool TryLoad(ReadOnlySpan<byte> snapshot, long endOffset, long nowMs) => throw new NotImplementedException();
}
