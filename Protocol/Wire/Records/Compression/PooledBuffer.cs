using System.Buffers;

namespace Protocol.Wire.Records.Compression;

/// <summary>
/// Bytes that grow up to a limit, in memory from the pool. One owner, who disposes it; <see cref="Written"/> is void after the next
/// reservation and after disposal.
/// </summary>
internal sealed class PooledBuffer(int maxBytes) : IDisposable
{
    private const int SmallestBytes = 4096;

    // Arrays beyond this go back to the collector: a pool that keeps them would hold a rare giant's memory for ever.
    private const int LargestPooledBytes = 8 * 1024 * 1024;

    private byte[] _bytes = [];
    private int _count;

    /// <summary>What the buffer may hold in bytes.</summary>
    public int MaxBytes { get; } = maxBytes;

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _count);

    /// <summary>Bytes written so far.</summary>
    public int Count => _count;

    /// <summary>What may be written still.</summary>
    public int LeftBytes => MaxBytes - _count;

    /// <summary>
    /// At least so many writable bytes behind what was written, to be followed by <see cref="Advance"/>. False when they would exceed the
    /// limit.
    /// </summary>
    public bool TryReserve(int bytes, out Span<byte> span)
    {
        if (bytes > LeftBytes)
        {
            span = default;
            return false;
        }

        if (bytes > _bytes.Length - _count)
        {
            Grow(_count + bytes);
        }

        // The pool gives more than was asked for; the limit holds all the same.
        span = _bytes.AsSpan(_count, Math.Min(_bytes.Length - _count, LeftBytes));
        return true;
    }

    /// <summary>Counts bytes that were written to a reservation.</summary>
    public void Advance(int bytes) => _count += bytes;

    public void Dispose()
    {
        GiveBack(_bytes);
        _bytes = [];
        _count = 0;
    }

    private void Grow(int needed)
    {
        var size = Math.Max(needed, (int)Math.Min(MaxBytes, Math.Max(SmallestBytes, _bytes.Length * 2L)));
        var larger = size <= LargestPooledBytes ? ArrayPool<byte>.Shared.Rent(size) : GC.AllocateUninitializedArray<byte>(size);
        _bytes.AsSpan(0, _count).CopyTo(larger);
        GiveBack(_bytes);
        _bytes = larger;
    }

    private static void GiveBack(byte[] bytes)
    {
        if (bytes.Length is > 0 and <= LargestPooledBytes)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
