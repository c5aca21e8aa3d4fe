using Broker.Core.Configs;
using Kernel;

namespace Broker.Core.Groups;

/// <summary>How groups are coordinated: Kafka's group.* and offsets.* broker settings, with Apache Kafka 4.3's defaults. Immutable.</summary>
public sealed record GroupSettings
{
    /// <summary>group.min.session.timeout.ms: a shorter session is refused with INVALID_SESSION_TIMEOUT.</summary>
    public TimeSpan MinSessionTimeout { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>group.max.session.timeout.ms: a longer session is refused with INVALID_SESSION_TIMEOUT.</summary>
    public TimeSpan MaxSessionTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>group.initial.rebalance.delay.ms: how long an empty group waits for more members before its first generation.</summary>
    public TimeSpan InitialRebalanceDelay { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>group.max.size: members of one group; the next one gets GROUP_MAX_SIZE_REACHED (KIP-389).</summary>
    public int MaxSize { get; init; } = int.MaxValue;

    /// <summary>
    /// How long a member that never heard its id may wait for the first generation. It cannot send heartbeats, and a client that gave up
    /// and joined again would leave one such member behind with each attempt.
    /// </summary>
    public TimeSpan NewMemberJoinTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>offsets.retention.minutes: how long offsets outlive their group's last member, or their topic's last subscription (KIP-211).</summary>
    public TimeSpan OffsetsRetention { get; init; } = TimeSpan.FromMinutes(10_080);

    /// <summary>offsets.retention.check.interval.ms: time between two searches for expired offsets.</summary>
    public TimeSpan OffsetsRetentionCheckInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>offset.metadata.max.bytes: longest text that may be stored with an offset, in UTF-16 units as Kafka counts it; at most <see cref="Limits.MaxOffsetMetadataUnits"/>.</summary>
    public int OffsetMetadataMaxUnits { get; init; } = Limits.MaxOffsetMetadataBytes;

    /// <summary>offsets.topic.num.partitions: partitions of __consumer_offsets when it is made.</summary>
    public int OffsetsTopicPartitions { get; init; } = 50;

    /// <summary>offsets.topic.segment.bytes of __consumer_offsets when it is made.</summary>
    public int OffsetsTopicSegmentBytes { get; init; } = 104_857_600;

    /// <summary>The settings that a broker was started with. Kafka lets none of them change while the broker runs.</summary>
    public static GroupSettings Of(BrokerConfigView configs) => new()
    {
        MinSessionTimeout = TimeSpan.FromMilliseconds(configs.Int("group.min.session.timeout.ms")),
        MaxSessionTimeout = TimeSpan.FromMilliseconds(configs.Int("group.max.session.timeout.ms")),
        InitialRebalanceDelay = TimeSpan.FromMilliseconds(configs.Int("group.initial.rebalance.delay.ms")),
        MaxSize = configs.Int("group.max.size"),
        OffsetsRetention = TimeSpan.FromMinutes(configs.Int("offsets.retention.minutes")),
        OffsetsRetentionCheckInterval = configs.Milliseconds("offsets.retention.check.interval.ms"),
        OffsetMetadataMaxUnits = Math.Min(configs.Int("offset.metadata.max.bytes"), Limits.MaxOffsetMetadataUnits),
        OffsetsTopicPartitions = configs.Int("offsets.topic.num.partitions"),
        OffsetsTopicSegmentBytes = configs.Int("offsets.topic.segment.bytes"),
    };
}
