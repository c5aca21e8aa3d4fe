using System.Buffers.Binary;

namespace Broker.Node.Storage;

/// <summary>
/// The entries of one index file, in the file's own big-endian layout: in memory while in use, on disk always up to
/// <see cref="StoredCount"/>. Appends and changes come from one thread at a time (<see cref="SegmentIndex"/>'s lock); the searches take an
/// array and a count that were published in that order, so they need no lock.
/// </summary>
internal sealed class IndexEntries(int entryBytes, int count)
{
    private const int FirstCapacity = 16;

    private volatile byte[]? _bytes = count == 0 ? [] : null;
    private int _count = count;

    /// <summary>Entries in memory and on disk.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Entries that are in the file.</summary>
    public int StoredCount { get; private set; } = count;

    public bool IsLoaded => _bytes is not null;

    /// <summary>Entries with their count, for a search; null when they have to be loaded first.</summary>
    public byte[]? Snapshot(out int count)
    {
        // The count first: the array published before it holds at least as many.
        count = Volatile.Read(ref _count);
        return _bytes;
    }

    /// <summary>Takes the file's content, which must hold exactly the stored entries.</summary>
    public void Load(byte[] bytes) => _bytes = bytes;

    /// <summary>Makes room for one entry and returns it; <see cref="Publish"/> makes it visible.</summary>
    public Span<byte> Next()
    {
        var bytes = _bytes!;
        var at = _count * entryBytes;
        if (at + entryBytes > bytes.Length)
        {
            var larger = new byte[Math.Max(FirstCapacity * entryBytes, bytes.Length * 2)];
            bytes.AsSpan(0, at).CopyTo(larger);
            _bytes = bytes = larger;
        }

        return bytes.AsSpan(at, entryBytes);
    }

    public void Publish() => Volatile.Write(ref _count, _count + 1);

    /// <summary>Writes what the file does not have yet. Not synced.</summary>
    public void Store(IStorageFile file)
    {
        if (StoredCount < _count)
        {
            file.Write(_bytes.AsSpan(StoredCount * entryBytes, (_count - StoredCount) * entryBytes), (long)StoredCount * entryBytes);
            StoredCount = _count;
        }
    }

    /// <summary>Gives the memory back; nothing happens while some entries are only there.</summary>
    public void Unload()
    {
        if (StoredCount == _count && _count > 0)
        {
            _bytes = null;
        }
    }

    /// <summary>Drops all entries from a place on. Only before the segment is published to readers.</summary>
    public void Truncate(int count)
    {
        _count = Math.Min(_count, count);
        StoredCount = Math.Min(StoredCount, count);
        if (_count == 0)
        {
            _bytes = [];
        }
    }

    /// <summary>How many entries of a sorted prefix have a 32-bit value at the given place that is at most the limit.</summary>
    public static int CountAtMost32(byte[] bytes, int count, int entryBytes, int at, int limit)
    {
        var (low, high) = (0, Math.Min(count, bytes.Length / entryBytes));
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan((middle * entryBytes) + at)) <= limit)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>How many entries of a sorted prefix have a 64-bit value at their start that is at most the limit.</summary>
    public static int CountAtMost64(byte[] bytes, int count, int entryBytes, long limit)
    {
        var (low, high) = (0, Math.Min(count, bytes.Length / entryBytes));
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(middle * entryBytes)) <= limit)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
