using Protocol.Wire;
using Protocol.Wire.Messages;
using Topic = Protocol.Wire.Messages.OffsetForLeaderEpochRequest.OffsetForLeaderTopic;
using TopicAnswer = Protocol.Wire.Messages.OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult;

namespace Federation.Gateway.Apis;

/// <summary>OffsetForLeaderEpoch: every partition is answered by its leader.</summary>
internal sealed class OffsetForLeaderEpochApi
    : LeaderApi<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse, Topic, Topic.OffsetForLeaderPartition, TopicAnswer>
{
    protected override List<Topic> Topics(OffsetForLeaderEpochRequest request) => request.Topics;

    protected override OffsetForLeaderEpochRequest With(OffsetForLeaderEpochRequest request, List<Topic> topics) =>
        new() { ReplicaId = request.ReplicaId, Topics = topics };

    protected override string Name(Topic topic) => topic.Topic;

    protected override List<Topic.OffsetForLeaderPartition> Partitions(Topic topic) => topic.Partitions;

    protected override Topic With(Topic topic, List<Topic.OffsetForLeaderPartition> partitions) => new() { Topic = topic.Topic, Partitions = partitions };

    protected override int Index(Topic.OffsetForLeaderPartition partition) => partition.Partition;

    protected override List<TopicAnswer> Answers(OffsetForLeaderEpochResponse response) => response.Topics;

    protected override TopicAnswer Refused(Topic topic, ErrorCode error) => new()
    {
        Topic = topic.Topic,
        Partitions = topic.Partitions.ConvertAll(p => new TopicAnswer.EpochEndOffset { Partition = p.Partition, ErrorCode = (short)error }),
    };

    protected override void Merge(OffsetForLeaderEpochResponse into, OffsetForLeaderEpochResponse part) =>
        into.ThrottleTimeMs = Throttle(into.ThrottleTimeMs, part.ThrottleTimeMs);
}
