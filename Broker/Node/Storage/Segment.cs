using Broker.Core.Metadata;
using Protocol.Wire.Records;

namespace Broker.Node.Storage;

/// <summary>
/// One stretch of a log: a file of batches and its two indexes. Appended by one thread at a time (under the partition's gate) while it is
/// the last of its log; read by any. What readers may see is bounded by the log's <see cref="LogEnd"/>, never by the file's length.
/// </summary>
internal sealed class Segment
{
    private readonly IStorage _storage;
    private readonly string _folder;
    private volatile SegmentIndex _index;
    private volatile TailPositions? _tail;
    private OpenFile? _writing;
    private int _sizeBytes;
    private int _sinceIndexed;
    private bool _timesKnown = true;
    private long _modifiedMs;

    /// <param name="offsetCount">Entries in the offset index's file.</param>
    /// <param name="timeCount">Entries in the time index's file.</param>
    public Segment(
        IStorage storage, OpenFiles openFiles, string folder, long baseOffset, int sizeBytes = 0, int offsetCount = 0, int timeCount = 0, long createdMs = 0)
    {
        _storage = storage;
        _folder = folder;
        BaseOffset = baseOffset;
        NextOffset = baseOffset;
        CreatedMs = _modifiedMs = createdMs;
        _sizeBytes = sizeBytes;
        SyncedBytes = sizeBytes;
        File = new LazyFile(storage, openFiles, LogNames.File(folder, baseOffset, LogNames.LogSuffix));
        _index = NewIndex(offsetCount, timeCount);
    }

    /// <summary>Offset of the first record, and the file's name.</summary>
    public long BaseOffset { get; }

    public LazyFile File { get; }

    /// <summary>Bytes of whole batches.</summary>
    public int SizeBytes => Volatile.Read(ref _sizeBytes);

    /// <summary>Offset after the last record; for appenders and for segments that are closed.</summary>
    public long NextOffset { get; set; }

    /// <summary>Bytes known to be on disk. Guarded by the partition's gate.</summary>
    public int SyncedBytes { get; set; }

    /// <summary>Largest timestamp so far, -1 for none.</summary>
    public long MaxTimestamp { get; private set; } = -1;

    /// <summary>Last offset of the batch that has it.</summary>
    public long OffsetOfMaxTimestamp { get; private set; } = -1;

    /// <summary>Largest timestamp of the first batch, from which the segment's age counts; -1 for none.</summary>
    public long FirstTimestamp { get; private set; } = -1;

    /// <summary>When the segment was made, ms since the epoch: what is rolled counts from it where records have no timestamps.</summary>
    public long CreatedMs { get; }

    /// <summary>When the segment was last written to, ms since the epoch: its age where records have no timestamps.</summary>
    public long ModifiedMs
    {
        get => Volatile.Read(ref _modifiedMs);
        set => Volatile.Write(ref _modifiedMs, value);
    }

    /// <summary>The last batches' places; null when nothing was appended lately.</summary>
    public TailPositions? Tail => _tail;

    /// <summary>Whether the index may take no more entries.</summary>
    public bool IsIndexFull(int maxIndexBytes) => _index.IsFull(maxIndexBytes);

    /// <summary>The segment is larger than the distance of two index entries.</summary>
    public bool HasIndexEntries => _index.OffsetCount > 0;

    /// <summary>Offset relative to the base, as the indexes have it.</summary>
    public int Relative(long offset) => (int)Math.Clamp(offset - BaseOffset, -1, int.MaxValue);

    /// <summary>
    /// Writes whole batches at the end. Throws <see cref="IOException"/> with nothing appended; the file may then be longer than
    /// <see cref="SizeBytes"/> until <see cref="DropUnwritten"/>.
    /// </summary>
    public void Append(ReadOnlySpan<byte> batches, LogSettings settings)
    {
        _writing ??= File.Hold(create: true);
        if (_sinceIndexed + batches.Length > settings.IndexIntervalBytes)
        {
            // What may fail comes before anything is noted.
            LoadIndex(settings.IndexIntervalBytes);
        }

        _writing.File.Write(batches, _sizeBytes);
        var tail = _tail ??= new TailPositions();
        var walk = new RecordBatchReader(batches);
        lock (this)
        {
            while (walk.MoveNext())
            {
                Note(walk.Header, _sizeBytes + walk.PositionBytes, walk.Current.Length, settings.IndexIntervalBytes);
                tail.Add(walk.Header.BaseOffset, _sizeBytes + walk.PositionBytes);
            }

            Volatile.Write(ref _sizeBytes, _sizeBytes + batches.Length);
        }
    }

    /// <summary>Cuts what a failed write left behind.</summary>
    public void DropUnwritten()
    {
        using var held = File.Hold(create: true);
        held.File.SetLength(_sizeBytes);
    }

    /// <summary>Takes a batch into account that stands in the file: timestamps, index entries, next offset.</summary>
    public void Note(RecordBatchHeader header, int position, int batchBytes, int indexIntervalBytes)
    {
        var lastOffset = header.LastOffset;
        if (position == 0)
        {
            FirstTimestamp = header.MaxTimestamp;
        }

        if (header.MaxTimestamp > MaxTimestamp)
        {
            (MaxTimestamp, OffsetOfMaxTimestamp) = (header.MaxTimestamp, lastOffset);
        }

        if (_sinceIndexed > indexIntervalBytes)
        {
            AddToIndex(lastOffset, position, indexIntervalBytes);
            _sinceIndexed = 0;
        }

        _sinceIndexed += batchBytes;
        NextOffset = lastOffset + 1;
    }

    /// <summary>Sets what a walk before the first append found. Only before readers come.</summary>
    public void Adopt(long nextOffset, long firstTimestamp, long maxTimestamp, long offsetOfMax)
    {
        (NextOffset, FirstTimestamp, MaxTimestamp, OffsetOfMaxTimestamp) = (nextOffset, firstTimestamp, maxTimestamp, offsetOfMax);
        _sinceIndexed = 0;
        _timesKnown = true;
    }

    /// <summary>The file holds whole batches only up to here, and that is on disk. Only before readers come.</summary>
    public void CutTo(int sizeBytes) => (_sizeBytes, SyncedBytes) = (sizeBytes, sizeBytes);

    /// <summary>The segment is closed and was not looked into: its times are in its index.</summary>
    public void TrustIndex(long nextOffset)
    {
        NextOffset = nextOffset;
        _timesKnown = false;
    }

    /// <summary>Reads the largest timestamp from the index where it is not known yet. Throws <see cref="IOException"/>.</summary>
    public void LearnTimes(int indexIntervalBytes)
    {
        if (Volatile.Read(ref _timesKnown))
        {
            return;
        }

        lock (this)
        {
            if (_timesKnown)
            {
                return;
            }

            try
            {
                if (_index.LastTime() is { } last && IndexReachesEnd(last.Timestamp, indexIntervalBytes))
                {
                    (MaxTimestamp, OffsetOfMaxTimestamp) = (last.Timestamp, BaseOffset + last.RelativeOffset);
                    Volatile.Write(ref _timesKnown, true);
                    return;
                }
            }
            catch (IndexDamagedException)
            {
                // Made anew below, as for an index without a time or one that ends early.
            }

            RebuildIndex(indexIntervalBytes);
        }
    }

    /// <summary>The index, for searches; what they throw is repaired by <see cref="RepairIndex"/>.</summary>
    public SegmentIndex Index => _index;

    /// <summary>Makes the indexes anew from the log, unless another thread just did.</summary>
    public void RepairIndex(SegmentIndex damaged, int indexIntervalBytes)
    {
        lock (this)
        {
            if (_index == damaged)
            {
                RebuildIndex(indexIntervalBytes);
            }
        }
    }

    /// <summary>No more appends: the final largest timestamp goes to the time index, and the memory for the end is given back.</summary>
    public void Seal(int indexIntervalBytes)
    {
        lock (this)
        {
            try
            {
                _index.AddLastTime(MaxTimestamp, Relative(OffsetOfMaxTimestamp));
            }
            catch (IndexDamagedException)
            {
                RebuildIndex(indexIntervalBytes);
            }
        }

        _tail = null;
    }

    /// <summary>
    /// Drops the index entries from a place on, before the batches there are noted again. Only before readers come. An index that cannot be
    /// read is dropped whole, and stays without what was before the place.
    /// </summary>
    public void TruncateIndex(int position, long offset)
    {
        try
        {
            _index.TruncateTo(position, Relative(offset));
        }
        catch (IndexDamagedException)
        {
            _storage.DeleteFile(LogNames.File(_folder, BaseOffset, LogNames.OffsetIndexSuffix));
            _storage.DeleteFile(LogNames.File(_folder, BaseOffset, LogNames.TimeIndexSuffix));
            _index = NewIndex(0, 0);
        }
    }

    /// <summary>Holds the file for a sync of what is written. Under the gate.</summary>
    public OpenFile HoldForSync() => File.Hold(create: true);

    /// <summary>The writer's hold ends when all is on disk. Under the gate.</summary>
    public void ReleaseWriter()
    {
        _writing?.Dispose();
        _writing = null;
    }

    /// <summary>Gives back what an idle segment does not need: stored index entries and the places of the last batches.</summary>
    public void Unload()
    {
        _index.Unload();
        _tail = null;
    }

    /// <summary>Renames the files for a later deletion and gives up the own hold on the log.</summary>
    public void Retire()
    {
        foreach (var suffix in (string[])[LogNames.OffsetIndexSuffix, LogNames.TimeIndexSuffix])
        {
            _storage.DeleteFile(LogNames.File(_folder, BaseOffset, suffix));
        }

        File.Rename(File.Path + LogNames.DeletedSuffix);
        File.Close();
    }

    /// <summary>
    /// Looks at the few batches behind the last entry: one that should have an entry, or that is younger than the index says, and the index was
    /// not stored to the end. Retention would go by it.
    /// </summary>
    private bool IndexReachesEnd(long lastTimestamp, int indexIntervalBytes)
    {
        using var held = File.Hold();
        var from = _index.FloorOfPosition(int.MaxValue)?.Position ?? 0;
        using var walk = new BatchWalk(held.File, from, _sizeBytes, BaseOffset, RecordBatchHeader.SizeBytes);
        while (walk.MoveNext())
        {
            if (walk.Position - from > indexIntervalBytes || walk.Header.MaxTimestamp > lastTimestamp)
            {
                return false;
            }
        }

        return true;
    }

    private void LoadIndex(int indexIntervalBytes)
    {
        lock (this)
        {
            try
            {
                _index.EnsureLoaded();
            }
            catch (IndexDamagedException)
            {
                RebuildIndex(indexIntervalBytes);
            }
        }
    }

    private void AddToIndex(long lastOffset, int position, int indexIntervalBytes)
    {
        try
        {
            _index.Add(Relative(lastOffset), position, MaxTimestamp, Relative(OffsetOfMaxTimestamp));
        }
        catch (IndexDamagedException)
        {
            RebuildIndex(indexIntervalBytes);
            _index.Add(Relative(lastOffset), position, MaxTimestamp, Relative(OffsetOfMaxTimestamp));
        }
    }

    /// <summary>Under the segment's lock.</summary>
    private void RebuildIndex(int indexIntervalBytes)
    {
        _storage.DeleteFile(LogNames.File(_folder, BaseOffset, LogNames.OffsetIndexSuffix));
        _storage.DeleteFile(LogNames.File(_folder, BaseOffset, LogNames.TimeIndexSuffix));
        var index = NewIndex(0, 0);
        using var held = File.Hold();
        var (max, offsetOfMax) = IndexRebuild.Fill(index, held.File, BaseOffset, _sizeBytes, indexIntervalBytes, File.Path);
        if (!_timesKnown)
        {
            (MaxTimestamp, OffsetOfMaxTimestamp) = (max, offsetOfMax);
            Volatile.Write(ref _timesKnown, true);
        }

        index.Store();
        _index = index;
    }

    private SegmentIndex NewIndex(int offsetCount, int timeCount) => new(
        _storage,
        LogNames.File(_folder, BaseOffset, LogNames.OffsetIndexSuffix),
        LogNames.File(_folder, BaseOffset, LogNames.TimeIndexSuffix),
        offsetCount,
        timeCount);
}
