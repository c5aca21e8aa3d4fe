using Protocol.Wire;
using Protocol.Wire.Messages;
using Topic = Protocol.Wire.Messages.DeleteRecordsRequest.DeleteRecordsTopic;
using TopicAnswer = Protocol.Wire.Messages.DeleteRecordsResponse.DeleteRecordsTopicResult;

namespace Federation.Gateway.Apis;

/// <summary>DeleteRecords: every partition is cut by its leader. Kafka's own topics are refused as Kafka refuses them.</summary>
internal sealed class DeleteRecordsApi : LeaderApi<DeleteRecordsRequest, DeleteRecordsResponse, Topic, Topic.DeleteRecordsPartition, TopicAnswer>
{
    protected override ErrorCode InternalTopicError => ErrorCode.InvalidTopicException;

    protected override List<Topic> Topics(DeleteRecordsRequest request) => request.Topics;

    protected override DeleteRecordsRequest With(DeleteRecordsRequest request, List<Topic> topics) => new() { TimeoutMs = request.TimeoutMs, Topics = topics };

    protected override string Name(Topic topic) => topic.Name;

    protected override List<Topic.DeleteRecordsPartition> Partitions(Topic topic) => topic.Partitions;

    protected override Topic With(Topic topic, List<Topic.DeleteRecordsPartition> partitions) => new() { Name = topic.Name, Partitions = partitions };

    protected override int Index(Topic.DeleteRecordsPartition partition) => partition.PartitionIndex;

    protected override List<TopicAnswer> Answers(DeleteRecordsResponse response) => response.Topics;

    protected override TopicAnswer Refused(Topic topic, ErrorCode error) => new()
    {
        Name = topic.Name,
        Partitions = topic.Partitions.ConvertAll(
            p => new TopicAnswer.DeleteRecordsPartitionResult { PartitionIndex = p.PartitionIndex, ErrorCode = (short)error, LowWatermark = -1 }),
    };

    protected override void Merge(DeleteRecordsResponse into, DeleteRecordsResponse part) =>
        into.ThrottleTimeMs = Throttle(into.ThrottleTimeMs, part.ThrottleTimeMs);
}
