using System.Buffers.Binary;
using System.Text;
using Kernel;

namespace Protocol.Wire.Codec;

/// <summary>
/// Reads primitives of the Kafka protocol from one frame. Bounded three ways: by the bytes that are left, by
/// <see cref="Limits.MaxObjectsPerFrame"/> and by <see cref="Limits.MaxMessageDepth"/>. Throws <see cref="WireFormatException"/>.
/// </summary>
public ref struct WireReader
{
    private readonly ReadOnlyMemory<byte> _memory;
    private readonly ReadOnlySpan<byte> _span;
    private int _position;
    private int _objectsLeft;
    private int _depth;

    public WireReader(ReadOnlyMemory<byte> frame)
    {
        _memory = frame;
        _span = frame.Span;
        _objectsLeft = Limits.MaxObjectsPerFrame;
    }

    /// <summary>Bytes read so far.</summary>
    public readonly int Position => _position;

    /// <summary>Bytes not read yet.</summary>
    public readonly int Remaining => _span.Length - _position;

    public bool ReadBool() => Take(1)[0] != 0;
    public sbyte ReadInt8() => (sbyte)Take(1)[0];
    public short ReadInt16() => BinaryPrimitives.ReadInt16BigEndian(Take(2));
    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));
    public int ReadInt32() => BinaryPrimitives.ReadInt32BigEndian(Take(4));
    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));
    public long ReadInt64() => BinaryPrimitives.ReadInt64BigEndian(Take(8));
    public double ReadFloat64() => BinaryPrimitives.ReadDoubleBigEndian(Take(8));
    public Guid ReadUuid() => new(Take(16), bigEndian: true);

    /// <summary>An unsigned LEB128 number of at most five bytes.</summary>
    public uint ReadVarUInt()
    {
        uint value = 0;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var b = Take(1)[0];
            value |= (uint)(b & 0x7F) << shift;
            if ((b & 0x80) == 0)
            {
                return value;
            }
        }

        throw new WireFormatException("varint longer than five bytes");
    }

    /// <summary>A string, or null for a negative (compact: zero) length. Invalid UTF-8 becomes U+FFFD, as in Kafka.</summary>
    public string? ReadNullableString(bool compact)
    {
        var length = compact ? (long)ReadVarUInt() - 1 : ReadInt16();
        if (length > Limits.MaxStringBytes)
        {
            throw new WireFormatException($"string of {length} bytes");
        }

        return length < 0 ? null : Encoding.UTF8.GetString(Take(length));
    }

    public string ReadString(bool compact) => ReadNullableString(compact) ?? throw new WireFormatException("null where a string is required");

    /// <summary>Bytes as a slice of the frame, or null.</summary>
    public ReadOnlyMemory<byte>? ReadNullableBytes(bool compact)
    {
        var length = compact ? (long)ReadVarUInt() - 1 : ReadInt32();
        if (length < 0)
        {
            return null;
        }

        var start = _position;
        Take(length);
        return _memory.Slice(start, (int)length);
    }

    public ReadOnlyMemory<byte> ReadBytes(bool compact) => ReadNullableBytes(compact) ?? throw new WireFormatException("null where bytes are required");

    /// <summary>Record batches as a slice of the frame; null on the wire gives the null value.</summary>
    public WireRecords ReadRecords(bool compact) => ReadNullableBytes(compact) is { } bytes ? new WireRecords(bytes) : default;

    /// <summary>
    /// The length of an array, -1 for null. Each element takes at least <paramref name="minElementBytes"/> of what is left, so a
    /// length that cannot be true is refused before anything is allocated.
    /// </summary>
    public int ReadArrayLength(bool compact, int minElementBytes = 1)
    {
        var length = compact ? (long)ReadVarUInt() - 1 : ReadInt32();
        if (length < 0)
        {
            return -1;
        }

        if (length * Math.Max(1, minElementBytes) > Remaining)
        {
            throw new WireFormatException($"array of {length} elements in {Remaining} bytes");
        }

        TakeObjects((int)length);
        return (int)length;
    }

    /// <summary>Skips the tagged fields of a structure that knows none of them.</summary>
    public void SkipTaggedFields()
    {
        var count = ReadVarUInt();
        for (uint i = 0; i < count; i++)
        {
            ReadVarUInt();
            Take(ReadVarUInt());
        }
    }

    /// <summary>Counts objects against the frame's budget.</summary>
    public void TakeObjects(int count)
    {
        _objectsLeft -= count;
        if (_objectsLeft < 0)
        {
            throw new WireFormatException($"more than {Limits.MaxObjectsPerFrame} objects in a frame");
        }
    }

    /// <summary>Enters a nested structure.</summary>
    public void Enter()
    {
        if (++_depth > Limits.MaxMessageDepth)
        {
            throw new WireFormatException($"nested deeper than {Limits.MaxMessageDepth}");
        }
    }

    /// <summary>Leaves a nested structure.</summary>
    public void Leave() => _depth--;

    /// <summary>Skips bytes.</summary>
    public void Skip(long bytes) => Take(bytes);

    private ReadOnlySpan<byte> Take(long length)
    {
        if (length > Remaining)
        {
            throw new WireFormatException($"{length} bytes wanted, {Remaining} left");
        }

        var slice = _span.Slice(_position, (int)length);
        _position += (int)length;
        return slice;
    }
}
