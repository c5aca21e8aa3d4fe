using Broker.Core.Append;
using Broker.Core.Metadata;
using Microsoft.Extensions.Logging;
using Protocol.Wire.Records;

namespace Broker.Node.Storage;

/// <summary>What opening a log's folder found.</summary>
/// <param name="Log">Ready for appends; all of it is on disk.</param>
/// <param name="LogStartOffset">The first offset that may be read.</param>
/// <param name="Producers">The idempotent producers; null when there are none.</param>
/// <param name="SnapshotOffset">The newest producer snapshot's offset; -1 without one.</param>
/// <param name="EpochsChanged">The leader epochs differ from their file.</param>
internal sealed record OpenedLog(SegmentedLog Log, long LogStartOffset, ProducerStates? Producers, long SnapshotOffset, bool EpochsChanged);

/// <summary>
/// Opens the folder of a log. What lies below the recovery point is believed; from there on every batch's checksum is checked and the log is
/// cut at the first byte that is none of a batch's, so the work after a kill is bounded by what was not yet checkpointed, and after a
/// clean shutdown it is one small read.
/// </summary>
internal sealed class LogOpening(IStorage storage, OpenFiles openFiles, ILogger logger)
{
    private readonly SegmentRecovery _recovery = new(storage, logger);

    private static readonly string[] Leftovers =
        [LogNames.DeletedSuffix, LogNames.TemporarySuffix, ".swap", ".cleaned"];

    /// <summary>Opens the folder. Throws <see cref="IOException"/>.</summary>
    /// <param name="recoveryPoint">All below is known to be on disk and whole; 0 when nothing is known.</param>
    /// <param name="checkpointedStart">The log start that was checkpointed; 0 for none.</param>
    public OpenedLog Open(string folder, Guid topicId, LogSettings settings, long recoveryPoint, long checkpointedStart, long nowMs)
    {
        var files = ListFiles(folder);
        var segments = FindSegments(folder, files, settings, Math.Max(recoveryPoint, checkpointedStart), nowMs);
        var log = new SegmentedLog(storage, openFiles, folder, topicId, segments);
        var epochs = log.Epochs;
        var epochsLoaded = storage.TryReadAll(Path.Combine(folder, LogNames.LeaderEpochs)) is { } file && epochs.TryLoad(file);
        var epochsChanged = Recover(log, settings, recoveryPoint);
        if (recoveryPoint == 0 || log.Segments is [{ SizeBytes: 0 }])
        {
            // A process that was killed may have made the folder, or begun the log anew, and synced nothing: what is in it, and where it ends,
            // must not go with a name.
            log.SyncFoundNames();
        }

        if (!epochsLoaded && log.NextOffset > log.Segments[0].BaseOffset)
        {
            epochs.Clear();
            WalkFrom(log, log.Segments[0].BaseOffset, settings, (header, _) => epochs.Assign(header.PartitionLeaderEpoch, header.BaseOffset));
            epochsChanged = true;
        }

        var start = Math.Max(checkpointedStart, log.Segments[0].BaseOffset);

        // A log of which all is deleted keeps the epoch that it ended in: clients were told of it, and the next record is not of an earlier one.
        epochsChanged |= epochs.TruncateTo(start == log.NextOffset ? log.NextOffset + 1 : log.NextOffset);
        if (start > log.NextOffset)
        {
            logger.LogWarning(
                "{Folder} ends at {End}, before its log start {Start}: it begins anew there", folder, log.NextOffset, start);
            log.RestartAt(start, nowMs);
        }

        var (producers, snapshot) = RestoreProducers(log, files, start, settings, nowMs);
        return new OpenedLog(log, start, producers, snapshot, epochsChanged);
    }

    /// <summary>Calls for every batch from an offset on, by the headers.</summary>
    private static void WalkFrom(SegmentedLog log, long offset, LogSettings settings, BatchSeen seen)
    {
        foreach (var segment in log.Segments)
        {
            if (segment.NextOffset <= offset || segment.SizeBytes == 0)
            {
                continue;
            }

            using var held = segment.File.Hold();
            var position = SegmentSearch.FindBatch(segment, held.File, offset, segment.SizeBytes, settings.IndexIntervalBytes);
            if (position < 0)
            {
                continue;
            }

            using var walk = new BatchWalk(held.File, position, segment.SizeBytes, segment.BaseOffset, BatchWalk.ScanBufferBytes);
            while (walk.MoveNext())
            {
                seen(walk.Header, walk.Position);
            }
        }
    }

    private delegate void BatchSeen(RecordBatchHeader header, long position);

    private IReadOnlyList<StoredFile> ListFiles(string folder)
    {
        var files = new List<StoredFile>();
        foreach (var file in storage.ListFiles(folder))
        {
            if (Leftovers.Any(suffix => file.Name.EndsWith(suffix, StringComparison.Ordinal)))
            {
                storage.DeleteFile(Path.Combine(folder, file.Name));
            }
            else
            {
                files.Add(file);
            }
        }

        return files;
    }

    /// <param name="believedTo">All below is known to be on disk, or to be wanted no more.</param>
    private Segment[] FindSegments(string folder, IReadOnlyList<StoredFile> files, LogSettings settings, long believedTo, long nowMs)
    {
        var logs = new List<(long BaseOffset, StoredFile File)>();
        var lengths = new Dictionary<string, long>();
        foreach (var file in files)
        {
            lengths[file.Name] = file.LengthBytes;
            if (LogNames.TryParse(file.Name, LogNames.LogSuffix, out var baseOffset))
            {
                if (file.LengthBytes > int.MaxValue)
                {
                    throw new IOException($"{folder}/{file.Name} has {file.LengthBytes} bytes; no segment is larger than {int.MaxValue}");
                }

                logs.Add((baseOffset, file));
            }
        }

        logs.Sort(static (a, b) => a.BaseOffset.CompareTo(b.BaseOffset));
        var segments = new List<Segment>();
        for (var i = 0; i < logs.Count; i++)
        {
            var (baseOffset, file) = logs[i];
            if (file.LengthBytes == 0 && i < logs.Count - 1 && logs[i + 1].BaseOffset <= believedTo)
            {
                // What it was to hold went into the files behind it. Elsewhere a power cut took its records, and the log ends at it.
                storage.DeleteFile(Path.Combine(folder, file.Name));
                continue;
            }

            var stem = file.Name[..^LogNames.LogSuffix.Length];
            segments.Add(new Segment(
                storage,
                openFiles,
                folder,
                baseOffset,
                (int)file.LengthBytes,
                EntryCount(
                    lengths.GetValueOrDefault(stem + LogNames.OffsetIndexSuffix),
                    SegmentIndex.OffsetEntryBytes,
                    mustExist: file.LengthBytes > settings.IndexIntervalBytes),
                EntryCount(lengths.GetValueOrDefault(stem + LogNames.TimeIndexSuffix), SegmentIndex.TimeEntryBytes, mustExist: false),
                file.ModifiedMs));
        }

        if (segments.Count == 0)
        {
            segments.Add(new Segment(storage, openFiles, folder, 0, createdMs: nowMs));
        }

        for (var i = 0; i < segments.Count - 1; i++)
        {
            segments[i].TrustIndex(segments[i + 1].BaseOffset);
        }

        return [.. segments];
    }

    /// <summary>Entries of an index file; one more than it holds when it cannot be right, so that the first search finds it damaged.</summary>
    private static int EntryCount(long lengthBytes, int entryBytes, bool mustExist) =>
        (int)(lengthBytes / entryBytes) + (lengthBytes % entryBytes != 0 || (lengthBytes == 0 && mustExist) ? 1 : 0);

    /// <summary>Checks and takes in everything from the recovery point on; cuts at the first byte of what is no batch. True when leader epochs came up.</summary>
    private bool Recover(SegmentedLog log, LogSettings settings, long recoveryPoint)
    {
        var segments = log.Segments;
        var epochsChanged = false;
        for (var i = 0; i < segments.Length; i++)
        {
            var segment = segments[i];
            var isLast = i == segments.Length - 1;
            if (!isLast && segment.NextOffset <= recoveryPoint)
            {
                continue;
            }

            // A recovery point beyond the log's end was not this log's, or what lies below it is damaged: believe nothing of the segment.
            var (whole, changed) = _recovery.Recover(log, segment, settings, recoveryPoint);
            if (segment.NextOffset < recoveryPoint)
            {
                (whole, changed) = _recovery.Recover(log, segment, settings, recoveryPoint: 0);
            }

            epochsChanged |= changed;
            if (!isLast && (!whole || segment.NextOffset != segments[i + 1].BaseOffset))
            {
                logger.LogWarning(
                    "{Folder} is cut at offset {Offset}; {Count} later segments are dropped", log.Folder, segment.NextOffset, segments.Length - 1 - i);
                log.DropAfter(i);
                break;
            }

            if (!isLast)
            {
                // No flush looks at it again, and the next recovery point passes it.
                segment.Seal(settings.IndexIntervalBytes);
                segment.Index.StoreAndSync();
            }
        }

        return epochsChanged;
    }

    /// <summary>The newest snapshot that is whole and not beyond the log's end, and the batches since.</summary>
    private (ProducerStates? Producers, long SnapshotOffset) RestoreProducers(
        SegmentedLog log, IReadOnlyList<StoredFile> files, long logStart, LogSettings settings, long nowMs)
    {
        var end = log.NextOffset;
        var snapshots = new List<long>();
        var isCut = false;
        foreach (var file in files)
        {
            if (LogNames.TryParse(file.Name, LogNames.SnapshotSuffix, out var offset))
            {
                if (offset > end)
                {
                    storage.DeleteFile(Path.Combine(log.Folder, file.Name));
                    isCut = true;
                }
                else
                {
                    snapshots.Add(offset);
                }
            }
        }

        if (isCut)
        {
            // Back after a power cut, it would tell of records that never were, once the log is longer than it again.
            storage.SyncDirectory(log.Folder);
        }

        snapshots.Sort(static (a, b) => b.CompareTo(a));
        var (states, from, newest) = ((ProducerStates?)null, logStart, -1L);
        foreach (var offset in snapshots)
        {
            var loaded = new ProducerStates(settings.ProducerExpiration);
            var path = LogNames.File(log.Folder, offset, LogNames.SnapshotSuffix);
            if (storage.TryReadAll(path) is { } bytes && loaded.TryLoad(bytes, offset, nowMs))
            {
                (states, from, newest) = (loaded, Math.Max(offset, log.Segments[0].BaseOffset), offset);
                DropOlder(log, snapshots, offset);
                break;
            }

            logger.LogWarning("{Path} is no whole producer snapshot and is dropped", path);
            storage.DeleteFile(path);
        }

        if (from < end)
        {
            WalkFrom(log, from, settings, (header, _) =>
            {
                if (header.HasProducerId && header.BaseOffset >= from)
                {
                    states ??= new ProducerStates(settings.ProducerExpiration);
                    states.Apply(ProducerBatch.Of(header), header.BaseOffset, nowMs);
                }
            });
        }

        return (states is { Count: 0 } ? null : states, newest);
    }

    /// <summary>Older snapshots stay only where a segment begins.</summary>
    private void DropOlder(SegmentedLog log, List<long> snapshots, long newest)
    {
        foreach (var offset in snapshots)
        {
            if (offset < newest && !log.Segments.Any(segment => segment.BaseOffset == offset))
            {
                storage.DeleteFile(LogNames.File(log.Folder, offset, LogNames.SnapshotSuffix));
            }
        }
    }
}
