namespace Protocol.Transport.Sockets;

/// <summary>
/// What one call to the kernel will send: small pieces are copied together, large ones stay where they are. One per loop, reused; it holds
/// nothing between flushes.
/// </summary>
internal sealed class OutputGather
{
    /// <summary>Pieces of one call. Linux takes 1024; beyond some dozen nothing is won.</summary>
    public const int MaxSegments = 64;

    /// <summary>Smaller pieces are copied: a copy of some KiB costs less than pinning and another element of the vector.</summary>
    private const int CopyBelowBytes = 4096;

    private const int CopySpaceBytes = 64 * 1024;

    private readonly byte[] _space = GC.AllocateUninitializedArray<byte>(CopySpaceBytes, pinned: true);
    private readonly ReadOnlyMemory<byte>[] _segments = new ReadOnlyMemory<byte>[MaxSegments];
    private int _used;
    private int _lastCopyFrom = -1;

    public int Count { get; private set; }

    public int Bytes { get; private set; }

    public ReadOnlySpan<ReadOnlyMemory<byte>> Segments => _segments.AsSpan(0, Count);

    /// <summary>Forgets the pieces, so that the memory they lie in is not kept alive.</summary>
    public void Clear()
    {
        _segments.AsSpan(0, Count).Clear();
        Count = Bytes = _used = 0;
        _lastCopyFrom = -1;
    }

    /// <summary>Adds the whole piece or refuses it for lack of room.</summary>
    public bool TryAdd(ReadOnlyMemory<byte> piece)
    {
        if (piece.Length >= CopyBelowBytes)
        {
            return TryAppend(piece);
        }

        var space = CopySpace();
        if (space.Length < piece.Length)
        {
            return false;
        }

        piece.Span.CopyTo(space);
        Copied(piece.Length);
        return true;
    }

    /// <summary>Where bytes that are not in memory may be written, to be added by <see cref="Copied"/>. Empty when there is no room.</summary>
    public Span<byte> CopySpace() => _lastCopyFrom < 0 && Count == MaxSegments ? [] : _space.AsSpan(_used);

    /// <summary>Adds the first bytes of <see cref="CopySpace"/>.</summary>
    public void Copied(int bytes)
    {
        if (_lastCopyFrom < 0)
        {
            _lastCopyFrom = _used;
            Count++;
        }

        _used += bytes;
        Bytes += bytes;
        _segments[Count - 1] = _space.AsMemory(_lastCopyFrom, _used - _lastCopyFrom);
    }

    private bool TryAppend(ReadOnlyMemory<byte> piece)
    {
        if (Count == MaxSegments)
        {
            return false;
        }

        _segments[Count++] = piece;
        Bytes += piece.Length;
        _lastCopyFrom = -1;
        return true;
    }
}
