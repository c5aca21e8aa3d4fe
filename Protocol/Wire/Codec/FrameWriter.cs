using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Kernel;

namespace Protocol.Wire.Codec;

/// <summary>
/// Writes one frame: primitives go into a pooled buffer, large record batches stay where they are and are spliced in when the frame
/// is sent. Used by one thread at a time; dispose it once, after the frame was sent or dropped. A frame that would be longer than
/// <see cref="Limits.MaxResponseFrameBytes"/> is an <see cref="OverflowException"/>: its connection is closed, and nobody else waits for the copying.
/// </summary>
public sealed class FrameWriter : IDisposable
{
    /// <summary>Records of at least this many bytes are spliced rather than copied: below it a copy is cheaper than another element of a vectored write.</summary>
    public const int SpliceThresholdBytes = 1024;

    private readonly List<Splice> _splices = [];
    private byte[] _buffer;
    private int _position;
    private int _splicedBytes;
    private int _externalBytes;
    private IDisposable? _owner;

    public FrameWriter(int capacity = 512) => _buffer = ArrayPool<byte>.Shared.Rent(capacity);

    /// <summary>Bytes that belong between <see cref="Buffer"/>[..At] and the rest.</summary>
    /// <param name="At">Position in the buffer; splices are in rising order.</param>
    public readonly record struct Splice(int At, WireRecords Records);

    /// <summary>Everything but the spliced bytes, the length field of <see cref="BeginFrame"/> included.</summary>
    public ReadOnlyMemory<byte> Buffer => _buffer.AsMemory(0, _position);

    /// <summary>The spliced bytes, in order.</summary>
    public IReadOnlyList<Splice> Splices => _splices;

    /// <summary>All bytes of the frame.</summary>
    public int TotalBytes => _position + _splicedBytes;

    /// <summary>Those of them that are in memory while the frame waits to be sent.</summary>
    public int MemoryBytes => TotalBytes - _externalBytes;

    /// <summary>Ties something to the frame's life, such as the received frame whose bytes are spliced into this one.</summary>
    public void Own(IDisposable owner) => _owner = _owner is null ? owner : new Both(_owner, owner);

    /// <summary>Reserves the four bytes of the frame length.</summary>
    public void BeginFrame()
    {
        _position = 0;
        WriteInt32(0);
    }

    /// <summary>Sets the frame length. The frame is complete.</summary>
    public void EndFrame() => BinaryPrimitives.WriteInt32BigEndian(_buffer, TotalBytes - 4);

    public void WriteBool(bool value) => WriteInt8(value ? (sbyte)1 : (sbyte)0);
    public void WriteInt8(sbyte value) => Span(1)[0] = (byte)value;
    public void WriteInt16(short value) => BinaryPrimitives.WriteInt16BigEndian(Span(2), value);
    public void WriteUInt16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Span(2), value);
    public void WriteInt32(int value) => BinaryPrimitives.WriteInt32BigEndian(Span(4), value);
    public void WriteUInt32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Span(4), value);
    public void WriteInt64(long value) => BinaryPrimitives.WriteInt64BigEndian(Span(8), value);
    public void WriteFloat64(double value) => BinaryPrimitives.WriteDoubleBigEndian(Span(8), value);
    public void WriteUuid(Guid value) => value.TryWriteBytes(Span(16), bigEndian: true, out _);

    public void WriteVarUInt(uint value)
    {
        var span = Span(SizeOfVarUInt(value));
        var i = 0;
        while (value >= 0x80)
        {
            span[i++] = (byte)(value | 0x80);
            value >>= 7;
        }

        span[i] = (byte)value;
    }

    public void WriteString(string? value, bool compact)
    {
        if (value is null)
        {
            WriteLength(-1, compact, shortLength: true);
            return;
        }

        var length = Encoding.UTF8.GetByteCount(value);
        WriteLength(length, compact, shortLength: true);
        Encoding.UTF8.GetBytes(value, Span(length));
    }

    public void WriteBytes(ReadOnlyMemory<byte>? value, bool compact)
    {
        WriteLength(value?.Length ?? -1, compact, shortLength: false);
        if (value is { } bytes)
        {
            bytes.Span.CopyTo(Span(bytes.Length));
        }
    }

    public void WriteRecords(in WireRecords value, bool compact)
    {
        WriteLength(value.IsNull ? -1 : value.LengthBytes, compact, shortLength: false);
        if (value.External is not null || value.Memory.Length >= SpliceThresholdBytes)
        {
            CheckRoom(value.LengthBytes);
            _splices.Add(new Splice(_position, value));
            _splicedBytes += value.LengthBytes;
            _externalBytes += value.External?.LengthBytes ?? 0;
        }
        else
        {
            value.Memory.Span.CopyTo(Span(value.Memory.Length));
        }
    }

    /// <summary>The length of an array; -1 for null.</summary>
    public void WriteArrayLength(int length, bool compact) => WriteLength(length, compact, shortLength: false);

    /// <summary>Bytes as they are.</summary>
    public void WriteRaw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Span(bytes.Length));

    public static int SizeOfVarUInt(uint value) => value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : value < 0x1000_0000 ? 4 : 5;

    /// <summary>Bytes of a string with its length; null included.</summary>
    public static int SizeOfString(string? value, bool compact)
    {
        var length = value is null ? 0 : Encoding.UTF8.GetByteCount(value);
        return (compact ? SizeOfVarUInt((uint)(value is null ? 0 : length + 1)) : 2) + length;
    }

    /// <summary>Bytes of a byte field or of records with their length. <paramref name="length"/> -1 is null.</summary>
    public static int SizeOfBytes(int length, bool compact) => (compact ? SizeOfVarUInt((uint)(length + 1)) : 4) + Math.Max(0, length);

    /// <summary>All bytes of the frame in one array, for tests and small control messages.</summary>
    public byte[] ToArray()
    {
        var result = new byte[TotalBytes];
        int from = 0, to = 0;
        foreach (var splice in _splices)
        {
            _buffer.AsSpan(from, splice.At - from).CopyTo(result.AsSpan(to));
            to += splice.At - from;
            from = splice.At;
            if (splice.Records.External is { } external)
            {
                for (var done = 0; done < external.LengthBytes;)
                {
                    done += external.CopyTo(done, result.AsSpan(to + done, external.LengthBytes - done));
                }
            }
            else
            {
                splice.Records.Memory.Span.CopyTo(result.AsSpan(to));
            }

            to += splice.Records.LengthBytes;
        }

        _buffer.AsSpan(from, _position - from).CopyTo(result.AsSpan(to));
        return result;
    }

    public void Dispose()
    {
        if (_buffer.Length == 0)
        {
            return;
        }

        foreach (var splice in _splices)
        {
            splice.Records.External?.Dispose();
        }

        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _splices.Clear();
        _position = _splicedBytes = _externalBytes = 0;
        _owner?.Dispose();
        _owner = null;
    }

    private void WriteLength(int length, bool compact, bool shortLength)
    {
        if (compact)
        {
            WriteVarUInt((uint)(length + 1));
        }
        else if (shortLength)
        {
            WriteInt16(checked((short)length));
        }
        else
        {
            WriteInt32(length);
        }
    }

    private Span<byte> Span(int length)
    {
        if (_buffer.Length - _position < length)
        {
            Grow(length);
        }

        var span = _buffer.AsSpan(_position, length);
        _position += length;
        return span;
    }

    private void Grow(int length)
    {
        CheckRoom(length);
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(2L * _buffer.Length, _position + length), Limits.MaxResponseFrameBytes));
        _buffer.AsSpan(0, _position).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    private void CheckRoom(int length)
    {
        if ((long)TotalBytes + length > Limits.MaxResponseFrameBytes)
        {
            throw new OverflowException($"a frame may have no more than {Limits.MaxResponseFrameBytes} bytes");
        }
    }

    private sealed class Both(IDisposable first, IDisposable second) : IDisposable
    {
        public void Dispose()
        {
            first.Dispose();
            second.Dispose();
        }
    }
}
