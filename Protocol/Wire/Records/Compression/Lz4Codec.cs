using System.Buffers.Binary;
using K4os.Compression.LZ4;

namespace Protocol.Wire.Records.Compression;

/// <summary>
/// LZ4 frames (format 1.6) with independent blocks, as Kafka's clients read and write them. Frames with linked blocks or a dictionary are
/// refused: the Java consumer could not read them either.
/// </summary>
internal static class Lz4Codec
{
    private const uint Magic = 0x184D2204;
    private const int MagicBytes = 4;
    private const int BlockBytes = 64 * 1024;
    private const uint UncompressedBit = 0x8000_0000;

    // Version 1, independent blocks, no checksums but the header's; blocks of 64 KiB.
    private const byte WrittenFlags = 0x60;
    private const byte WrittenBlockSize = 4 << 4;

    public static DecompressResult Decompress(ReadOnlySpan<byte> packed, PooledBuffer into)
    {
        var result = ReadHeader(ref packed, out var flags, out var maxBlockBytes);
        if (result != DecompressResult.Done)
        {
            return result;
        }

        var checksumBytes = flags.HasBlockChecksums ? 4 : 0;
        while (true)
        {
            if (packed.Length < 4)
            {
                return DecompressResult.Cut;
            }

            var head = BinaryPrimitives.ReadUInt32LittleEndian(packed);
            packed = packed[4..];
            if (head == 0)
            {
                // A checksum of the content may follow. Kafka does not look at it, and the batch has one of its own.
                return flags.HasContentChecksum && packed.Length < 4 ? DecompressResult.Cut : DecompressResult.Done;
            }

            var length = head & ~UncompressedBit;
            if (length > maxBlockBytes)
            {
                return DecompressResult.Corrupt;
            }

            if (length + checksumBytes > packed.Length)
            {
                return DecompressResult.Cut;
            }

            var block = packed[..(int)length];
            packed = packed[(int)length..];
            if (flags.HasBlockChecksums)
            {
                if (BinaryPrimitives.ReadUInt32LittleEndian(packed) != XxHash32.Compute(block))
                {
                    return DecompressResult.Corrupt;
                }

                packed = packed[4..];
            }

            result = ReadBlock(block, (head & UncompressedBit) == 0, maxBlockBytes, into);
            if (result != DecompressResult.Done)
            {
                return result;
            }
        }
    }

    public static void Compress(ReadOnlySpan<byte> plain, PooledBuffer into)
    {
        var header = RecordCodec.Reserve(into, 7);
        BinaryPrimitives.WriteUInt32LittleEndian(header, Magic);
        header[4] = WrittenFlags;
        header[5] = WrittenBlockSize;
        header[6] = HeaderChecksum(header.Slice(4, 2));
        into.Advance(7);
        while (!plain.IsEmpty)
        {
            var block = plain[..Math.Min(plain.Length, BlockBytes)];
            var span = RecordCodec.Reserve(into, 4 + LZ4Codec.MaximumOutputSize(block.Length));
            var length = LZ4Codec.Encode(block, span[4..]);
            if (length <= 0 || length >= block.Length)
            {
                // What does not shrink goes as it is.
                block.CopyTo(span[4..]);
                BinaryPrimitives.WriteUInt32LittleEndian(span, UncompressedBit | (uint)block.Length);
                length = block.Length;
            }
            else
            {
                BinaryPrimitives.WriteInt32LittleEndian(span, length);
            }

            into.Advance(4 + length);
            plain = plain[block.Length..];
        }

        BinaryPrimitives.WriteInt32LittleEndian(RecordCodec.Reserve(into, 4), 0);
        into.Advance(4);
    }

    private static DecompressResult ReadHeader(ref ReadOnlySpan<byte> packed, out FrameFlags flags, out int maxBlockBytes)
    {
        flags = default;
        maxBlockBytes = 0;
        if (packed.Length < MagicBytes + 3)
        {
            return DecompressResult.Cut;
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(packed) != Magic)
        {
            return DecompressResult.Corrupt;
        }

        flags = new FrameFlags(packed[4]);
        var blockSize = packed[5] >> 4;
        if (!flags.IsReadable || blockSize is < 4 or > 7 || (packed[5] & 0x0F) != 0)
        {
            return DecompressResult.Corrupt;
        }

        maxBlockBytes = 1 << (8 + (2 * blockSize));
        var descriptorBytes = flags.HasContentSize ? 10 : 2;
        if (packed.Length < MagicBytes + descriptorBytes + 1)
        {
            return DecompressResult.Cut;
        }

        if (HeaderChecksum(packed.Slice(MagicBytes, descriptorBytes)) != packed[MagicBytes + descriptorBytes])
        {
            return DecompressResult.Corrupt;
        }

        packed = packed[(MagicBytes + descriptorBytes + 1)..];
        return DecompressResult.Done;
    }

    private static DecompressResult ReadBlock(ReadOnlySpan<byte> block, bool isPacked, int maxBlockBytes, PooledBuffer into)
    {
        if (!isPacked)
        {
            if (!into.TryReserve(block.Length, out var copy))
            {
                return DecompressResult.TooLarge;
            }

            block.CopyTo(copy);
            into.Advance(block.Length);
            return DecompressResult.Done;
        }

        // A byte gives 255 at most, so a short block reserves little however large the frame says its blocks are.
        var largest = (int)Math.Min(maxBlockBytes, (block.Length * 255L) + 64);
        var wanted = Math.Min(largest, into.LeftBytes);
        if (!into.TryReserve(wanted, out var span))
        {
            return DecompressResult.TooLarge;
        }

        var written = LZ4Codec.Decode(block, span[..wanted]);
        if (written < 0)
        {
            return wanted < largest ? DecompressResult.TooLarge : DecompressResult.Corrupt;
        }

        into.Advance(written);
        return DecompressResult.Done;
    }

    private static byte HeaderChecksum(ReadOnlySpan<byte> descriptor) => (byte)(XxHash32.Compute(descriptor) >> 8);

    private readonly struct FrameFlags(byte bits)
    {
        /// <summary>Version 1, independent blocks, no reserved bit, no dictionary.</summary>
        public bool IsReadable => (bits >> 6) == 1 && (bits & 0x20) != 0 && (bits & 0x03) == 0;

        public bool HasBlockChecksums => (bits & 0x10) != 0;

        public bool HasContentSize => (bits & 0x08) != 0;

        public bool HasContentChecksum => (bits & 0x04) != 0;
    }
}
