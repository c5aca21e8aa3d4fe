using System.Globalization;
using Broker.Core.Groups;
using Broker.Core.Metadata;
using Broker.Node.Metadata;
using Broker.Node.Partitions;
using Protocol.Wire;

namespace Broker.Node.Groups;

/// <summary>Finds or makes __consumer_offsets.</summary>
internal sealed class OffsetsTopic(PartitionTable partitions, MetadataStore metadata, GroupSettings settings)
{
    /// <summary>The topic, when there is one.</summary>
    public Topic? Find() => partitions.FindTopic(TopicNames.ConsumerOffsets);

    /// <summary>The topic, made if there is none, and whether it was made by this call; null when it cannot be made.</summary>
    public async ValueTask<(Topic? Topic, bool IsNew)> FindOrMakeAsync()
    {
        if (Find() is { } topic)
        {
            return (topic, false);
        }

        var wanted = new NewTopic(
            TopicNames.ConsumerOffsets,
            settings.OffsetsTopicPartitions,
            ReplicationFactor: 1,
            [],
            [
                new("cleanup.policy", "compact"),
                new("compression.type", "producer"),
                new("segment.bytes", settings.OffsetsTopicSegmentBytes.ToString(CultureInfo.InvariantCulture)),
            ]);
        var command = new ClusterCommand.CreateTopics([wanted], ValidateOnly: false, (ulong)Random.Shared.NextInt64());
        var reply = (ClusterReply.Topics)await metadata.ExecuteAsync(command).ConfigureAwait(false);
        return reply.Results[0].Error switch
        {
            ErrorCode.None => (Find(), true),
            ErrorCode.TopicAlreadyExists => (Find(), false),
            _ => (null, false),
        };
    }
}
