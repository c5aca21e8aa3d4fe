using Protocol.Wire;
using Protocol.Wire.Messages;
using Topic = Protocol.Wire.Messages.ListOffsetsRequest.ListOffsetsTopic;
using TopicAnswer = Protocol.Wire.Messages.ListOffsetsResponse.ListOffsetsTopicResponse;

namespace Federation.Gateway.Apis;

/// <summary>ListOffsets: every partition is answered by its leader.</summary>
internal sealed class ListOffsetsApi : LeaderApi<ListOffsetsRequest, ListOffsetsResponse, Topic, Topic.ListOffsetsPartition, TopicAnswer>
{
    protected override List<Topic> Topics(ListOffsetsRequest request) => request.Topics;

    protected override ListOffsetsRequest With(ListOffsetsRequest request, List<Topic> topics) =>
        new() { ReplicaId = request.ReplicaId, IsolationLevel = request.IsolationLevel, Topics = topics, TimeoutMs = request.TimeoutMs };

    protected override string Name(Topic topic) => topic.Name;

    protected override List<Topic.ListOffsetsPartition> Partitions(Topic topic) => topic.Partitions;

    protected override Topic With(Topic topic, List<Topic.ListOffsetsPartition> partitions) => new() { Name = topic.Name, Partitions = partitions };

    protected override int Index(Topic.ListOffsetsPartition partition) => partition.PartitionIndex;

    protected override List<TopicAnswer> Answers(ListOffsetsResponse response) => response.Topics;

    protected override TopicAnswer Refused(Topic topic, ErrorCode error) => new()
    {
        Name = topic.Name,
        Partitions = topic.Partitions.ConvertAll(p => new TopicAnswer.ListOffsetsPartitionResponse { PartitionIndex = p.PartitionIndex, ErrorCode = (short)error }),
    };

    protected override void Merge(ListOffsetsResponse into, ListOffsetsResponse part) => into.ThrottleTimeMs = Throttle(into.ThrottleTimeMs, part.ThrottleTimeMs);
}
