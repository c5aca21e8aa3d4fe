using Broker.Core.Metadata;
using Broker.Node.Storage;

namespace Broker.Node.Partitions;

/// <summary>What is deleted: old segments by time, size and log start, and the log with its topic.</summary>
public sealed partial class Partition
{
    /// <summary>
    /// Deletes the oldest segments that retention has no use for, as long as they lie below the high watermark, and forgets silent producers.
    /// Costs a few comparisons when there is nothing to do. Throws <see cref="IOException"/>.
    /// </summary>
    internal void DeleteOldSegments()
    {
        if (_log is not { } log || _isDeleted || _failure is not null)
        {
            return;
        }

        var settings = Topic.Settings;
        var nowMs = _services.WallMs;
        if (CountDeletable(log, settings, nowMs) == 0)
        {
            return;
        }

        // The flush lock keeps the folder's name while it is synced; the gate is not held for that, since appends wait for it.
        lock (_flushing)
        {
            if (TakeOldSegments(log, settings, nowMs))
            {
                _services.Storage.SyncDirectory(log.Folder);
            }
        }
    }

    /// <summary>Takes the segments out of the log and gives their files the names of deleted ones; true when there were any.</summary>
    private bool TakeOldSegments(SegmentedLog log, LogSettings settings, long nowMs)
    {
        lock (_gate)
        {
            if (_isDeleted || _failure is not null)
            {
                return false;
            }

            var count = CountDeletable(log, settings, nowMs);
            if (count == log.Segments.Length)
            {
                // The active segment has expired too: the log goes on in an empty one.
                Roll(log, settings, nowMs);
            }

            if (count == 0)
            {
                return false;
            }

            // The start before the segments: a reader that finds no segment finds the reason.
            var taken = log.Segments[..count];
            var firstOffset = log.Segments[count].BaseOffset;
            if (firstOffset > _logStartOffset)
            {
                Volatile.Write(ref _logStartOffset, firstOffset);
                _epochsChanged |= log.Epochs.RaiseStart(firstOffset);
            }

            log.TakeOldest(count);
            Retire(log, taken, nowMs, settings);
            return true;
        }
    }

    /// <summary>Forgets producers that were silent for producer.id.expiration.ms.</summary>
    internal void ExpireProducers(long nowMs)
    {
        if (_producers is null)
        {
            return;
        }

        lock (_gate)
        {
            if (_producers is { } producers && producers.Expire(nowMs) > 0)
            {
                _producersChanged = true;
                _producers = producers.Count == 0 ? null : producers;
            }
        }
    }

    /// <summary>Gives back the memory of a log that nobody has written lately.</summary>
    internal void UnloadIdle()
    {
        if (_log is { } log && _logEndOffset == _checkpointedEnd)
        {
            lock (_gate)
            {
                foreach (var segment in log.Segments)
                {
                    segment.Unload();
                }
            }
        }
    }

    /// <summary>
    /// The topic is gone: whoever waits is told, appends and reads are refused, and the folder is renamed and later deleted. Throws
    /// <see cref="IOException"/> when it cannot be renamed; the rest has happened.
    /// </summary>
    internal void Delete()
    {
        CommitWait[]? waits;
        bool hasFolder;

        // After the flush or checkpoint that is under way: it writes by name, and the name may soon be another topic's.
        lock (_flushing)
        {
            lock (_gate)
            {
                if (_isDeleted)
                {
                    return;
                }

                _isDeleted = true;
                hasFolder = _log is { HasFolder: true };
                waits = _commitWaiters.TakeAll();
                CloseFiles();
            }
        }

        CommitWaiters.Complete(waits, Protocol.Wire.ErrorCode.UnknownTopicOrPartition, _services.Options.Logger);
        _readWaiters.CallAll();
        _services.Directory.RetireFolder(Name, hasFolder, _services.WallMs + (long)Topic.Settings.FileDeleteDelay.TotalMilliseconds);
    }

    private void Retire(SegmentedLog log, Segment[] segments, long nowMs, LogSettings settings)
    {
        foreach (var segment in segments)
        {
            segment.ReleaseWriter();
        }

        log.RetireAll(segments);
        foreach (var segment in segments)
        {
            _services.Directory.Deletions.Add(segment.File.Path, isFolder: false, nowMs + (long)settings.FileDeleteDelay.TotalMilliseconds);
            Snapshots(log).DeleteAt(segment.BaseOffset);
        }
    }

    /// <summary>How many of the oldest segments may go.</summary>
    private int CountDeletable(SegmentedLog log, LogSettings settings, long nowMs)
    {
        var segments = log.Segments;
        var highWatermark = _committed!.Offset;
        var isCopy = Topic.Mirror is not null;
        var start = Volatile.Read(ref _logStartOffset);
        var byRetention = settings.IsDeleted && !isCopy;
        var excess = byRetention && settings.RetentionBytes is { } retained ? log.SizeBytes - retained : 0;
        var count = 0;
        foreach (var segment in segments)
        {
            var isActive = segment == segments[^1];
            if (segment.NextOffset > highWatermark || segment.SizeBytes == 0)
            {
                break;
            }

            var isBelowStart = !isActive && segment.NextOffset <= start;
            var isTooMuch = !isActive && excess >= segment.SizeBytes && excess > 0;
            if (!isBelowStart && !isTooMuch && !(byRetention && IsExpired(segment, settings, nowMs)))
            {
                break;
            }

            excess -= segment.SizeBytes;
            count++;
        }

        return count;
    }

    private static bool IsExpired(Segment segment, LogSettings settings, long nowMs)
    {
        if (settings.RetentionAge is not { } age)
        {
            return false;
        }

        segment.LearnTimes(settings.IndexIntervalBytes);
        return nowMs - (segment.MaxTimestamp >= 0 ? segment.MaxTimestamp : segment.ModifiedMs) > age.TotalMilliseconds;
    }
}
