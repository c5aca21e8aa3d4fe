using Kernel;

namespace Protocol.Wire.Records;

/// <summary>What a partition asks of a produced batch: the topic's settings and the moment of the request.</summary>
public readonly record struct BatchRules
{
    /// <summary>Kafka's defaults: 1,048,588 bytes, CreateTime, any past, one hour of future, codec as produced, newest Produce version.</summary>
    public BatchRules()
    {
    }

    /// <summary>The broker's time of the append, ms since the Unix epoch.</summary>
    public long NowMs { get; init; }

    /// <summary>max.message.bytes: the whole batch as sent (compressed), header included.</summary>
    public int MaxBatchBytes { get; init; } = Limits.DefaultMaxBatchBytes;

    /// <summary>message.timestamp.type.</summary>
    public TimestampType TimestampType { get; init; } = TimestampType.CreateTime;

    /// <summary>message.timestamp.before.max.ms: how old a CreateTime may be; <see cref="TimeSpan.MaxValue"/> for any age.</summary>
    public TimeSpan TimestampBeforeMax { get; init; } = TimeSpan.MaxValue;

    /// <summary>message.timestamp.after.max.ms: how far ahead a CreateTime may be (KIP-937); <see cref="TimeSpan.MaxValue"/> for any.</summary>
    public TimeSpan TimestampAfterMax { get; init; } = TimeSpan.FromHours(1);

    /// <summary>cleanup.policy has compact: every record needs a key.</summary>
    public bool IsCompacted { get; init; }

    /// <summary>compression.type: null for producer (keep what was sent), else the codec to store.</summary>
    public CompressionType? StoredCompression { get; init; }

    /// <summary>Version of the Produce request; zstd needs 7 (KIP-110).</summary>
    public short ProduceVersion { get; init; } = 13;

    /// <summary>What a compressed batch may decompress to; a larger one is refused with MESSAGE_TOO_LARGE.</summary>
    public int MaxDecompressedBytes { get; init; } = Limits.MaxDecompressedBatchBytes;
}
