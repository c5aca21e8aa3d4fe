using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Kernel;

/// <summary>
/// CRC-32C (Castagnoli, RFC 3720 appendix B.4), by the processor's own instruction where it has one. The instruction gives a result every
/// cycle but only after three, so long spans are worked on in three lanes whose sums are joined by tables.
/// </summary>
public static class Crc32C
{
    private const uint ReversedPolynomial = 0x82F63B78;
    private const int LongLaneBytes = 2048;
    private const int ShortLaneBytes = 256;

    // Below this the plain loop wins over the joining.
    private const int SmallestLanedBytes = 3 * ShortLaneBytes;

    private static readonly uint[] LongShift = ShiftTable(LongLaneBytes);
    private static readonly uint[] ShortShift = ShiftTable(ShortLaneBytes);

    /// <summary>The checksum of the bytes.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes) => ~Update(uint.MaxValue, bytes);

    /// <summary>Continues a running value that began as <see cref="uint.MaxValue"/>; the caller inverts it at the end.</summary>
    public static uint Update(uint state, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= SmallestLanedBytes)
        {
            state = UpdateLanes(state, ref bytes, LongLaneBytes, LongShift);
            state = UpdateLanes(state, ref bytes, ShortLaneBytes, ShortShift);
        }

        while (bytes.Length >= 8)
        {
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }

        foreach (var b in bytes)
        {
            state = BitOperations.Crc32C(state, b);
        }

        return state;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint UpdateLanes(uint state, ref ReadOnlySpan<byte> bytes, int laneBytes, uint[] shift)
    {
        while (bytes.Length >= 3 * laneBytes)
        {
            uint first = state, second = 0, third = 0;
            ref var at = ref MemoryMarshal.GetReference(bytes);
            for (var i = 0; i < laneBytes; i += 8)
            {
                first = BitOperations.Crc32C(first, Word(ref at, i));
                second = BitOperations.Crc32C(second, Word(ref at, laneBytes + i));
                third = BitOperations.Crc32C(third, Word(ref at, (2 * laneBytes) + i));
            }

            state = Shift(shift, Shift(shift, first) ^ second) ^ third;
            bytes = bytes[(3 * laneBytes)..];
        }

        return state;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Word(ref byte at, int offset)
    {
        var word = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref at, offset));
        return BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word);
    }

    /// <summary>What the value becomes after as many zero bytes as the table is for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Shift(uint[] table, uint value) =>
        table[value & 0xFF] ^ table[256 + ((value >> 8) & 0xFF)] ^ table[512 + ((value >> 16) & 0xFF)] ^ table[768 + (value >> 24)];

    /// <summary>Zero bytes act linearly on the value, so what they do to each of its bits says what they do to each of its bytes.</summary>
    private static uint[] ShiftTable(int zeroBytes)
    {
        Span<uint> ofBit = stackalloc uint[32];
        for (var bit = 0; bit < 32; bit++)
        {
            var value = 1u << bit;
            for (var i = 0; i < zeroBytes * 8; i++)
            {
                value = (value >> 1) ^ ((value & 1) * ReversedPolynomial);
            }

            ofBit[bit] = value;
        }

        var table = new uint[4 * 256];
        for (var index = 0; index < table.Length; index++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                table[index] ^= (uint)((index >> bit) & 1) * ofBit[(8 * (index / 256)) + bit];
            }
        }

        return table;
    }
}
