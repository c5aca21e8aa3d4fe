using System.Buffers;
using Broker.Core.Append;
using Broker.Core.Metadata;
using Broker.Node.Storage;
using Protocol.Wire;
using Protocol.Wire.Records;

namespace Broker.Node.Partitions;

/// <summary>How a copy follows its source: the same batches at the same offsets.</summary>
public sealed partial class Partition
{
    /// <summary>
    /// Appends a source's committed batches at their own offsets and leader epochs (see <see cref="Protocol.Wire.Messages.MirrorAppendRequest"/> for what is refused).
    /// Each batch's CRC is checked. The waiter is called once all is committed, unless the outcome is an error. On success BaseOffset is the log end offset.
    /// </summary>
    /// <param name="batches">Whole batches as in the source's log.</param>
    /// <param name="sourceLogStartOffset">What lies below may be dropped, and an empty copy may begin here.</param>
    public AppendOutcome AppendMirrored(ReadOnlyMemory<byte> batches, long fencingEpoch, long sourceLogStartOffset, ICommitWaiter? waiter = null, int tag = 0)
    {
        if (CheckMirrored(batches.Span) is { } damage)
        {
            return AppendOutcome.Refused(ErrorCode.CorruptMessage, damage);
        }

        if (OpenOrNull() is not { } log)
        {
            return _isDeleted ? Deleted : Failed();
        }

        if (NeedsRestart(log, batches.Span, sourceLogStartOffset, fencingEpoch))
        {
            RestartAt(log, batches.Span, fencingEpoch, sourceLogStartOffset);
        }

        AppendOutcome outcome;
        AfterAppend after;
        lock (_gate)
        {
            if (RefuseMirrored(fencingEpoch) is { } fenced)
            {
                return fenced;
            }

            // What was written before a failure stays and is published: it is part of the source's log.
            var refusal = StoreMirrored(log, batches.Span, out var stored);
            var waiting = refusal is null ? waiter : null;
            after = stored ? Appended(log, waiting, tag) : Await(log.NextOffset, waiting, tag);
            if (refusal is null)
            {
                RaiseLogStart(Math.Min(sourceLogStartOffset, _committed!.Offset));
            }

            outcome = refusal ?? new AppendOutcome(ErrorCode.None, log.NextOffset, LogStartOffset: _logStartOffset);
        }

        Complete(after);
        return outcome;
    }

    /// <summary>What is wrong with the bytes themselves; null when they are whole batches with good checksums, one after the other.</summary>
    private static string? CheckMirrored(ReadOnlySpan<byte> batches)
    {
        var walk = new RecordBatchReader(batches);
        var next = 0L;
        while (walk.MoveNext())
        {
            var header = walk.Header;
            if (header.Magic != RecordBatchHeader.CurrentMagic || header.LastOffsetDelta < 0 || header.BaseOffset < next ||
                !RecordBatch.HasValidCrc(walk.Current))
            {
                return $"The batch at byte {walk.PositionBytes} (offset {header.BaseOffset}) is damaged.";
            }

            next = header.NextOffset;
        }

        return walk.PositionBytes == batches.Length ? null : $"The bytes from {walk.PositionBytes} on are no whole batch.";
    }

    private AppendOutcome? RefuseMirrored(long fencingEpoch)
    {
        if (_isDeleted)
        {
            return Deleted;
        }

        if (_failure is not null)
        {
            return Failed();
        }

        if (Topic.Mirror is not { } mirror)
        {
            return AppendOutcome.Refused(ErrorCode.InvalidTopicException, $"Topic {Topic.Name} is not a copy of another region's.");
        }

        return fencingEpoch < mirror.FencingEpoch
            ? AppendOutcome.Refused(ErrorCode.FencedLeaderEpoch, $"The copy is fenced at epoch {mirror.FencingEpoch}; the append has {fencingEpoch}.")
            : null;
    }

    /// <summary>Whether the source has dropped what the copy lacks, so that all of the copy may go.</summary>
    private bool NeedsRestart(SegmentedLog log, ReadOnlySpan<byte> batches, long sourceLogStart, long fencingEpoch)
    {
        lock (_gate)
        {
            return RefuseMirrored(fencingEpoch) is null && RestartOffset(batches, log.NextOffset, sourceLogStart) >= 0;
        }
    }

    /// <summary>
    /// Where the copy has to begin anew, -1 for not at all: at the first batch when that is the one that holds the source's log start, or at
    /// the start itself without batches.
    /// </summary>
    private static long RestartOffset(ReadOnlySpan<byte> batches, long end, long sourceLogStart)
    {
        if (sourceLogStart <= end)
        {
            return -1;
        }

        if (batches.IsEmpty)
        {
            return sourceLogStart;
        }

        var first = new RecordBatchHeader(batches);
        return first.BaseOffset > end && first.BaseOffset <= sourceLogStart ? first.BaseOffset : -1;
    }

    private void RestartAt(SegmentedLog log, ReadOnlySpan<byte> batches, long fencingEpoch, long sourceLogStart)
    {
        CommitWait[]? waits;
        FailedLog? failed = null;
        lock (_flushing)
        {
            lock (_gate)
            {
                if (RefuseMirrored(fencingEpoch) is not null || RestartOffset(batches, log.NextOffset, sourceLogStart) is not (>= 0 and var offset))
                {
                    return;
                }

                try
                {
                    var nowMs = _services.WallMs;
                    foreach (var segment in log.RestartAt(offset, nowMs))
                    {
                        _services.Directory.Deletions.Add(segment.File.Path, isFolder: false, nowMs + (long)Topic.Settings.FileDeleteDelay.TotalMilliseconds);
                    }
                }
                catch (Exception failure)
                {
                    failed = Fail(failure);
                }

                // Whoever waited for what was dropped: the source has committed and dropped it as well.
                waits = failed is null ? _commitWaiters.TakeAll() : null;
                if (failed is null)
                {
                    _producers = null;
                    Volatile.Write(ref _logEndOffset, offset);
                    _committed = log.End();
                    RaiseLogStart(offset);
                    _epochsChanged = true;
                    _checkpointedEnd = -1;
                }
            }
        }

        if (failed is not null)
        {
            Report(failed);
            return;
        }

        CommitWaiters.Complete(waits, ErrorCode.None, _services.Options.Logger);
        _readWaiters.CallAll();
    }

    /// <summary>Under the gate: appends what is new, compares what is not. A refusal may come with some batches stored.</summary>
    private AppendOutcome? StoreMirrored(SegmentedLog log, ReadOnlySpan<byte> batches, out bool stored)
    {
        stored = false;
        var settings = Topic.Settings;
        var nowMs = _services.WallMs;
        try
        {
            if (CheckOverlapAndGaps(log, batches, settings, out var newFrom) is { } refused)
            {
                return refused;
            }

            // Batches that go to the same segment are written at once.
            var runFrom = newFrom;
            var walk = new RecordBatchReader(batches);
            while (walk.MoveNext())
            {
                var at = walk.PositionBytes;
                if (at >= newFrom &&
                    log.NeedsRoll(at - runFrom, walk.Current.Length, walk.Header.LastOffset, walk.Header.MaxTimestamp, settings, nowMs))
                {
                    StoreRun(log, batches[runFrom..at], settings, nowMs, ref stored);
                    runFrom = at;
                    Roll(log, settings, nowMs);
                }
            }

            StoreRun(log, batches[runFrom..], settings, nowMs, ref stored);
            return null;
        }
        catch (IOException failure)
        {
            return RefusedByDisk(failure);
        }
    }

    private void StoreRun(SegmentedLog log, ReadOnlySpan<byte> run, LogSettings settings, long nowMs, ref bool stored)
    {
        if (run.IsEmpty)
        {
            return;
        }

        log.Append(run, settings, nowMs);
        stored = true;
        CountStored(run.Length, nowMs);
        var (records, count) = (0, 0);
        var walk = new RecordBatchReader(run);
        while (walk.MoveNext())
        {
            var header = walk.Header;
            _epochsChanged |= log.Epochs.Assign(header.PartitionLeaderEpoch, header.BaseOffset);
            Remember(ProducerBatch.Of(header), header.BaseOffset, settings, nowMs);
            records += header.RecordCount;
            count++;
        }

        _services.Metrics.CountAppend(run.Length, records, count);
    }

    private AppendOutcome? CheckOverlapAndGaps(SegmentedLog log, ReadOnlySpan<byte> batches, LogSettings settings, out int newFrom)
    {
        newFrom = batches.Length;
        var next = log.NextOffset;
        var walk = new RecordBatchReader(batches);
        while (walk.MoveNext())
        {
            var header = walk.Header;
            if (header.BaseOffset > next)
            {
                return AppendOutcome.Refused(
                    ErrorCode.OffsetOutOfRange, $"The copy ends at {next}, the batch begins at {header.BaseOffset}.") with
                {
                    LogStartOffset = _logStartOffset,
                };
            }

            if (header.BaseOffset == next)
            {
                newFrom = Math.Min(newFrom, walk.PositionBytes);
                next = header.NextOffset;
            }
            else if (header.NextOffset > _logStartOffset && !HasSameBatch(log, walk.Current, settings))
            {
                return AppendOutcome.Refused(ErrorCode.CorruptMessage, $"The copy has other records at offset {header.BaseOffset}.");
            }
        }

        return null;
    }

    /// <summary>Whether the log holds exactly these bytes where the batch belongs.</summary>
    private static bool HasSameBatch(SegmentedLog log, ReadOnlySpan<byte> batch, LogSettings settings)
    {
        var offset = new RecordBatchHeader(batch).BaseOffset;
        var segments = log.Segments;
        if (SegmentOf(segments, offset) is not (>= 0 and var index))
        {
            return false;
        }

        var segment = segments[index];
        using var held = segment.File.Hold();
        var position = SegmentSearch.FindBatch(segment, held.File, offset, segment.SizeBytes, settings.IndexIntervalBytes);
        if (position < 0 || position + batch.Length > segment.SizeBytes)
        {
            return false;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(batch.Length);
        try
        {
            var stored = buffer.AsSpan(0, batch.Length);
            return held.File.Read(stored, position) == batch.Length && stored.SequenceEqual(batch);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
