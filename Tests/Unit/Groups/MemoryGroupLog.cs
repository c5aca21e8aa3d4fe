using Broker.Node.Groups;
using Broker.Node.Partitions;
using Protocol.Wire;
using Protocol.Wire.Records;

namespace Tests.Unit.Groups;

/// <summary>A shard's log in memory. Commits at once unless it is held; can be made to fail.</summary>
internal sealed class MemoryGroupLog : IGroupLog
{
    private readonly Lock _lock = new();
    private readonly List<(long Offset, byte[] Bytes)> _batches = [];
    private readonly Queue<(ICommitWaiter Waiter, int Tag)> _held = new();
    private bool _isHeld;

    public long LogStartOffset { get; private set; }

    public long LogEndOffset { get; private set; }

    /// <summary>Set when a commit fails.</summary>
    public bool HasEnded { get; private set; }

    public bool IsCommitted => !_isHeld;

    /// <summary>What appends answer.</summary>
    public ErrorCode AppendError { get; set; }

    /// <summary>The append of what others than the shard wait for returns only when the log has been cut: its thread is slow, everyone else is not.</summary>
    public bool ReturnsAfterCut { get; set; }

    public int BatchCount
    {
        get
        {
            lock (_lock)
            {
                return _batches.Count;
            }
        }
    }

    /// <summary>Completed by the next cut.</summary>
    public TaskCompletionSource Cut { get; private set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public AppendOutcome Append(Span<byte> batch, ICommitWaiter? waiter, int tag)
    {
        lock (_lock)
        {
            if (AppendError != ErrorCode.None)
            {
                return AppendOutcome.Refused(AppendError);
            }

            RecordBatch.PatchOffsets(batch, LogEndOffset, 0);
            _batches.Add((LogEndOffset, batch.ToArray()));
            LogEndOffset = new RecordBatchHeader(batch).NextOffset;
            if (waiter is null)
            {
                return new AppendOutcome(ErrorCode.None);
            }

            if (_isHeld)
            {
                _held.Enqueue((waiter, tag));
                return new AppendOutcome(ErrorCode.None);
            }
        }

        var cut = Cut.Task;
        waiter.OnCommitted(tag, ErrorCode.None);
        if (ReturnsAfterCut && waiter is not GroupShard)
        {
            cut.Wait(TimeSpan.FromSeconds(60));
        }

        return new AppendOutcome(ErrorCode.None);
    }

    public void ReadCommitted(long fromOffset, BatchVisitor visitor)
    {
        foreach (var (offset, bytes) in _batches.ToList())
        {
            if (offset >= fromOffset)
            {
                visitor(bytes);
            }
        }
    }

    public ErrorCode DeleteRecordsBefore(long offset)
    {
        lock (_lock)
        {
            LogStartOffset = offset;
            _batches.RemoveAll(b => b.Offset < offset);
            var cut = Cut;
            Cut = new(TaskCreationOptions.RunContinuationsAsynchronously);
            cut.SetResult();
            return ErrorCode.None;
        }
    }

    public void Hold() => _isHeld = true;

    public void Release(ErrorCode error = ErrorCode.None)
    {
        HasEnded |= error != ErrorCode.None;
        while (true)
        {
            (ICommitWaiter Waiter, int Tag) next;
            lock (_lock)
            {
                _isHeld = false;
                if (!_held.TryDequeue(out next))
                {
                    return;
                }
            }

            next.Waiter.OnCommitted(next.Tag, error);
        }
    }
}
