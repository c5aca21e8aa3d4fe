using Broker.Node.Partitions;
using Protocol.Wire;

namespace Broker.Node.Groups;

/// <summary>The log behind one shard of the group coordinator: a partition of __consumer_offsets, to which nobody else appends.</summary>
internal interface IGroupLog
{
    /// <summary>Offset of the first record.</summary>
    long LogStartOffset { get; }

    /// <summary>Offset of the next record.</summary>
    long LogEndOffset { get; }

    /// <summary>The log takes nothing any more and never will: it is deleted, or nobody knows what is on its disk.</summary>
    bool HasEnded { get; }

    /// <summary>All that was appended is committed, so that reading brings all of it back.</summary>
    bool IsCommitted { get; }

    /// <inheritdoc cref="Partition.AppendInternal"/>
    AppendOutcome Append(Span<byte> batch, ICommitWaiter? waiter, int tag);

    /// <inheritdoc cref="Partition.ReadCommitted"/>
    void ReadCommitted(long fromOffset, BatchVisitor visitor);

    /// <inheritdoc cref="Partition.DeleteRecordsBefore"/>
    ErrorCode DeleteRecordsBefore(long offset);
}

/// <summary>A partition as a shard's log.</summary>
internal sealed class PartitionGroupLog(Partition partition) : IGroupLog
{
    public long LogStartOffset => partition.LogStartOffset;

    public long LogEndOffset => partition.LogEndOffset;

    public bool HasEnded => partition.HasFailed || partition.IsDeleted;

    public bool IsCommitted => partition.HighWatermark >= partition.LogEndOffset;

    public AppendOutcome Append(Span<byte> batch, ICommitWaiter? waiter, int tag) => partition.AppendInternal(batch, waiter, tag);

    public void ReadCommitted(long fromOffset, BatchVisitor visitor) => partition.ReadCommitted(fromOffset, visitor);

    public ErrorCode DeleteRecordsBefore(long offset) => partition.DeleteRecordsBefore(offset).Error;
}
