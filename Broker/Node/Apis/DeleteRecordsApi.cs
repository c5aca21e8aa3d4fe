using Broker.Core.Metadata;
using Broker.Node.Partitions;
using Protocol.Wire;
using Protocol.Wire.Messages;
using AnsweredPartition = Protocol.Wire.Messages.DeleteRecordsResponse.DeleteRecordsTopicResult.DeleteRecordsPartitionResult;

namespace Broker.Node.Apis;

/// <summary>
/// DeleteRecords (key 21): raises the log start of partitions. Not in internal topics, in topics that are only compacted, or in read-only
/// copies, whose records are the source's to delete. Of a partition named twice the later entry counts. Durable when answered.
/// </summary>
public sealed class DeleteRecordsApi(PartitionTable partitions) : Api<DeleteRecordsRequest, DeleteRecordsResponse>
{
    protected override ValueTask<DeleteRecordsResponse?> HandleAsync(RequestContext context, DeleteRecordsRequest request)
    {
        var response = new DeleteRecordsResponse();
        foreach (var topic in request.Topics)
        {
            var offsets = new OrderedDictionary<int, long>(topic.Partitions.Count);
            foreach (var partition in topic.Partitions)
            {
                offsets[partition.PartitionIndex] = partition.Offset;
            }

            var answers = new List<AnsweredPartition>(offsets.Count);
            foreach (var (index, offset) in offsets)
            {
                answers.Add(Delete(topic.Name, index, offset));
            }

            if (answers.Count > 0)
            {
                response.Topics.Add(new() { Name = topic.Name, Partitions = answers });
            }
        }

        return new(response);
    }

    private AnsweredPartition Delete(string name, int index, long offset)
    {
        if (TopicNames.IsInternal(name))
        {
            return Refused(index, ErrorCode.InvalidTopicException);
        }

        var topic = partitions.FindTopic(name);
        if (topic?.Find(index) is not { IsDeleted: false } partition)
        {
            return Refused(index, ErrorCode.UnknownTopicOrPartition);
        }

        if (!topic.Settings.IsDeleted || topic.Mirror is not null)
        {
            return Refused(index, ErrorCode.PolicyViolation);
        }

        var (error, logStart) = partition.DeleteRecordsBefore(offset);
        return error == ErrorCode.None ? new() { PartitionIndex = index, LowWatermark = logStart } : Refused(index, error);
    }

    private static AnsweredPartition Refused(int index, ErrorCode error) => new() { PartitionIndex = index, LowWatermark = -1, ErrorCode = (short)error };
}
