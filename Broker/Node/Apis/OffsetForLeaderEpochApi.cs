using Broker.Node.Partitions;
using Protocol.Wire;
using Protocol.Wire.Messages;
using AnsweredPartition = Protocol.Wire.Messages.OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult.EpochEndOffset;
using AskedPartition = Protocol.Wire.Messages.OffsetForLeaderEpochRequest.OffsetForLeaderTopic.OffsetForLeaderPartition;

namespace Broker.Node.Apis;

/// <summary>OffsetForLeaderEpoch (key 23): where an epoch ends, so that a consumer finds out whether its log was cut behind it (KIP-320).</summary>
public sealed class OffsetForLeaderEpochApi(PartitionTable partitions) : Api<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>
{
    private const int NoEpoch = -1;

    protected override ValueTask<OffsetForLeaderEpochResponse?> HandleAsync(RequestContext context, OffsetForLeaderEpochRequest request)
    {
        var response = new OffsetForLeaderEpochResponse();
        foreach (var topic in request.Topics)
        {
            var answers = new List<AnsweredPartition>(topic.Partitions.Count);
            foreach (var asked in topic.Partitions)
            {
                answers.Add(Find(topic.Topic, asked));
            }

            response.Topics.Add(new() { Topic = topic.Topic, Partitions = answers });
        }

        return new(response);
    }

    private AnsweredPartition Find(string topic, AskedPartition asked)
    {
        if (!partitions.TryFind(topic, asked.Partition, asked.CurrentLeaderEpoch, out var partition, out var error))
        {
            return new() { Partition = asked.Partition, ErrorCode = (short)error };
        }

        if (asked.LeaderEpoch == NoEpoch)
        {
            return new() { Partition = asked.Partition };
        }

        var (epoch, endOffset) = partition.EndOfEpoch(asked.LeaderEpoch);
        return new() { Partition = asked.Partition, LeaderEpoch = epoch, EndOffset = endOffset };
    }
}
