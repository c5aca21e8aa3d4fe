using Protocol.Wire.Records;

namespace Broker.Core.Metadata;

/// <summary>
/// The effective settings of one topic's logs: the topic's own where it has them, else the broker's defaults. Immutable; swapped whole when
/// a setting changes. Defaults are Apache Kafka 4.3's.
/// What Kafka writes as -1 (no limit) is null here.
/// </summary>
public sealed partial record LogSettings
{
    /// <summary>segment.bytes: a segment is closed before it would exceed this.</summary>
    public int SegmentBytes { get; init; } = 1 << 30;

    /// <summary>segment.ms: a segment is closed this long after its first record's timestamp.</summary>
    public TimeSpan SegmentAge { get; init; } = TimeSpan.FromDays(7);

    /// <summary>segment.index.bytes: an index file's largest size; a segment whose index is full is closed.</summary>
    public int SegmentIndexBytes { get; init; } = 10 * 1024 * 1024;

    /// <summary>index.interval.bytes: log bytes between two index entries.</summary>
    public int IndexIntervalBytes { get; init; } = 4096;

    /// <summary>retention.ms, by the records' timestamps; null: no limit.</summary>
    public TimeSpan? RetentionAge { get; init; } = TimeSpan.FromDays(7);

    /// <summary>retention.bytes per partition; null: no limit.</summary>
    public long? RetentionBytes { get; init; }

    /// <summary>file.delete.delay.ms: how long files of a deleted segment or log stay for those who still read them.</summary>
    public TimeSpan FileDeleteDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>max.message.bytes: the largest batch, header included.</summary>
    public int MaxBatchBytes { get; init; } = Kernel.Limits.DefaultMaxBatchBytes;

    /// <summary>cleanup.policy has delete: retention applies.</summary>
    public bool IsDeleted { get; init; } = true;

    /// <summary>cleanup.policy has compact: every record needs a key.</summary>
    public bool IsCompacted { get; init; }

    /// <summary>compression.type: null for producer.</summary>
    public CompressionType? StoredCompression { get; init; }

    /// <summary>message.timestamp.type.</summary>
    public TimestampType TimestampType { get; init; } = TimestampType.CreateTime;

    /// <summary>message.timestamp.before.max.ms; TimeSpan.MaxValue: any age.</summary>
    public TimeSpan TimestampBeforeMax { get; init; } = TimeSpan.MaxValue;

    /// <summary>message.timestamp.after.max.ms (KIP-937).</summary>
    public TimeSpan TimestampAfterMax { get; init; } = TimeSpan.FromHours(1);

    /// <summary>producer.id.expiration.ms of the broker.</summary>
    public TimeSpan ProducerExpiration { get; init; } = TimeSpan.FromDays(1);

    /// <summary>The rules for a produced batch at a moment.</summary>
    public BatchRules RulesFor(long nowMs, short produceVersion) => new()
    {
        NowMs = nowMs,
        MaxBatchBytes = MaxBatchBytes,
        TimestampType = TimestampType,
        TimestampBeforeMax = TimestampBeforeMax,
        TimestampAfterMax = TimestampAfterMax,
        IsCompacted = IsCompacted,
        StoredCompression = StoredCompression,
        ProduceVersion = produceVersion,
    };
}
