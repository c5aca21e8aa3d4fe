using Broker.Core.Configs;
using Broker.Core.Groups;

namespace Broker.Node.Groups;

/// <summary>Reads the coordinator's settings out of the broker's. They are read once, at the start: Kafka's own are read-only too.</summary>
internal static class NodeGroupSettings
{
    public static GroupSettings Of(BrokerConfigView settings) => new()
    {
        MinSessionTimeout = Millis(settings, "group.min.session.timeout.ms"),
        MaxSessionTimeout = Millis(settings, "group.max.session.timeout.ms"),
        InitialRebalanceDelay = Millis(settings, "group.initial.rebalance.delay.ms"),
        MaxSize = settings.Int("group.max.size"),
        OffsetsRetention = TimeSpan.FromMinutes(settings.Int("offsets.retention.minutes")),
        OffsetsRetentionCheckInterval = Millis(settings, "offsets.retention.check.interval.ms"),
        OffsetMetadataMaxUnits = settings.Int("offset.metadata.max.bytes"),
        OffsetsTopicPartitions = settings.Int("offsets.topic.num.partitions"),
        OffsetsTopicSegmentBytes = settings.Int("offsets.topic.segment.bytes"),
    };

    private static TimeSpan Millis(BrokerConfigView settings, string name) => TimeSpan.FromMilliseconds(settings.Long(name));
}
