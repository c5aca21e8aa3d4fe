using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;

namespace Protocol.Wire.Records.Compression;

/// <summary>gzip (RFC 1952), one member, as all Kafka clients send it.</summary>
internal static class GzipCodec
{
    private const int ChunkBytes = 16 * 1024;

    // Header of ten bytes, an empty deflate block of two, trailer of eight.
    private const int SmallestBytes = 20;

    public static DecompressResult Decompress(ReadOnlySpan<byte> packed, PooledBuffer into)
    {
        if (packed.Length < SmallestBytes)
        {
            return packed.Length >= 2 && (packed[0] != 0x1F || packed[1] != 0x8B) ? DecompressResult.Corrupt : DecompressResult.Cut;
        }

        var before = into.Count;
        var copy = ArrayPool<byte>.Shared.Rent(packed.Length);
        try
        {
            packed.CopyTo(copy);
            using var unpacking = new GZipStream(new MemoryStream(copy, 0, packed.Length, writable: false), CompressionMode.Decompress);
            while (true)
            {
                // One byte beyond the limit is asked for, to tell a batch that just fits from one that does not.
                if (!into.TryReserve(Math.Min(ChunkBytes, into.LeftBytes), out var span) || span.IsEmpty)
                {
                    if (unpacking.ReadByte() >= 0)
                    {
                        return DecompressResult.TooLarge;
                    }

                    break;
                }

                var read = unpacking.Read(span);
                if (read == 0)
                {
                    break;
                }

                into.Advance(read);
            }
        }
        catch (InvalidDataException)
        {
            return DecompressResult.Corrupt;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }

        // GZipStream ends quietly where its input ends. The trailer's length tells whether that was the end.
        var announced = BinaryPrimitives.ReadUInt32LittleEndian(packed[^4..]);
        return announced == (uint)(into.Count - before) ? DecompressResult.Done : DecompressResult.Cut;
    }

    public static void Compress(ReadOnlySpan<byte> plain, PooledBuffer into)
    {
        using var packed = new MemoryStream(Math.Max(ChunkBytes, plain.Length / 4));
        using (var packing = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            packing.Write(plain);
        }

        var bytes = packed.GetBuffer().AsSpan(0, (int)packed.Length);
        bytes.CopyTo(RecordCodec.Reserve(into, bytes.Length));
        into.Advance(bytes.Length);
    }
}
