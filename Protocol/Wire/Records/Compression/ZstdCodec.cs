using System.Buffers.Binary;
using ZstdSharp;

namespace Protocol.Wire.Records.Compression;

/// <summary>
/// zstd (RFC 8878). The blocks of the frames are counted first, so that the buffer is neither what a header claims nor found by trying.
/// Unpacks in one go: the output is the window, and a frame that asks for a large one gets no memory for it.
/// </summary>
internal static class ZstdCodec
{
    private const uint Magic = 0xFD2FB528;
    private const uint SkippableMagic = 0x184D2A50;
    private const int MaxBlockBytes = 128 * 1024;
    private const int Level = 3;

    // A context is some 160 KiB, and a thread uses one at a time.
    [ThreadStatic]
    private static Decompressor? _decompressor;

    [ThreadStatic]
    private static Compressor? _compressor;

    public static DecompressResult Decompress(ReadOnlySpan<byte> packed, PooledBuffer into)
    {
        var bounded = BoundOutput(packed, out var bound);
        if (bounded != DecompressResult.Done)
        {
            return bounded;
        }

        var wanted = (int)Math.Min(bound, into.LeftBytes);
        if (!into.TryReserve(wanted, out var span))
        {
            return DecompressResult.TooLarge;
        }

        try
        {
            _decompressor ??= new Decompressor();
            if (!_decompressor.TryUnwrap(packed, span[..wanted], out var written))
            {
                return wanted < bound ? DecompressResult.TooLarge : DecompressResult.Corrupt;
            }

            into.Advance(written);
            return DecompressResult.Done;
        }
        catch (Exception e) when (e is ZstdException or ArgumentException or InvalidOperationException or OverflowException)
        {
            return DecompressResult.Corrupt;
        }
    }

    public static void Compress(ReadOnlySpan<byte> plain, PooledBuffer into)
    {
        _compressor ??= new Compressor(Level);
        var span = RecordCodec.Reserve(into, Compressor.GetCompressBound(plain.Length));
        into.Advance(_compressor.Wrap(plain, span));
    }

    /// <summary>Counts what the frames can unpack to at most, by their blocks' headers.</summary>
    private static DecompressResult BoundOutput(ReadOnlySpan<byte> packed, out long bound)
    {
        bound = 0;
        if (packed.IsEmpty)
        {
            return DecompressResult.Cut;
        }

        while (!packed.IsEmpty)
        {
            if (packed.Length < 8)
            {
                return packed.Length >= 4 && BinaryPrimitives.ReadUInt32LittleEndian(packed) != Magic ? DecompressResult.Corrupt : DecompressResult.Cut;
            }

            var magic = BinaryPrimitives.ReadUInt32LittleEndian(packed);
            if ((magic & 0xFFFF_FFF0) == SkippableMagic)
            {
                var skip = 8L + BinaryPrimitives.ReadUInt32LittleEndian(packed[4..]);
                if (skip > packed.Length)
                {
                    return DecompressResult.Cut;
                }

                packed = packed[(int)skip..];
                continue;
            }

            if (magic != Magic)
            {
                return DecompressResult.Corrupt;
            }

            var result = BoundFrame(ref packed, ref bound);
            if (result != DecompressResult.Done)
            {
                return result;
            }
        }

        return DecompressResult.Done;
    }

    private static DecompressResult BoundFrame(ref ReadOnlySpan<byte> packed, ref long bound)
    {
        var descriptor = packed[4];
        var isSingleSegment = (descriptor & 0x20) != 0;
        var hasChecksum = (descriptor & 0x04) != 0;
        var dictionaryBytes = (descriptor & 3) switch { 0 => 0, 1 => 1, 2 => 2, _ => 4 };
        var sizeBytes = (descriptor >> 6) switch { 0 => isSingleSegment ? 1 : 0, 1 => 2, 2 => 4, _ => 8 };
        var at = 5 + (isSingleSegment ? 0 : 1) + dictionaryBytes + sizeBytes;
        while (true)
        {
            if (packed.Length < at + 3)
            {
                return DecompressResult.Cut;
            }

            var head = packed[at] | (packed[at + 1] << 8) | (packed[at + 2] << 16);
            var size = head >> 3;
            var kind = (head >> 1) & 3;
            if (kind == 3 || size > MaxBlockBytes)
            {
                return DecompressResult.Corrupt;
            }

            // Raw and run-length blocks say what they give; a compressed one gives a full block at most.
            at += 3 + (kind == 1 ? 1 : size);
            bound += kind == 2 ? MaxBlockBytes : size;
            if (packed.Length < at)
            {
                return DecompressResult.Cut;
            }

            if ((head & 1) != 0)
            {
                break;
            }
        }

        at += hasChecksum ? 4 : 0;
        if (packed.Length < at)
        {
            return DecompressResult.Cut;
        }

        packed = packed[at..];
        return DecompressResult.Done;
    }
}
