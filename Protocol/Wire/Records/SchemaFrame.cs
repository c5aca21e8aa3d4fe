using System.Buffers.Binary;
using Kernel;

namespace Protocol.Wire.Records;

/// <summary>
/// The frame that serializers of a schema registry put around a key or value: a zero, the schema's id in four bytes, then the data. For Protobuf
/// the place of the message in its file stands between. Bytes alone: what an id means, the registry knows.
/// </summary>
public static class SchemaFrame
{
    private const byte Magic = 0;
    private const int HeaderBytes = 5;

    /// <summary>Frames Avro or JSON data.</summary>
    /// <param name="id">The schema's id, not negative.</param>
    public static byte[] Wrap(int id, ReadOnlySpan<byte> data)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        var value = new byte[HeaderBytes + data.Length];
        value[0] = Magic;
        BinaryPrimitives.WriteInt32BigEndian(value.AsSpan(1), id);
        data.CopyTo(value.AsSpan(HeaderBytes));
        return value;
    }

    /// <summary>Frames Protobuf data.</summary>
    /// <param name="message">Where the message stands: its index among the file's messages, then its index in that one, and so on.</param>
    public static byte[] WrapProtobuf(int id, ReadOnlySpan<int> message, ReadOnlySpan<byte> data)
    {
        var path = new List<byte>();
        if (message is [0])
        {
            // The first message of a file, which most have alone, is a single zero.
            WriteZigZag(path, 0);
        }
        else
        {
            WriteZigZag(path, message.Length);
            foreach (var index in message)
            {
                WriteZigZag(path, index);
            }
        }

        path.AddRange(data);
        return Wrap(id, [.. path]);
    }

    /// <summary>Takes the frame off. False for what has none: other serializers' data.</summary>
    public static bool TryUnwrap(ReadOnlySpan<byte> value, out int id, out ReadOnlySpan<byte> data)
    {
        id = value.Length >= HeaderBytes ? BinaryPrimitives.ReadInt32BigEndian(value[1..]) : -1;
        var isFramed = id >= 0 && value[0] == Magic;
        data = isFramed ? value[HeaderBytes..] : default;
        return isFramed;
    }

    /// <summary>Takes the frame and the message's place off. False for what has none, or a place that no file can have.</summary>
    public static bool TryUnwrapProtobuf(ReadOnlySpan<byte> value, out int id, out int[] message, out ReadOnlySpan<byte> data)
    {
        message = [];
        if (!TryUnwrap(value, out id, out data) || !TryReadZigZag(ref data, out var count) || count is < 0 or > Limits.MaxSchemaProtobufDepth)
        {
            return false;
        }

        message = count == 0 ? [0] : new int[count];
        for (var i = 0; i < count; i++)
        {
            if (!TryReadZigZag(ref data, out message[i]) || message[i] < 0)
            {
                return false;
            }
        }

        return true;
    }

    private static void WriteZigZag(List<byte> to, int value)
    {
        var rest = (uint)((value << 1) ^ (value >> 31));
        for (; rest >= 0x80; rest >>= 7)
        {
            to.Add((byte)(rest | 0x80));
        }

        to.Add((byte)rest);
    }

    private static bool TryReadZigZag(ref ReadOnlySpan<byte> from, out int value)
    {
        uint rest = 0;
        value = 0;
        for (var shift = 0; shift < 35 && !from.IsEmpty; shift += 7)
        {
            var unit = from[0];
            from = from[1..];
            rest |= (uint)(unit & 0x7F) << shift;
            if (unit < 0x80)
            {
                value = (int)(rest >> 1) ^ -(int)(rest & 1);
                return true;
            }
        }

        return false;
    }
}
