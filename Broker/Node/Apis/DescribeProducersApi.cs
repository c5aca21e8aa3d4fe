using Broker.Core.Metadata;
using Broker.Node.Partitions;
using Protocol.Wire;
using Protocol.Wire.Messages;
using AnsweredPartition = Protocol.Wire.Messages.DescribeProducersResponse.TopicResponse.PartitionResponse;

namespace Broker.Node.Apis;

/// <summary>Tells the idempotent producers that partitions remember, to find transactions that hang (KIP-664).</summary>
internal sealed class DescribeProducersApi(PartitionTable partitions) : Api<DescribeProducersRequest, DescribeProducersResponse>
{
    protected override ValueTask<DescribeProducersResponse?> HandleAsync(RequestContext context, DescribeProducersRequest request)
    {
        // Each partition once is no more than the broker holds.
        var budget = new EntryBudget<(string, int)>(int.MaxValue);
        return new(new DescribeProducersResponse
        {
            Topics = request.Topics.ConvertAll(topic => new DescribeProducersResponse.TopicResponse
            {
                Name = topic.Name,
                Partitions = topic.PartitionIndexes.ConvertAll(index => Describe(topic.Name, index, budget)),
            }),
        });
    }

    private AnsweredPartition Describe(string topic, int index, EntryBudget<(string, int)> budget)
    {
        if (TopicNames.WhyIllegal(topic) is { } illegal)
        {
            return new() { PartitionIndex = index, ErrorCode = (short)ErrorCode.InvalidTopicException, ErrorMessage = illegal };
        }

        if (partitions.Find(topic, index) is not { IsDeleted: false } partition)
        {
            // Kafka gives a text for the topic, but none for the partition.
            return new()
            {
                PartitionIndex = index,
                ErrorCode = (short)ErrorCode.UnknownTopicOrPartition,
                ErrorMessage = partitions.FindTopic(topic) is null ? "This server does not host this topic-partition." : null,
            };
        }

        if (!budget.Allows((topic, index), out var isRepeated))
        {
            return new() { PartitionIndex = index, ErrorCode = (short)ErrorCode.InvalidRequest, ErrorMessage = EntryBudget<(string, int)>.Refusal };
        }

        var (error, producers) = partition.DescribeProducers();
        budget.Spend(producers.Count, isRepeated);
        return new()
        {
            PartitionIndex = index,
            ErrorCode = (short)error,
            ActiveProducers = producers.ConvertAll(p => new AnsweredPartition.ProducerState
            {
                ProducerId = p.ProducerId,
                ProducerEpoch = p.Epoch,
                LastSequence = p.LastSequence,
                LastTimestamp = p.LastTimestamp,
                CoordinatorEpoch = p.CoordinatorEpoch,
                CurrentTxnStartOffset = p.OpenTransactionOffset,
            }),
        };
    }
}
