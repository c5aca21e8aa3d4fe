using Broker.Core.Configs;
using Broker.Core.Metadata;

namespace Broker.Node.Apis;

/// <summary>Topics that the broker makes itself.</summary>
internal static class NewTopics
{
    private const int BrokerDefault = -1;

    /// <summary>A topic that a client asked the metadata for; the broker's own topics with what they need.</summary>
    public static NewTopic Automatic(string name, BrokerConfigView settings)
        => name == TopicNames.ConsumerOffsets ? Offsets(settings) : new NewTopic(name, BrokerDefault, BrokerDefault, [], []);

    /// <summary>The topic of committed offsets and groups: compacted, in its own number of partitions, never compressed by clients.</summary>
    public static NewTopic Offsets(BrokerConfigView settings) => new(
        TopicNames.ConsumerOffsets,
        settings.Int("offsets.topic.num.partitions"),
        BrokerDefault,
        [],
        [
            new("cleanup.policy", "compact"),
            new("compression.type", "producer"),
            new("segment.bytes", settings.Find("offsets.topic.segment.bytes")),
        ]);
}
