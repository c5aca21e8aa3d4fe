using System.Buffers.Binary;

namespace Broker.Node.Storage;

/// <summary>
/// Offset index and time index of one segment, in Kafka's layout: every so many log bytes the last offset of a batch with the batch's
/// position (8 bytes), and the largest timestamp so far with its offset (12 bytes). New entries wait in memory for <see cref="Store"/>, so
/// an append writes no index; the files are read when somebody searches. Owned by the segment.
/// Searches throw <see cref="IndexDamagedException"/> when the files are not what they should be.
/// </summary>
internal sealed class SegmentIndex(IStorage storage, string offsetPath, string timePath, int offsetCount, int timeCount)
{
    public const int OffsetEntryBytes = 8;
    public const int TimeEntryBytes = 12;

    private readonly Lock _lock = new();
    private readonly IndexEntries _offsets = new(OffsetEntryBytes, offsetCount);
    private readonly IndexEntries _times = new(TimeEntryBytes, timeCount);
    private long _lastTimestamp = long.MinValue;
    private bool _lastTimestampKnown = timeCount == 0;
    private bool _syncNeeded;

    /// <summary>Entries of the offset index.</summary>
    public int OffsetCount => _offsets.Count;

    /// <summary>Entries of the time index.</summary>
    public int TimeCount => _times.Count;

    /// <summary>Whether either index may take no more entries (segment.index.bytes).</summary>
    public bool IsFull(int maxIndexBytes) =>
        _offsets.Count >= maxIndexBytes / OffsetEntryBytes || _times.Count >= (maxIndexBytes / TimeEntryBytes) - 1;

    /// <summary>Adds a batch to the offset index, and to the time index the largest timestamp so far where it rose.</summary>
    public void Add(int relativeLastOffset, int position, long maxTimestamp, int relativeOffsetOfMax)
    {
        lock (_lock)
        {
            Load();
            var entry = _offsets.Next();
            BinaryPrimitives.WriteInt32BigEndian(entry, relativeLastOffset);
            BinaryPrimitives.WriteInt32BigEndian(entry[4..], position);
            _offsets.Publish();
            AddTime(maxTimestamp, relativeOffsetOfMax);
        }
    }

    /// <summary>Adds the final largest timestamp when the segment is closed or rolled.</summary>
    public void AddLastTime(long maxTimestamp, int relativeOffsetOfMax)
    {
        lock (_lock)
        {
            Load();
            AddTime(maxTimestamp, relativeOffsetOfMax);
        }
    }

    /// <summary>The last indexed batch whose last offset is at most the given one; null: search from the segment's start.</summary>
    public IndexedBatch? Floor(int relativeOffset)
    {
        var bytes = Offsets(out var count);
        var found = IndexEntries.CountAtMost32(bytes, count, OffsetEntryBytes, at: 0, relativeOffset);
        return found == 0 ? null : OffsetEntry(bytes, found - 1);
    }

    /// <summary>The last indexed batch that begins at or before a position; null: none does.</summary>
    public IndexedBatch? FloorOfPosition(int position)
    {
        var bytes = Offsets(out var count);
        var found = IndexEntries.CountAtMost32(bytes, count, OffsetEntryBytes, at: 4, position);
        return found == 0 ? null : OffsetEntry(bytes, found - 1);
    }

    /// <summary>The same, from memory only: null also when the index is not loaded.</summary>
    public IndexedBatch? FloorIfLoaded(int relativeOffset)
    {
        var bytes = _offsets.Snapshot(out var count);
        var found = bytes is null ? 0 : IndexEntries.CountAtMost32(bytes, count, OffsetEntryBytes, at: 0, relativeOffset);
        return found == 0 ? null : OffsetEntry(bytes!, found - 1);
    }

    /// <summary>The last time entry below a timestamp: all batches before the one with its offset are older. Null: none is below.</summary>
    public (long Timestamp, int RelativeOffset)? FloorOfTime(long timestamp)
    {
        var bytes = _times.Snapshot(out var count);
        if (bytes is null)
        {
            lock (_lock)
            {
                Load();
                bytes = _times.Snapshot(out count)!;
            }
        }

        var found = IndexEntries.CountAtMost64(bytes, count, TimeEntryBytes, timestamp);
        return found == 0 ? null : TimeEntry(bytes, found - 1);
    }

    /// <summary>The largest timestamp that the time index knows; null when it has no entry.</summary>
    public (long Timestamp, int RelativeOffset)? LastTime()
    {
        lock (_lock)
        {
            if (_times.Count == 0)
            {
                return null;
            }

            Load();
            return TimeEntry(_times.Snapshot(out var count)!, count - 1);
        }
    }

    /// <summary>Writes new entries to the files; not synced.</summary>
    public void Store()
    {
        lock (_lock)
        {
            _syncNeeded |= Store(_offsets, offsetPath) | Store(_times, timePath);
        }
    }

    /// <summary>Writes new entries, and makes what was written since the last call durable.</summary>
    public void StoreAndSync()
    {
        Store();
        if (_syncNeeded)
        {
            foreach (var path in (string[])[offsetPath, timePath])
            {
                using var file = storage.Open(path, create: true);
                file.Sync();
            }

            _syncNeeded = false;
        }
    }

    /// <summary>Reads the files if they are not in memory: an addition needs them. Throws <see cref="IOException"/> and <see cref="IndexDamagedException"/>.</summary>
    public void EnsureLoaded()
    {
        lock (_lock)
        {
            Load();
        }
    }

    /// <summary>Gives the memory of stored entries back.</summary>
    public void Unload()
    {
        lock (_lock)
        {
            _offsets.Unload();
            _times.Unload();
        }
    }

    /// <summary>
    /// Drops the entries of batches that begin at or after a position, or whose time lies at or above an offset; files included. Only before
    /// readers come.
    /// </summary>
    public void TruncateTo(int position, int relativeOffset)
    {
        lock (_lock)
        {
            Load();
            var (storedOffsets, storedTimes) = (_offsets.StoredCount, _times.StoredCount);
            var offsets = _offsets.Snapshot(out var count)!;
            _offsets.Truncate(position == 0 ? 0 : IndexEntries.CountAtMost32(offsets, count, OffsetEntryBytes, at: 4, position - 1));
            var times = _times.Snapshot(out count)!;
            _times.Truncate(IndexEntries.CountAtMost32(times, count, TimeEntryBytes, at: 8, relativeOffset - 1));
            _lastTimestampKnown = false;
            Cut(_offsets, offsetPath, OffsetEntryBytes, storedOffsets);
            Cut(_times, timePath, TimeEntryBytes, storedTimes);
        }
    }

    /// <summary>Reads the files if they are not in memory, and checks that the entries rise.</summary>
    private void Load()
    {
        if (!_offsets.IsLoaded)
        {
            _offsets.Load(ReadStored(offsetPath, _offsets.StoredCount * OffsetEntryBytes, CheckOffsets));
        }

        if (!_times.IsLoaded)
        {
            _times.Load(ReadStored(timePath, _times.StoredCount * TimeEntryBytes, CheckTimes));
        }

        if (!_lastTimestampKnown)
        {
            var times = _times.Snapshot(out var count)!;
            _lastTimestamp = count == 0 ? long.MinValue : TimeEntry(times, count - 1).Timestamp;
            _lastTimestampKnown = true;
        }
    }

    private byte[] ReadStored(string path, int expectedBytes, Func<byte[], bool> isRising)
    {
        var bytes = new byte[expectedBytes];
        try
        {
            using var file = storage.Open(path, create: false);
            if (file.Read(bytes, 0) != expectedBytes)
            {
                throw new IndexDamagedException($"{path} is shorter than {expectedBytes} bytes");
            }
        }
        catch (FileNotFoundException)
        {
            throw new IndexDamagedException($"{path} is missing");
        }

        return isRising(bytes) ? bytes : throw new IndexDamagedException($"the entries of {path} do not rise");
    }

    private static bool CheckOffsets(byte[] bytes)
    {
        var last = new IndexedBatch(-1, -1);
        for (var i = 0; i < bytes.Length / OffsetEntryBytes; i++)
        {
            var entry = OffsetEntry(bytes, i);
            if (entry.RelativeLastOffset <= last.RelativeLastOffset || entry.Position <= last.Position)
            {
                return false;
            }

            last = entry;
        }

        return true;
    }

    private static bool CheckTimes(byte[] bytes)
    {
        var last = (Timestamp: long.MinValue, RelativeOffset: -1);
        for (var i = 0; i < bytes.Length / TimeEntryBytes; i++)
        {
            var entry = TimeEntry(bytes, i);
            if (entry.Timestamp <= last.Timestamp || entry.RelativeOffset <= last.RelativeOffset)
            {
                return false;
            }

            last = entry;
        }

        return true;
    }

    private void AddTime(long timestamp, int relativeOffset)
    {
        // Without a timestamp (-1) there is nothing to find; below the last one the entry would say nothing new.
        if (timestamp < 0 || timestamp <= _lastTimestamp)
        {
            return;
        }

        var entry = _times.Next();
        BinaryPrimitives.WriteInt64BigEndian(entry, timestamp);
        BinaryPrimitives.WriteInt32BigEndian(entry[8..], relativeOffset);
        _times.Publish();
        _lastTimestamp = timestamp;
    }

    private bool Store(IndexEntries entries, string path)
    {
        if (entries.StoredCount == entries.Count)
        {
            return false;
        }

        using var file = storage.Open(path, create: true);
        entries.Store(file);
        return true;
    }

    private void Cut(IndexEntries entries, string path, int entryBytes, int storedBefore)
    {
        if (entries.StoredCount < storedBefore)
        {
            using var file = storage.Open(path, create: true);
            file.SetLength((long)entries.StoredCount * entryBytes);
            _syncNeeded = true;
        }
    }

    private byte[] Offsets(out int count)
    {
        if (_offsets.Snapshot(out count) is { } bytes)
        {
            return bytes;
        }

        lock (_lock)
        {
            Load();
            return _offsets.Snapshot(out count)!;
        }
    }

    private static IndexedBatch OffsetEntry(byte[] bytes, int index)
    {
        var entry = bytes.AsSpan(index * OffsetEntryBytes);
        return new IndexedBatch(BinaryPrimitives.ReadInt32BigEndian(entry), BinaryPrimitives.ReadInt32BigEndian(entry[4..]));
    }

    private static (long Timestamp, int RelativeOffset) TimeEntry(byte[] bytes, int index)
    {
        var entry = bytes.AsSpan(index * TimeEntryBytes);
        return (BinaryPrimitives.ReadInt64BigEndian(entry), BinaryPrimitives.ReadInt32BigEndian(entry[8..]));
    }
}
