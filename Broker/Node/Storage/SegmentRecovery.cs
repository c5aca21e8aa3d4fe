using Broker.Core.Metadata;
using Microsoft.Extensions.Logging;
using Protocol.Wire.Records;

namespace Broker.Node.Storage;

/// <summary>Reads a segment's end again when its log is opened: every batch from the recovery point on, by its checksum. Holds nothing.</summary>
internal sealed class SegmentRecovery(IStorage storage, ILogger logger)
{
    /// <summary>
    /// Checks and takes in a segment from the recovery point on; cuts its file at the first byte of what is no batch. What was not known to be
    /// on disk is synced. Says whether all of the file was batches, and whether leader epochs came up. Throws <see cref="IOException"/>.
    /// </summary>
    public (bool IsWhole, bool EpochsChanged) Recover(SegmentedLog log, Segment segment, LogSettings settings, long recoveryPoint)
    {
        var interval = settings.IndexIntervalBytes;
        var length = segment.SizeBytes;
        if (length == 0)
        {
            // A power cut may have left the index of records that it took.
            segment.TruncateIndex(0, segment.BaseOffset);
            segment.Adopt(segment.BaseOffset, -1, -1, -1);
            return (true, false);
        }

        using var held = segment.File.Hold();
        var file = held.File;
        var start = recoveryPoint > segment.BaseOffset ? StartOf(segment, file, recoveryPoint, length, interval) : 0;
        TruncateIndex(segment, start, file, length, interval);
        var (first, max, offsetOfMax) = TimesBefore(segment, start, file, length);
        segment.Adopt(segment.BaseOffset, first, max, offsetOfMax);
        var epochsChanged = false;
        var needsSync = false;
        long end = start;
        using var walk = new BatchWalk(file, start, length, segment.BaseOffset, BatchWalk.ScanBufferBytes);
        while (walk.MoveNext() && RecordBatch.HasValidCrc(walk.ReadBatch()))
        {
            var header = walk.Header;
            epochsChanged |= log.Epochs.Assign(header.PartitionLeaderEpoch, header.BaseOffset);
            segment.Note(header, (int)walk.Position, walk.SizeBytes, interval);
            needsSync |= segment.NextOffset > recoveryPoint;
            end = walk.NextPosition;
        }

        segment.CutTo((int)end);
        if (end < length)
        {
            logger.LogWarning(
                "{File} is cut from {Length} to {End} bytes, offset {Offset}: what follows is no whole batch",
                segment.File.Path,
                length,
                end,
                segment.NextOffset);
            file.SetLength(end);
            log.Resized((int)end - length);
        }

        if (needsSync || end < length)
        {
            // What readers will see must be on disk, also where the process and not the machine had died.
            file.Sync();
            storage.SyncDirectory(log.Folder);
        }

        return (end == length, epochsChanged);
    }

    private int StartOf(Segment segment, IStorageFile file, long recoveryPoint, int length, int interval)
    {
        try
        {
            return SegmentSearch.StartFor(segment, file, recoveryPoint - 1, length, interval);
        }
        catch (IOException broken)
        {
            // The index cannot be made anew because the log itself is broken before its end: check all of it.
            logger.LogWarning(broken, "{File} is checked from its beginning", segment.File.Path);
            return 0;
        }
    }

    private static void TruncateIndex(Segment segment, int start, IStorageFile file, int length, int interval)
    {
        var lastOffset = segment.BaseOffset - 1;
        if (start > 0)
        {
            using var walk = new BatchWalk(file, start, length, segment.BaseOffset, RecordBatchHeader.SizeBytes);
            walk.MoveNext();
            lastOffset = walk.Header.LastOffset;
        }

        segment.TruncateIndex(start == 0 ? 0 : start + 1, lastOffset + 1);
    }

    private static (long First, long Max, long OffsetOfMax) TimesBefore(Segment segment, int start, IStorageFile file, int length)
    {
        if (start == 0)
        {
            return (-1, -1, -1);
        }

        using var walk = new BatchWalk(file, 0, length, segment.BaseOffset, RecordBatchHeader.SizeBytes);
        var first = walk.MoveNext() ? walk.Header.MaxTimestamp : -1;
        return segment.Index.LastTime() is { } last ? (first, last.Timestamp, segment.BaseOffset + last.RelativeOffset) : (first, -1, -1);
    }
}
