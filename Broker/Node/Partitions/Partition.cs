using Protocol.Wire;
using Protocol.Wire.Codec;

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

    /// <summary>Bytes of all segments, for metrics and DescribeLogDirs.</summary>
    public long SizeBytes => 0;

    /// <summary>The topic was deleted: appends and reads answer UNKNOWN_TOPIC_OR_PARTITION.</summary>
    public bool IsDeleted => false;

    /// <summary>
    /// Validates and appends what a producer sent for this partition: <see cref="Protocol.Wire.Records.BatchCheck"/>, then the topic's rewrite,
    /// then the idempotence check, then the log. The bytes are patched in place (base offset, leader epoch, timestamps) and written before
    /// the call returns; nothing keeps them. A mirrored topic refuses with POLICY_VIOLATION and a message that names the home region.
    /// </summary>
    /// <param name="records">The records field as sent; writable memory.</param>
    /// <param name="waiter">Called once the batch is committed, unless the outcome is an error; also for duplicates, once the original is. Null: nobody waits (acks 0 or 1).</param>
    public AppendOutcome Append(Memory<byte> records, short produceVersion, ICommitWaiter? waiter = null, int tag = 0) => throw new NotImplementedException();

    /// <summary>
    /// Appends one batch of the broker's own (groups): checked by nobody, base offset and leader epoch are patched in place. The
    /// waiter is called once the batch is committed, unless the outcome is an error.
    /// </summary>
    public AppendOutcome AppendInternal(Span<byte> batch, ICommitWaiter? waiter = null, int tag = 0) => throw new NotImplementedException();

    /// <summary>
    /// Appends a source's committed batches at their own offsets and leader epochs (see <see cref="Protocol.Wire.Messages.MirrorAppendRequest"/> for what is refused).
    /// Each batch's CRC is checked. The waiter is called once all is committed, unless the outcome is an error. On success BaseOffset is the log end offset.
    /// </summary>
    /// <param name="batches">Whole batches as in the source's log.</param>
    /// <param name="sourceLogStartOffset">What lies below may be dropped, and an empty copy may begin here.</param>
    public AppendOutcome AppendMirrored(ReadOnlyMemory<byte> batches, long fencingEpoch, long sourceLogStartOffset, ICommitWaiter? waiter = null, int tag = 0) => throw new NotImplementedException();

    /// <summary>Reads committed batches for a fetch, without the gate. The caller disposes <see cref="FetchSlice.Records"/>' external bytes by sending or dropping the frame.</summary>
    /// <param name="offset">Where to begin; the batch that holds it is returned whole.</param>
    /// <param name="maxBytes">How much at most; whole batches only unless <paramref name="minOneBatch"/>. 0 or less gives nothing.</param>
    /// <param name="minOneBatch">Return the first batch whole even beyond <paramref name="maxBytes"/>.</param>
    public FetchSlice Read(long offset, int maxBytes, bool minOneBatch) => throw new NotImplementedException();

    /// <summary>How many committed bytes a fetch from the offset could return, up to the high watermark; arithmetic, no I/O. 0 when out of range.</summary>
    public long AvailableBytes(long offset) => throw new NotImplementedException();

    /// <summary>
    /// Calls <see cref="IReadWaiter.OnReadable"/> once when the high watermark passes what it is now, or the topic is deleted. If the high watermark is already
    /// above <paramref name="seenHighWatermark"/> it is called at once, before this returns. Remove when the wait ended otherwise.
    /// </summary>
    public void AddReadWaiter(IReadWaiter waiter, long seenHighWatermark) => throw new NotImplementedException();

    /// <summary>Forgets a waiter; nothing happens when it was called or is unknown.</summary>
    public void RemoveReadWaiter(IReadWaiter waiter) => throw new NotImplementedException();

    /// <summary>The first record at or after a timestamp, exact within compressed batches, below the high watermark; null when there is none.</summary>
    public OffsetAtTime? FindByTimestamp(long timestampMs) => throw new NotImplementedException();

    /// <summary>The first record with the largest timestamp (ListOffsets -3); null for an empty log.</summary>
    public OffsetAtTime? FindMaxTimestamp() => throw new NotImplementedException();

    /// <summary>The leader epoch under which the record at the offset was (or, at the end, will be) written; -1 when unknown.</summary>
    public int EpochAt(long offset) => throw new NotImplementedException();

    /// <summary>KIP-320: the largest epoch at or below the one asked for, and where it ends. An epoch that is unknown and above all gives (-1, -1); see shared notes on an empty log.</summary>
    public (int Epoch, long EndOffset) EndOfEpoch(int epoch) => throw new NotImplementedException();

    /// <summary>DeleteRecords: raises the log start (-1: to the high watermark). OFFSET_OUT_OF_RANGE beyond the high watermark. Durable when the call returns.</summary>
    public (ErrorCode Error, long LogStartOffset) DeleteRecordsBefore(long offset) => throw new NotImplementedException();

    /// <summary>Visits all committed batches from an offset on, in chunks of whole batches. For loading internal topics.</summary>
    public void ReadCommitted(long fromOffset, BatchVisitor visitor) => throw new NotImplementedException();
}

/// <summary>What a fetch of one partition found. Offsets are -1 with an error, except the high watermark and log start of OFFSET_OUT_OF_RANGE as Kafka gives them.</summary>
/// <param name="Error">None, OFFSET_OUT_OF_RANGE, UNKNOWN_TOPIC_OR_PARTITION (deleted), KAFKA_STORAGE_ERROR.</param>
/// <param name="Records">Whole batches, as a range of the segment's file that the transport hands to sendfile; empty when there is nothing.</param>
public readonly record struct FetchSlice(ErrorCode Error, WireRecords Records, long HighWatermark, long LogStartOffset);

/// <summary>A record found by time.</summary>
public readonly record struct OffsetAtTime(long Offset, long TimestampMs, int LeaderEpoch);

/// <summary>Waits for a partition to have more to read: a fetch's long poll. One waiter may stand at many partitions.</summary>
public interface IReadWaiter
{
    /// <summary>There may be more to read, or an error to report. On any thread, never under a lock of the partition; it must not block. It may be called by several partitions at once.</summary>
    void OnReadable();
}
