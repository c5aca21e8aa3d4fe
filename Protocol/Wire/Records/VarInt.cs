using System.Numerics;
using System.Runtime.CompilerServices;

namespace Protocol.Wire.Records;

/// <summary>
/// The zigzag varints inside records (KIP-98): small numbers of either sign take one byte. Reads what Kafka reads: bits that do not fit the
/// last byte are dropped, a byte too many is refused.
/// </summary>
internal static class VarInt
{
    private const int MaxBytes = 5;
    private const int MaxLongBytes = 10;

    /// <summary>Reads at the position and moves it. False when the bytes end first or the number is longer than five bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> bytes, ref int position, out int value)
    {
        if ((uint)position < (uint)bytes.Length && bytes[position] < 0x80)
        {
            var only = bytes[position++];
            value = (only >>> 1) ^ -(only & 1);
            return true;
        }

        return TryReadMany(bytes, ref position, out value);
    }

    /// <summary>Reads up to ten bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadLong(ReadOnlySpan<byte> bytes, ref int position, out long value)
    {
        if ((uint)position < (uint)bytes.Length && bytes[position] < 0x80)
        {
            var only = bytes[position++];
            value = (only >>> 1) ^ -(only & 1);
            return true;
        }

        return TryReadManyLong(bytes, ref position, out value);
    }

    /// <summary>Bytes that a number takes.</summary>
    public static int SizeOf(int value) => SizeOf((long)value);

    /// <summary>Bytes that a number takes, 1 to 10.</summary>
    public static int SizeOf(long value)
    {
        var bits = 64 - BitOperations.LeadingZeroCount(ZigZag(value));
        return Math.Max(1, (bits + 6) / 7);
    }

    /// <summary>Writes a number and returns how many bytes it took.</summary>
    public static int Write(Span<byte> destination, long value)
    {
        var rest = ZigZag(value);
        var i = 0;
        while (rest >= 0x80)
        {
            destination[i++] = (byte)(rest | 0x80);
            rest >>= 7;
        }

        destination[i++] = (byte)rest;
        return i;
    }

    private static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    private static bool TryReadMany(ReadOnlySpan<byte> bytes, ref int position, out int value)
    {
        uint raw = 0;
        for (var i = 0; i < MaxBytes && (uint)position < (uint)bytes.Length; i++)
        {
            var b = bytes[position++];
            raw |= (uint)(b & 0x7F) << (7 * i);
            if (b < 0x80)
            {
                value = (int)(raw >> 1) ^ -(int)(raw & 1);
                return true;
            }
        }

        value = 0;
        return false;
    }

    private static bool TryReadManyLong(ReadOnlySpan<byte> bytes, ref int position, out long value)
    {
        ulong raw = 0;
        for (var i = 0; i < MaxLongBytes && (uint)position < (uint)bytes.Length; i++)
        {
            var b = bytes[position++];
            raw |= (ulong)(b & 0x7F) << (7 * i);
            if (b < 0x80)
            {
                value = (long)(raw >> 1) ^ -(long)(raw & 1);
                return true;
            }
        }

        value = 0;
        return false;
    }
}
