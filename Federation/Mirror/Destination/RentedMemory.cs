using System.Buffers;

namespace Federation.Mirror.Destination;

/// <summary>An array of the shared pool. Disposed once by whoever holds it last.</summary>
internal sealed class RentedMemory(int length) : IDisposable
{
    private byte[]? _array = ArrayPool<byte>.Shared.Rent(length);

    /// <summary>Exactly as long as asked for.</summary>
    public Memory<byte> Memory => _array.AsMemory(0, length);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _array, null) is { } array)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}
