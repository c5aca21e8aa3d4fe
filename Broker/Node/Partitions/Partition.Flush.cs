using Broker.Node.Storage;
using Protocol.Wire;

namespace Broker.Node.Partitions;

/// <summary>How the log comes to the disk: group commit.</summary>
public sealed partial class Partition : IFlushable
{
    /// <summary>One flush, checkpoint or restart of the log at a time. Taken before the gate.</summary>
    private readonly object _flushing = new();

    private FlushState _flushState;

    /// <summary>Where the log stands with the flush queue. Guarded by the gate.</summary>
    private enum FlushState : byte
    {
        Clean,
        Queued,
        Running,
        RunningAndDirty,
    }

    void IFlushable.Flush()
    {
        Flushed flushed;
        lock (_flushing)
        {
            flushed = FlushOnce();
        }

        Complete(flushed);
        if (flushed.IsOver)
        {
            return;
        }

        FailedLog? failed;
        lock (_flushing)
        {
            failed = SyncSealedIndexes();
        }

        Report(failed);
    }

    /// <summary>Under the gate: true when the caller has to put the log in the flush queue, outside the gate.</summary>
    private bool WantFlush()
    {
        switch (_flushState)
        {
            case FlushState.Clean:
                _flushState = FlushState.Queued;
                return true;
            case FlushState.Running:
                _flushState = FlushState.RunningAndDirty;
                return false;
            default:
                return false;
        }
    }

    /// <summary>
    /// Syncs what was appended so far and commits it. Under the flush lock, and so that nobody who takes it later can sync again what failed here: the
    /// kernel reports a failed write once and forgets the pages. The caller completes what comes back, outside all locks.
    /// </summary>
    private Flushed FlushOnce()
    {
        var log = _log!;
        LogEnd end;
        UnsyncedSegment[] unsynced;
        try
        {
            lock (_gate)
            {
                if (_failure is not null || _isDeleted)
                {
                    _flushState = FlushState.Clean;
                    return new Flushed { IsOver = true };
                }

                _flushState = FlushState.Running;
                end = log.End();
                unsynced = HoldUnsynced(log);
            }

            try
            {
                foreach (var segment in unsynced)
                {
                    segment.File.File.Sync();
                }

                log.SyncNames();
            }
            finally
            {
                foreach (var segment in unsynced)
                {
                    segment.File.Dispose();
                }
            }
        }
        catch (Exception failure)
        {
            // Nothing may end a flusher thread, and whatever it was: nobody knows what is on disk.
            return new Flushed { IsOver = true, Failed = Fail(failure) };
        }

        lock (_gate)
        {
            foreach (var (segment, _, sizeBytes) in unsynced)
            {
                segment.SyncedBytes = Math.Max(segment.SyncedBytes, sizeBytes);
                if (segment.SyncedBytes == segment.SizeBytes)
                {
                    segment.ReleaseWriter();
                }
            }

            var isReadable = end.Offset > _committed!.Offset && !_isDeleted;
            if (isReadable)
            {
                _committed = end;
            }

            var again = _flushState == FlushState.RunningAndDirty;
            _flushState = again ? FlushState.Queued : FlushState.Clean;
            return new Flushed
            {
                IsReadable = isReadable,
                MustEnqueue = again,
                Waits = _isDeleted ? null : _commitWaiters.TakeUpTo(_committed!.Offset),
            };
        }
    }

    /// <summary>Outside all locks: lets the next flush begin, then calls who waited.</summary>
    private void Complete(in Flushed flushed)
    {
        if (flushed.MustEnqueue)
        {
            _services.Flushes.Enqueue(this);
        }

        CommitWaiters.Complete(flushed.Waits, ErrorCode.None, _services.Options.Logger);
        if (flushed.IsReadable)
        {
            _readWaiters.CallAll();
        }

        Report(flushed.Failed);
    }

    /// <summary>The segments with bytes that are not on disk, held open. Under the gate.</summary>
    private static UnsyncedSegment[] HoldUnsynced(SegmentedLog log)
    {
        var segments = log.Segments;
        var first = segments.Length;
        while (first > 0 && segments[first - 1] is var before && (before.SyncedBytes < before.SizeBytes || before.SizeBytes == 0))
        {
            first--;
        }

        var unsynced = new UnsyncedSegment[segments.Length - first];
        var count = 0;
        foreach (var segment in segments.AsSpan(first))
        {
            if (segment.SyncedBytes < segment.SizeBytes)
            {
                unsynced[count++] = new UnsyncedSegment(segment, segment.HoldForSync(), segment.SizeBytes);
            }
        }

        return count == unsynced.Length ? unsynced : unsynced[..count];
    }

    /// <summary>
    /// A recovery point may pass a closed segment only when its indexes are on disk to the end: later they are believed. Also those of segments
    /// whose records were on disk before they were closed. Under the flush lock; null when nothing went wrong.
    /// </summary>
    private FailedLog? SyncSealedIndexes()
    {
        try
        {
            // Taken and stored without letting go of the flush lock: a checkpoint in between would pass them.
            Segment[] closed;
            lock (_gate)
            {
                closed = _isDeleted || _failure is not null ? [] : _log!.TakeSealed();
            }

            foreach (var segment in closed)
            {
                segment.Index.StoreAndSync();
            }

            return null;
        }
        catch (Exception failure)
        {
            return Fail(failure);
        }
    }

    private readonly record struct UnsyncedSegment(Segment Segment, OpenFile File, int SizeBytes);

    /// <summary>What a flush leaves to do outside the locks.</summary>
    private readonly record struct Flushed
    {
        /// <summary>The log is deleted, had failed, or failed now: nothing was committed.</summary>
        public bool IsOver { get; init; }

        public FailedLog? Failed { get; init; }

        public bool MustEnqueue { get; init; }

        public bool IsReadable { get; init; }

        public CommitWait[]? Waits { get; init; }
    }
}
