using System.Buffers;

namespace Protocol.Transport;

/// <summary>A frame from the wire, without its length field, in pooled memory. Its owner disposes it once; slices of it are dead afterwards.</summary>
public sealed class ReceivedFrame : IDisposable
{
    private byte[]? _rented;
    private readonly int _length;

    /// <summary>Takes over an array rented from <see cref="ArrayPool{T}.Shared"/>.</summary>
    public ReceivedFrame(byte[] rented, int length)
    {
        _rented = rented;
        _length = length;
    }

    public ReadOnlyMemory<byte> Bytes => _rented.AsMemory(0, _length);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _rented, null) is { } rented)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
