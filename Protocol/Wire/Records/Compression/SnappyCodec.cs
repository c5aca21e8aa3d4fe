using System.Buffers.Binary;
using Snappier;

namespace Protocol.Wire.Records.Compression;

/// <summary>
/// Snappy in both forms that clients send: in the chunks of xerial's snappy-java, as the Java client and most others do, or as one raw block.
/// Writes chunks.
/// </summary>
internal static class SnappyCodec
{
    private const int ChunkHeaderBytes = 16;

    /// <summary>What snappy-java packs at a time.</summary>
    private const int ChunkBytes = 32 * 1024;

    /// <summary>The oldest reader that a stream asks for; snappy-java knows version 1 only.</summary>
    private const int ChunkFormatVersion = 1;

    /// <summary>A copy of three bytes gives 64, so a block cannot unpack to more than 22 times its size. A preamble that says so lies.</summary>
    private const int MaxRatio = 22;

    private static ReadOnlySpan<byte> ChunkMagic => [0x82, (byte)'S', (byte)'N', (byte)'A', (byte)'P', (byte)'P', (byte)'Y', 0];

    public static DecompressResult Decompress(ReadOnlySpan<byte> packed, PooledBuffer into) =>
        packed.Length >= ChunkHeaderBytes && packed.StartsWith(ChunkMagic) ? DecompressChunks(packed, into) : DecompressBlock(packed, into);

    public static void Compress(ReadOnlySpan<byte> plain, PooledBuffer into)
    {
        var header = RecordCodec.Reserve(into, ChunkHeaderBytes);
        ChunkMagic.CopyTo(header);
        BinaryPrimitives.WriteInt32BigEndian(header[8..], ChunkFormatVersion);
        BinaryPrimitives.WriteInt32BigEndian(header[12..], ChunkFormatVersion);
        into.Advance(ChunkHeaderBytes);
        while (!plain.IsEmpty)
        {
            var chunk = plain[..Math.Min(plain.Length, ChunkBytes)];
            var span = RecordCodec.Reserve(into, 4 + Snappy.GetMaxCompressedLength(chunk.Length));
            var length = Snappy.Compress(chunk, span[4..]);
            BinaryPrimitives.WriteInt32BigEndian(span, length);
            into.Advance(4 + length);
            plain = plain[chunk.Length..];
        }
    }

    private static DecompressResult DecompressChunks(ReadOnlySpan<byte> packed, PooledBuffer into)
    {
        if (BinaryPrimitives.ReadInt32BigEndian(packed[8..]) < ChunkFormatVersion)
        {
            return DecompressResult.Corrupt;
        }

        packed = packed[ChunkHeaderBytes..];
        while (!packed.IsEmpty)
        {
            // Streams may follow each other, each with its header.
            if (packed.Length >= ChunkHeaderBytes && packed.StartsWith(ChunkMagic))
            {
                packed = packed[ChunkHeaderBytes..];
                continue;
            }

            if (packed.Length < 4)
            {
                return DecompressResult.Cut;
            }

            var length = BinaryPrimitives.ReadInt32BigEndian(packed);
            packed = packed[4..];
            if (length < 0)
            {
                return DecompressResult.Corrupt;
            }

            if (length > packed.Length)
            {
                return DecompressResult.Cut;
            }

            var result = DecompressBlock(packed[..length], into);
            if (result != DecompressResult.Done)
            {
                return result;
            }

            packed = packed[length..];
        }

        return DecompressResult.Done;
    }

    private static DecompressResult DecompressBlock(ReadOnlySpan<byte> block, PooledBuffer into)
    {
        try
        {
            // The preamble is believed only as far as the block could possibly unpack.
            var length = Snappy.GetUncompressedLength(block);
            if (length < 0 || length > (long)block.Length * MaxRatio)
            {
                return DecompressResult.Corrupt;
            }

            if (!into.TryReserve(length, out var span))
            {
                return DecompressResult.TooLarge;
            }

            if (!Snappy.TryDecompress(block, span[..length], out var written) || written != length)
            {
                return DecompressResult.Corrupt;
            }

            into.Advance(written);
            return DecompressResult.Done;
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException or InvalidOperationException or IndexOutOfRangeException)
        {
            return DecompressResult.Corrupt;
        }
    }
}
