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

    /// <summary>The topic, made if there is none; null when it cannot be made.</summary>
    public async ValueTask<Topic?> FindOrMakeAsync()
    {
        if (Find() is { } topic)
        {
            return topic;
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
        return reply.Results[0].Error is ErrorCode.None or ErrorCode.TopicAlreadyExists ? Find() : null;
    }
}
