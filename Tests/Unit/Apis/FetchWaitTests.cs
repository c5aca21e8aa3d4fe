using Broker.Node;
using Protocol.Wire;
using Protocol.Wire.Messages;
using static Tests.Unit.Apis.FetchApiTests;

namespace Tests.Unit.Apis;

/// <summary>Long polls.</summary>
public class FetchWaitTests
{
    [Theory]
    [InlineData(FlushMode.Os)]
    [InlineData(FlushMode.Batch)]
    public async Task A_fetch_at_the_end_waits_for_a_record(FlushMode flush)
    {
        await using var node = new DataNode(flush);
        var topic = node.Topic("t", 2);
        var waiting = node.Start(Waiting(DataNode.Fetch(topic, (0, 0), (1, 0)), minBytes: 1), 18);
        Assert.False(waiting.IsCompleted);
        await node.ProduceAsync(topic, 1, DataNode.Batch());
        var answer = DataNode.Read<FetchResponse>(await waiting, 18).Responses[0].Partitions;
        Assert.Equal([0, 1], answer.Select(p => p.PartitionIndex));
        Assert.Empty(BaseOffsets(answer[0]));
        Assert.Equal([0], BaseOffsets(answer[1]));
        Assert.Equal(0, node.Wheel.Count);
    }

    [Fact]
    public async Task A_fetch_waits_until_min_bytes_are_there_over_all_partitions()
    {
        await using var node = new DataNode();
        var topic = node.Topic("t", 2);
        var batch = DataNode.Batch(1, 100);
        var waiting = node.Start(Waiting(DataNode.Fetch(topic, (0, 0), (1, 0)), (batch.Length * 3) - 1), 18);
        await node.ProduceAsync(topic, 0, batch.ToArray());
        await node.ProduceAsync(topic, 1, batch.ToArray());
        Assert.False(waiting.IsCompleted);
        await node.ProduceAsync(topic, 0, batch.ToArray());
        var answer = DataNode.Read<FetchResponse>(await waiting, 18).Responses[0].Partitions;
        Assert.Equal([0, 1], BaseOffsets(answer[0]));
        Assert.Equal([0], BaseOffsets(answer[1]));
    }

    [Fact]
    public async Task A_wait_ends_after_max_wait_with_what_there_is()
    {
        await using var node = new DataNode();
        var topic = node.Topic("t");
        await node.ProduceAsync(topic, 0, DataNode.Batch());
        var request = Waiting(DataNode.Fetch(topic, (0, 0)), minBytes: 100_000);
        request.MaxWaitMs = 20;
        Assert.Equal([0], BaseOffsets(Single(await node.AskAsync(request))));
        request = Waiting(DataNode.Fetch(topic, (0, 1)), minBytes: 1);
        request.MaxWaitMs = 20;
        Assert.Empty(BaseOffsets(Single(await node.AskAsync(request))));
    }

    [Fact]
    public async Task What_has_something_to_say_does_not_wait()
    {
        await using var node = new DataNode();
        var topic = node.Topic("t", 2);
        await node.ProduceAsync(topic, 0, DataNode.Batch());
        FetchRequest[] atOnce =
        [
            Waiting(DataNode.Fetch(topic, (0, 0)), minBytes: 1), Waiting(DataNode.Fetch(topic, (0, 1)), minBytes: 0),
            Waiting(DataNode.Fetch(topic, (0, 1), (1, 100)), minBytes: 1), Waiting(DataNode.Fetch(topic, (0, 1), (99, 0)), minBytes: 1),
            Waiting(new FetchRequest { MaxBytes = 100 }, minBytes: 1), DataNode.Fetch(topic, (0, 1)),
            Waiting(DataNode.Fetch(topic, (0, 1)), minBytes: 1, maxWaitMs: -1),
        ];
        foreach (var request in atOnce)
        {
            var answer = node.Start(request, 18);
            Assert.True(answer.IsCompleted);
            DataNode.Read<FetchResponse>(await answer, 18);
        }
    }

    [Fact]
    public async Task Who_waits_for_a_topic_that_is_deleted_is_told()
    {
        await using var node = new DataNode();
        var topic = node.Topic("t");
        var waiting = node.Start(Waiting(DataNode.Fetch(topic, (0, 0)), minBytes: 1), 18);
        node.Partitions.Remove(topic.Id);
        AssertRefused(Single(DataNode.Read<FetchResponse>(await waiting, 18)), ErrorCode.UnknownTopicOrPartition);
        AssertRefused(Single(await node.AskAsync(DataNode.Fetch(topic, (0, 0)))), ErrorCode.UnknownTopicId, listsAborted: true);
    }

    [Fact]
    public async Task A_wait_ends_with_its_connection()
    {
        await using var node = new DataNode();
        using var closed = new CancellationTokenSource();
        var waiting = node.Start(Waiting(DataNode.Fetch(node.Topic("t"), (0, 0)), minBytes: 1), 18, closed.Token);
        Assert.False(waiting.IsCompleted);
        await closed.CancelAsync();
        Assert.Null((await waiting).Frame);
        Assert.Equal(0, node.Wheel.Count);
    }

    [Fact]
    public async Task No_record_is_missed_or_read_twice_by_a_consumer_that_waits()
    {
        await using var node = new DataNode(FlushMode.Batch);
        var topic = node.Topic("t", 3);
        const int Each = 300;
        var producers = Enumerable.Range(0, 3).Select(p => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++)
            {
                await node.ProduceAsync(topic, p, DataNode.Batch());
            }
        })).ToList();
        var next = new long[3];
        while (next.Any(offset => offset < Each))
        {
            var request = Waiting(DataNode.Fetch(topic, [.. next.Select((offset, p) => (p, offset))]), minBytes: 1);
            foreach (var partition in (await node.AskAsync(request).WaitAsync(TimeSpan.FromSeconds(60))).Responses[0].Partitions)
            {
                Assert.Equal(ErrorCode.None, (ErrorCode)partition.ErrorCode);
                foreach (var baseOffset in BaseOffsets(partition))
                {
                    Assert.Equal(next[partition.PartitionIndex]++, baseOffset);
                }
            }
        }

        await Task.WhenAll(producers);
    }
}
