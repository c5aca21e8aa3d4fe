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
    /// <summary>
    /// The log starts rise at once, before what the same connection appends next: -1 means what is there now. Making that durable waits for the disk,
    /// on a pool thread, since the connection's own serves others too.
    /// </summary>
    protected override ValueTask<DeleteRecordsResponse?> HandleAsync(RequestContext context, DeleteRecordsRequest request)
    {
        var raised = new List<(Partition Partition, AnsweredPartition Answer)>();
        var response = Raise(request, raised);
        return raised.Count == 0 ? new(response) : new(Task.Run<DeleteRecordsResponse?>(() => Keep(response, raised)));
    }

    private DeleteRecordsResponse Raise(DeleteRecordsRequest request, List<(Partition Partition, AnsweredPartition Answer)> raised)
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
                answers.Add(Raise(topic.Name, index, offset, raised));
            }

            if (answers.Count > 0)
            {
                response.Topics.Add(new() { Name = topic.Name, Partitions = answers });
            }
        }

        return response;
    }

    private static DeleteRecordsResponse Keep(DeleteRecordsResponse response, List<(Partition Partition, AnsweredPartition Answer)> raised)
    {
        // All starts are in one file: whoever writes it first writes it for all.
        foreach (var (partition, answer) in raised)
        {
            if (partition.KeepLogStart() is var error and not ErrorCode.None)
            {
                (answer.LowWatermark, answer.ErrorCode) = (-1, (short)error);
            }
        }

        return response;
    }

    private AnsweredPartition Raise(string name, int index, long offset, List<(Partition Partition, AnsweredPartition Answer)> raised)
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

        var (error, logStart) = partition.RaiseLogStartTo(offset);
        if (error != ErrorCode.None)
        {
            return Refused(index, error);
        }

        var answer = new AnsweredPartition { PartitionIndex = index, LowWatermark = logStart };
        raised.Add((partition, answer));
        return answer;
    }

    private static AnsweredPartition Refused(int index, ErrorCode error) => new() { PartitionIndex = index, LowWatermark = -1, ErrorCode = (short)error };
}
