using Broker.Node.Storage;
using Microsoft.Extensions.Logging;

namespace Broker.Node.Partitions;

/// <summary>What is written now and then, so that an opening has little to read again.</summary>
public sealed partial class Partition
{
    /// <summary>A log without producers takes a snapshot so rarely that a restart has few headers to walk.</summary>
    private const long MaxOffsetsSinceSnapshot = 1_000_000;

    private bool _epochsChanged;
    private bool _producersChanged;
    private long _checkpointedEnd;
    private long _checkpointedBytes;
    private long _checkpointedAtMs;

    /// <summary>Whether a checkpoint is due: a lot was appended since the last one, or something a while ago.</summary>
    internal bool WantsCheckpoint(long nowMs, long manyBytes, TimeSpan interval)
    {
        if (_log is not { } log || _failure is not null || _isDeleted || (Volatile.Read(ref _logEndOffset) == _checkpointedEnd && !_epochsChanged))
        {
            return false;
        }

        return Math.Abs(log.SizeBytes - _checkpointedBytes) >= manyBytes || Math.Abs(nowMs - _checkpointedAtMs) >= interval.TotalMilliseconds;
    }

    /// <summary>
    /// Flushes, writes what an opening needs (index entries, epochs, a producer snapshot) and notes the recovery point, which the directory
    /// writes for all partitions at once.
    /// </summary>
    /// <param name="isClosing">The last one: nothing is left for the next opening to read again.</param>
    internal void Checkpoint(bool isClosing)
    {
        Flushed flushed;
        lock (_flushing)
        {
            if (TakeCheckpoint(isClosing) is not { } taken)
            {
                return;
            }

            flushed = FlushOnce();
            flushed = SyncSealedIndexes(flushed);
            if (flushed is { Failure: null, IsOver: false })
            {
                Write(taken);
            }
        }

        Complete(flushed);
        if (flushed.Failure is not null)
        {
            Fail(flushed.Failure);
        }
    }

    private TakenCheckpoint? TakeCheckpoint(bool isClosing)
    {
        lock (_gate)
        {
            if (_log is not { HasFolder: true } log || _failure is not null || _isDeleted || (_logEndOffset == _checkpointedEnd && !_epochsChanged))
            {
                return null;
            }

            var end = log.NextOffset;
            if (isClosing && log.Active.SizeBytes > 0)
            {
                log.Active.Seal(Topic.Settings.IndexIntervalBytes);
            }

            var snapshots = Snapshots(log);
            var wantsSnapshot = snapshots.NewestOffset < end && (_producersChanged || isClosing || end - snapshots.NewestOffset >= MaxOffsetsSinceSnapshot);
            var taken = new TakenCheckpoint(
                log, log.Active, end, log.SizeBytes, snapshots, wantsSnapshot ? ProducerSnapshots.Take(_producers) : null, _epochsChanged ? log.Epochs.ToFile() : null);
            _producersChanged &= !wantsSnapshot;
            _epochsChanged = false;
            return taken;
        }
    }

    private void Write(TakenCheckpoint taken)
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
                _services.Storage.ReplaceAll(Path.Combine(taken.Log.Folder, LogNames.LeaderEpochs), taken.Epochs, durable: true);
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
            (_checkpointedEnd, _checkpointedBytes, _checkpointedAtMs) = (taken.EndOffset, taken.SizeBytes, _services.WallMs);
            if (!_isDeleted)
            {
                _services.Directory.SetRecoveryPoint(Name, taken.EndOffset);
            }
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

        CommitWaiters.Complete(waits, Protocol.Wire.ErrorCode.KafkaStorageError);
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
