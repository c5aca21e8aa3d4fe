namespace Protocol.Wire.Records.Compression;

/// <summary>How unpacking ended.</summary>
internal enum DecompressResult : byte
{
    /// <summary>All of it is there.</summary>
    Done,

    /// <summary>The bytes are not of the codec.</summary>
    Corrupt,

    /// <summary>The bytes end too early.</summary>
    Cut,

    /// <summary>They unpack to more than the buffer may hold.</summary>
    TooLarge,
}

/// <summary>
/// Packs and unpacks the records of a batch, in the framings of Kafka's Java client. Unpacking is bounded by the buffer, reserves
/// nothing because a header says so, and throws nothing for bad input. Keeps nothing between calls but a thread's zstd contexts.
/// </summary>
internal static class RecordCodec
{
    /// <summary>Whether the bits name a codec (or none).</summary>
    public static bool IsKnown(CompressionType codec) => codec <= CompressionType.Zstd;

    /// <summary>Appends the unpacked bytes to the buffer.</summary>
    public static DecompressResult Decompress(CompressionType codec, ReadOnlySpan<byte> packed, PooledBuffer into) => codec switch
    {
        CompressionType.Gzip => GzipCodec.Decompress(packed, into),
        CompressionType.Snappy => SnappyCodec.Decompress(packed, into),
        CompressionType.Lz4 => Lz4Codec.Decompress(packed, into),
        CompressionType.Zstd => ZstdCodec.Decompress(packed, into),
        _ => DecompressResult.Corrupt,
    };

    /// <summary>Appends the packed bytes to the buffer.</summary>
    /// <exception cref="InvalidOperationException">The buffer's limit is too small.</exception>
    public static void Compress(CompressionType codec, ReadOnlySpan<byte> plain, PooledBuffer into)
    {
        switch (codec)
        {
            case CompressionType.Gzip:
                GzipCodec.Compress(plain, into);
                break;
            case CompressionType.Snappy:
                SnappyCodec.Compress(plain, into);
                break;
            case CompressionType.Lz4:
                Lz4Codec.Compress(plain, into);
                break;
            case CompressionType.Zstd:
                ZstdCodec.Compress(plain, into);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(codec), codec, "no codec");
        }
    }

    /// <summary>A reservation that must succeed.</summary>
    public static Span<byte> Reserve(PooledBuffer into, int bytes) =>
        into.TryReserve(bytes, out var span) ? span : throw new InvalidOperationException($"{bytes} bytes more than {into.MaxBytes} allow");
}
