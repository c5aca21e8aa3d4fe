using Broker.Core.Metadata;
using Broker.Node.Metadata;
using Broker.Node.Partitions;
using Protocol.Wire;
using Protocol.Wire.Messages;
using AnsweredTopic = Protocol.Wire.Messages.DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic;

namespace Broker.Node.Apis;

/// <summary>
/// Tells topics with their partitions page by page, in the order of the topics' names (KIP-966). A page ends at the smaller of the client's
/// limit and max.request.partition.size.limit, but holds one partition at least; its cursor is where the next one begins.
/// </summary>
internal sealed class DescribeTopicPartitionsApi(MetadataStore metadata, PartitionTable partitions, BrokerOptions options)
    : Api<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse>
{
    protected override ValueTask<DescribeTopicPartitionsResponse?> HandleAsync(RequestContext context, DescribeTopicPartitionsRequest request)
    {
        var image = metadata.Image;
        var cursor = request.Cursor;
        var wantsAll = request.Topics.Count == 0;
        var names = (wantsAll ? image.Topics.Keys : request.Topics.Select(t => t.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
            .SkipWhile(name => cursor is not null && string.CompareOrdinal(name, cursor.TopicName) < 0);

        // A cursor points at a topic that was asked for; all topics may have lost it meanwhile.
        if (cursor is not null && (cursor.PartitionIndex < 0 || (!wantsAll && !request.Topics.Exists(t => t.Name == cursor.TopicName))))
        {
            return new(Refused(request));
        }

        var left = Math.Max(1, Math.Min(request.ResponsePartitionLimit, metadata.Settings.Int("max.request.partition.size.limit")));
        var response = new DescribeTopicPartitionsResponse();
        foreach (var name in names)
        {
            if (left == 0)
            {
                response.NextCursor = new() { TopicName = name, PartitionIndex = 0 };
                break;
            }

            if (image.Find(name) is not { } topic)
            {
                response.Topics.Add(Unknown(name));
                continue;
            }

            var from = name == cursor?.TopicName ? Math.Min(cursor.PartitionIndex, topic.PartitionCount) : 0;
            var count = Math.Min(left, topic.PartitionCount - from);
            response.Topics.Add(Known(image, topic, from, count));
            left -= count;
            if (from + count < topic.PartitionCount)
            {
                response.NextCursor = new() { TopicName = name, PartitionIndex = from + count };
                break;
            }
        }

        return new(response);
    }

    private AnsweredTopic Known(ClusterImage image, TopicImage topic, int from, int count)
    {
        // One broker has everything, so all partitions share one list: it is only read.
        List<int> brokers = [options.NodeId];
        var epoch = image.LeaderEpochOf(topic);
        var led = partitions.FindTopic(topic.Id);
        var answered = new List<AnsweredTopic.DescribeTopicPartitionsResponsePartition>(count);
        for (var index = from; index < from + count; index++)
        {
            answered.Add(new()
            {
                PartitionIndex = index,
                LeaderId = options.NodeId,
                LeaderEpoch = led?.Find(index)?.AnnouncedEpoch ?? epoch,
                ReplicaNodes = brokers,
                IsrNodes = brokers,
                EligibleLeaderReplicas = [],
                LastKnownElr = [],
            });
        }

        return new()
        {
            Name = topic.Name,
            TopicId = topic.Id,
            IsInternal = topic.IsInternal,
            Partitions = answered,
            TopicAuthorizedOperations = AuthorizedOperations.OfTopic,
        };
    }

    private static AnsweredTopic Unknown(string name) => new()
    {
        ErrorCode = (short)(TopicNames.WhyIllegal(name) is null ? ErrorCode.UnknownTopicOrPartition : ErrorCode.InvalidTopicException),
        Name = name,
        IsInternal = TopicNames.IsInternal(name),
        TopicAuthorizedOperations = AuthorizedOperations.OfTopic,
    };

    /// <summary>The message has no error of its own, so every topic bears it.</summary>
    private static DescribeTopicPartitionsResponse Refused(DescribeTopicPartitionsRequest request) => new()
    {
        Topics = request.Topics.ConvertAll(t => new AnsweredTopic { ErrorCode = (short)ErrorCode.InvalidRequest, Name = t.Name }),
    };
}
