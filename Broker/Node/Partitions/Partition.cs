using Protocol.Wire;

namespace Broker.Node.Partitions;

/// <summary>Takes whole batches in the order of the log. The bytes are valid only during the call.</summary>
public delegate void BatchVisitor(ReadOnlySpan<byte> batches);

/// <summary>
/// One partition that this broker leads: its log, its producers, its high watermark and whoever waits for it. Appends take the gate, on
/// the calling thread; everything else reads without it.
/// </summary>
public sealed class Partition
{
    internal Partition(Topic topic, int index)
    {
        Topic = topic;
        Index = index;
    }

    /// <summary>The topic that the partition belongs to.</summary>
    public Topic Topic { get; }

    public int Index { get; }

    /// <summary>The epoch of this broker's leadership (KIP-101).</summary>
    public int LeaderEpoch => 0;

    /// <summary>End of what consumers may read, exclusive: the log end in flush mode os, the durable end in batch.</summary>
    public long HighWatermark => 0;

    /// <summary>Offset of the first record that may be read.</summary>
    public long LogStartOffset => 0;

    /// <summary>Offset of the next record.</summary>
    public long LogEndOffset => 0;

    /// <summary>
    /// Appends one batch of the broker's own (groups, metadata): checked by nobody, base offset and leader epoch are patched in place. The
    /// waiter is called once the batch is committed, unless the outcome is an error.
    /// </summary>
    public AppendOutcome AppendInternal(Span<byte> batch, ICommitWaiter? waiter = null, int tag = 0) => throw new NotImplementedException();

    /// <summary>Visits all committed batches from an offset on, in chunks of whole batches. For loading internal topics.</summary>
    public void ReadCommitted(long fromOffset, BatchVisitor visitor) => throw new NotImplementedException();
}
