using Kernel;
using Protocol.Wire;
using Protocol.Wire.Messages;
using Protocol.Wire.Records;

namespace Tests.Unit.Apis;

/// <summary>DescribeProducers over partitions that were written to.</summary>
public class DescribeProducersApiTests
{
    [Fact]
    public async Task Producers_are_told_with_their_last_batch()
    {
        await using var node = new DataNode();
        var topic = node.Topic("t", 2);
        await node.ProduceAsync(topic, 0, Batch(7, 0, 0, 3, 1000));
        await node.ProduceAsync(topic, 0, Batch(9, 2, 5, 1, 2000));
        await node.ProduceAsync(topic, 0, Batch(7, 0, 3, 2, 3000));
        await node.ProduceAsync(topic, 0, DataNode.Batch());
        var partitions = await Ask(node, "t", 0, 1);
        Assert.Equal(
            [(9L, 2, 5, 2000L, -1, -1L), (7L, 0, 4, 3001L, -1, -1L)],
            partitions[0].ActiveProducers.Select(p => (p.ProducerId, p.ProducerEpoch, p.LastSequence, p.LastTimestamp, p.CoordinatorEpoch, p.CurrentTxnStartOffset)));
        Assert.Equal((ErrorCode.None, null), ((ErrorCode)partitions[0].ErrorCode, partitions[0].ErrorMessage));
        Assert.Equal((1, ErrorCode.None, 0), (partitions[1].PartitionIndex, (ErrorCode)partitions[1].ErrorCode, partitions[1].ActiveProducers.Count));
    }

    [Theory]
    [InlineData("t", 9, ErrorCode.UnknownTopicOrPartition, false)]
    [InlineData("t", -1, ErrorCode.UnknownTopicOrPartition, false)]
    [InlineData("none", 0, ErrorCode.UnknownTopicOrPartition, true)]
    [InlineData("a b", 0, ErrorCode.InvalidTopicException, true)]
    [InlineData("", 0, ErrorCode.InvalidTopicException, true)]
    public async Task What_is_not_there_says_so(string name, int index, ErrorCode error, bool hasText)
    {
        await using var node = new DataNode();
        node.Topic("t");
        var partition = Assert.Single(await Ask(node, name, index));
        Assert.Equal((index, error, hasText), (partition.PartitionIndex, (ErrorCode)partition.ErrorCode, partition.ErrorMessage is not null));
        Assert.Empty(partition.ActiveProducers);
    }

    [Fact]
    public async Task A_partition_named_very_often_is_answered_only_so_often()
    {
        await using var node = new DataNode();
        var topic = node.Topic("t", 2);
        for (var id = 0; id < 20; id++)
        {
            await node.ProduceAsync(topic, 0, Batch(id, 0, 0, 1, 1000));
        }

        var partitions = await Ask(node, "t", [.. new int[2000], 1]);
        Assert.Equal(1 + (Limits.MaxRepeatedEntriesPerAnswer / 20), partitions.Count(p => p.ActiveProducers.Count == 20));
        Assert.Equal((ErrorCode.InvalidRequest, true), ((ErrorCode)partitions[1999].ErrorCode, partitions[1999].ErrorMessage is not null));
        Assert.Equal(ErrorCode.None, (ErrorCode)partitions[2000].ErrorCode);
    }

    private static byte[] Batch(long producerId, short epoch, int sequence, int records, long timestampMs) => DataNode.Batch(
        records, timestampMs: timestampMs, set: b => (b.ProducerId, b.ProducerEpoch, b.BaseSequence) = (producerId, epoch, sequence));

    private static async Task<List<DescribeProducersResponse.TopicResponse.PartitionResponse>> Ask(DataNode node, string topic, params int[] partitions)
    {
        var request = new DescribeProducersRequest { Topics = [new() { Name = topic, PartitionIndexes = [.. partitions] }] };
        var answered = Assert.Single((await node.AskAsync<DescribeProducersRequest, DescribeProducersResponse>(request)).Topics);
        Assert.Equal(topic, answered.Name);
        return answered.Partitions;
    }
}
