namespace Protocol.Wire.Records;

/// <summary>Bytes that may be null, which is not the same as empty: a record's key or value. A null array converts to null, any span does not.</summary>
public readonly ref struct NullableBytes
{
    private readonly bool _present;

    /// <summary>Present, perhaps empty.</summary>
    public NullableBytes(ReadOnlySpan<byte> bytes)
    {
        Span = bytes;
        _present = true;
    }

    /// <summary>The bytes; empty for null.</summary>
    public ReadOnlySpan<byte> Span { get; }

    public bool IsNull => !_present;

    /// <summary>Null, on the wire length -1.</summary>
    public static NullableBytes Null => default;

    /// <summary>A copy, or null.</summary>
    public byte[]? ToArray() => _present ? Span.ToArray() : null;

    public static implicit operator NullableBytes(byte[]? bytes) => bytes is null ? default : new NullableBytes((ReadOnlySpan<byte>)bytes);
    public static implicit operator NullableBytes(ReadOnlySpan<byte> bytes) => new(bytes);
    public static implicit operator NullableBytes(Span<byte> bytes) => new((ReadOnlySpan<byte>)bytes);
    public static implicit operator NullableBytes(ReadOnlyMemory<byte> bytes) => new(bytes.Span);
}

/// <summary>A header of a record (KIP-82). Names may repeat.</summary>
/// <param name="Key">Its name, never null, perhaps empty.</param>
/// <param name="Value">Its bytes, or null.</param>
public readonly record struct RecordHeader(string Key, byte[]? Value);
