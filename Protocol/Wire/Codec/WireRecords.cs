namespace Protocol.Wire.Codec;

/// <summary>
/// Record batches on their way through: bytes in memory, or bytes that stay elsewhere (a file) until the transport sends them.
/// The default value is null on the wire; <see cref="Empty"/> is present and empty.
/// </summary>
public readonly struct WireRecords
{
    private readonly bool _present;

    public WireRecords(ReadOnlyMemory<byte> memory)
    {
        Memory = memory;
        _present = true;
    }

    public WireRecords(IExternalBytes external)
    {
        External = external;
        _present = true;
    }

    /// <summary>Present, zero bytes.</summary>
    public static WireRecords Empty => new(ReadOnlyMemory<byte>.Empty);

    /// <summary>True for null on the wire.</summary>
    public bool IsNull => !_present;

    /// <summary>The bytes, when they are in memory. From a reader: a slice of the frame, valid as long as the frame.</summary>
    public ReadOnlyMemory<byte> Memory { get; }

    /// <summary>The bytes, when they are elsewhere.</summary>
    public IExternalBytes? External { get; }

    /// <summary>Length in bytes; 0 for null.</summary>
    public int LengthBytes => External?.LengthBytes ?? Memory.Length;
}

/// <summary>
/// Bytes that are not in memory, such as a range of a segment file. The transport knows the kinds that it can hand to the kernel
/// directly; all kinds can be copied. Disposed by whoever sent or dropped the frame, once.
/// </summary>
public interface IExternalBytes : IDisposable
{
    /// <summary>How many bytes there are. They stay readable until <see cref="IDisposable.Dispose"/>.</summary>
    int LengthBytes { get; }

    /// <summary>Copies from <paramref name="offset"/> on; returns how many bytes were copied, 0 only for an empty destination.</summary>
    int CopyTo(int offset, Span<byte> destination);
}
