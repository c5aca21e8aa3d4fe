using Broker.Node.Storage;
using Microsoft.Extensions.Logging;

namespace Broker.Node.Partitions;

/// <summary>What is written now and then, so that an opening has little to read again.</summary>
public sealed partial class Partition
{
    /// <summary>A log whose producers did not change takes a snapshot after so many bytes: an opening walks the headers since.</summary>
    private const long SnapshotBytes = 16 * 1024 * 1024;

    private bool _epochsChanged;
    private bool _producersChanged;
    private long _sinceSnapshotBytes;
    private long _checkpointedEnd;
    private long _checkpointedBytes;

    /// <summary>When the first bytes since the last checkpoint came, ms since the epoch; 0: none has come, or nobody knows when.</summary>
    private long _uncheckpointedSinceMs;

    private bool IsCheckpointed =>
        Volatile.Read(ref _logEndOffset) == _checkpointedEnd && !_epochsChanged && _sinceSnapshotBytes < SnapshotBytes;

    /// <summary>
    /// Whether a checkpoint is due: a lot was appended since the last one, or something a while ago. That while is half the interval to one and
    /// a half, for each log another one: thousands that were written at once are not due at once.
    /// </summary>
    internal bool WantsCheckpoint(long nowMs, long manyBytes, TimeSpan interval)
    {
        if (_log is not { } log || _failure is not null || _isDeleted || IsCheckpointed)
        {
            return false;
        }

        return Math.Abs(log.SizeBytes - _checkpointedBytes) >= manyBytes || Math.Abs(nowMs - Volatile.Read(ref _uncheckpointedSinceMs)) >= interval.TotalMilliseconds * (0.5 + Share);
    }

    /// <summary>This log's place among all others, from 0 to 1: by the golden ratio, so that those of a topic lie far from each other.</summary>
    private double Share
    {
        get
        {
            var turns = ((uint)Topic.Id.GetHashCode() * 0.7548776662466927) + (Index * 0.6180339887498949);
            return turns - Math.Floor(turns);
        }
    }

    /// <summary>
    /// Flushes, and writes what an opening needs: index entries, epochs, a producer snapshot. <see cref="NoteRecoveryPoint"/> follows once that is
    /// durable.
    /// </summary>
    /// <param name="isDurable">The epochs are synced at once; false: the caller syncs everything afterwards.</param>
    /// <param name="isClosing">The last one: the largest timestamp goes to the index.</param>
    internal void Checkpoint(bool isDurable, bool isClosing)
    {
        Flushed flushed;
        FailedLog? failed = null;
        lock (_flushing)
        {
            if (TakeCheckpoint(isClosing) is not { } taken)
            {
                return;
            }

            flushed = FlushOnce();
            if (!flushed.IsOver)
            {
                failed = SyncSealedIndexes();
                if (failed is null)
                {
                    Write(taken, isDurable);
                }
            }
        }

        Complete(flushed);
        Report(failed);
    }

    private TakenCheckpoint? TakeCheckpoint(bool isClosing)
    {
        lock (_gate)
        {
            if (_log is not { HasFolder: true } log || _failure is not null || _isDeleted || IsCheckpointed)
            {
                return null;
            }

            var end = log.NextOffset;
            if (isClosing && log.Active.HasIndexEntries)
            {
                log.Active.Seal(Topic.Settings.IndexIntervalBytes);
            }

            var snapshots = Snapshots(log);
            var wantsSnapshot = snapshots.NewestOffset < end && (_producersChanged || _sinceSnapshotBytes >= SnapshotBytes);
            var taken = new TakenCheckpoint(
                log,
                log.Active,
                end,
                log.SizeBytes,
                snapshots,
                wantsSnapshot ? ProducerSnapshots.Take(_producers) : null,
                _epochsChanged ? log.Epochs.ToFile() : null);
            _producersChanged &= !wantsSnapshot;
            _sinceSnapshotBytes = wantsSnapshot ? 0 : _sinceSnapshotBytes;
            _epochsChanged = false;
            _uncheckpointedSinceMs = 0;
            return taken;
        }
    }

    private void Write(TakenCheckpoint taken, bool isDurable)
    {
        try
        {
            taken.Active.Index.Store();
            if (taken.Snapshot is not null)
            {
                taken.Snapshots.Write(taken.EndOffset, taken.Snapshot, staysWithSegment: false);
            }

            if (taken.Epochs is not null)
            {
                _services.Storage.ReplaceAll(Path.Combine(taken.Log.Folder, LogNames.LeaderEpochs), taken.Epochs, isDurable);
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // The log itself is on disk. The old recovery point stays, and the next checkpoint tries again.
            lock (_gate)
            {
                _epochsChanged |= taken.Epochs is not null;
                _producersChanged |= taken.Snapshot is not null;
            }

            if (!_isDeleted)
            {
                _services.Options.Logger.LogWarning(refused, "The checkpoint of {Partition} could not be written", Name);
            }

            return;
        }

        lock (_gate)
        {
            (_checkpointedEnd, _checkpointedBytes) = (taken.EndOffset, taken.SizeBytes);
        }
    }

    /// <summary>What the last checkpoint wrote is durable: the directory writes the recovery point, for all partitions at once.</summary>
    internal void NoteRecoveryPoint()
    {
        lock (_gate)
        {
            if (_log is not null && !_isDeleted && _checkpointedEnd >= 0)
            {
                _services.Directory.SetRecoveryPoint(Name, _checkpointedEnd);
            }
        }
    }

    /// <summary>What the last checkpoint wrote may not be durable: the next one writes it again.</summary>
    internal void RepeatCheckpoint()
    {
        lock (_gate)
        {
            _epochsChanged = true;
            _uncheckpointedSinceMs = _services.WallMs;
        }
    }

    /// <summary>Closes the files; nothing is appended any more. Slices that are being sent stay readable.</summary>
    internal void Close()
    {
        CommitWait[]? waits;
        lock (_gate)
        {
            CloseFiles();
            _failure ??= new ObjectDisposedException(nameof(PartitionTable));
            waits = _commitWaiters.TakeAll();
        }

        CommitWaiters.Complete(waits, Protocol.Wire.ErrorCode.KafkaStorageError, _services.Options.Logger);
    }

    private void CloseFiles()
    {
        foreach (var segment in _log?.Segments ?? [])
        {
            segment.ReleaseWriter();
            segment.File.Close();
        }
    }

    private sealed record TakenCheckpoint(
        SegmentedLog Log, Segment Active, long EndOffset, long SizeBytes, ProducerSnapshots Snapshots, byte[]? Snapshot, byte[]? Epochs);
}
