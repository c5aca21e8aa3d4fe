namespace Broker.Node.Storage;

/// <summary>
/// Where the last batches of an active segment begin, so that consumers at the end need no look into the file. One thread adds (under the
/// partition's gate); readers take no lock and look again when an addition came between (a sequence lock).
/// </summary>
internal sealed class TailPositions
{
    /// <summary>A power of two. Consumers more than so many batches behind use the index.</summary>
    private const int Capacity = 128;

    /// <summary>An addition takes nanoseconds; a reader that meets it more often than this met a thread that lost its processor.</summary>
    private const int Attempts = 4;

    private readonly long[] _baseOffsets = new long[Capacity];
    private readonly int[] _positions = new int[Capacity];
    private int _version;
    private int _count;

    /// <summary>Adds the newest batch.</summary>
    public void Add(long baseOffset, int position)
    {
        Volatile.Write(ref _version, _version + 1);
        Interlocked.MemoryBarrier();
        var at = _count & (Capacity - 1);
        _baseOffsets[at] = baseOffset;
        _positions[at] = position;
        _count++;
        Volatile.Write(ref _version, _version + 1);
    }

    /// <summary>Where the batch that holds an offset begins; the offset lies below the log's end. -1: it is not among the last.</summary>
    public int FindOffset(long offset)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var version = Volatile.Read(ref _version);
            var found = -1;
            for (var i = _count - 1; i >= 0 && i >= _count - Capacity; i--)
            {
                if (_baseOffsets[i & (Capacity - 1)] <= offset)
                {
                    found = _positions[i & (Capacity - 1)];
                    break;
                }
            }

            if (IsUnchanged(version))
            {
                return found;
            }
        }

        return -1;
    }

    /// <summary>The last place at or before a position where a batch begins; -1: it is not among the last.</summary>
    public int FindBoundary(int position)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var version = Volatile.Read(ref _version);
            var found = -1;
            for (var i = _count - 1; i >= 0 && i >= _count - Capacity; i--)
            {
                if (_positions[i & (Capacity - 1)] <= position)
                {
                    found = _positions[i & (Capacity - 1)];
                    break;
                }
            }

            if (IsUnchanged(version))
            {
                return found;
            }
        }

        return -1;
    }

    private bool IsUnchanged(int version)
    {
        Interlocked.MemoryBarrier();
        return (version & 1) == 0 && Volatile.Read(ref _version) == version;
    }
}
