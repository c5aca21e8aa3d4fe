using System.Net;
using Broker.Core.Metadata;
using Broker.Node;
using Broker.Node.Listening;
using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Messages;
using Tests.Unit.Metadata;
using Tests.Unit.Partitions;

namespace Tests.Unit.Node;

/// <summary>The source of a copy was started more often than the broker that has the copy: its batches have higher leader epochs than that broker's own.</summary>
public sealed class CopyEpochTests : IDisposable
{
    private const int SourceEpoch = 3;
    private readonly string _directory = Directory.CreateTempSubdirectory("node-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Clients_may_read_a_copy_with_the_epoch_that_they_are_told()
    {
        await using (var node = await StartAsync())
        {
            await node.Metadata.ExecuteAsync(
                new ClusterCommand.CreateTopics([Ledgers.Topic("t") with { Mirror = new MirrorOrigin("eu", FencingEpoch: 1) }], false, 1));
            await ReadAsync(node, epoch: 0, end: 0);
            var outcome = node.Partitions.Find("t", 0)!.AppendMirrored(PartitionWorld.Batch(leaderEpoch: SourceEpoch), fencingEpoch: 1, sourceLogStartOffset: 0);
            Assert.Equal(ErrorCode.None, outcome.Error);
            await ReadAsync(node, SourceEpoch, end: 1);
        }

        // Nobody has opened the log when the first client asks.
        await using var again = await StartAsync();
        await ReadAsync(again, SourceEpoch, end: 1);
    }

    [Fact]
    public async Task A_copy_of_which_all_is_deleted_keeps_its_epoch()
    {
        await using (var node = await StartAsync())
        {
            await node.Metadata.ExecuteAsync(
                new ClusterCommand.CreateTopics([Ledgers.Topic("t") with { Mirror = new MirrorOrigin("eu", FencingEpoch: 1) }], false, 1));
            var copy = node.Partitions.Find("t", 0)!;
            Assert.Equal(ErrorCode.None, copy.AppendMirrored(PartitionWorld.Batch(leaderEpoch: SourceEpoch), 1, sourceLogStartOffset: 0).Error);
            Assert.Equal(ErrorCode.None, copy.AppendMirrored(default, 1, sourceLogStartOffset: 1).Error);
            Assert.Equal((1, 1), (copy.LogStartOffset, copy.LogEndOffset));
            await ReadAsync(node, SourceEpoch, end: 1, from: 1);
        }

        await using var again = await StartAsync();
        await ReadAsync(again, SourceEpoch, end: 1, from: 1);
    }

    /// <summary>
    /// The broker that has the copy was started more often than the source's. A consumer at the end checks its position by the epoch that it was given
    /// with it (KIP-320), and would begin elsewhere if that were none of the log's.
    /// </summary>
    [Fact]
    public async Task A_position_at_the_end_of_a_copy_outlives_restarts()
    {
        for (var start = 0; start < 3; start++)
        {
            await using var node = await StartAsync();
            if (start == 0)
            {
                await node.Metadata.ExecuteAsync(
                    new ClusterCommand.CreateTopics([Ledgers.Topic("t") with { Mirror = new MirrorOrigin("eu", FencingEpoch: 1) }], false, 1));
                Assert.Equal(-1, await EpochAtEndAsync(node, start, end: 0));
                Assert.Equal(ErrorCode.None, node.Partitions.Find("t", 0)!.AppendMirrored(PartitionWorld.Batch(leaderEpoch: 0), 1, 0).Error);
            }

            Assert.Equal(0, await EpochAtEndAsync(node, start, end: 1));
            await using var client = await FrameClient.ConnectAsync("127.0.0.1", node.EndPoints[0].Port, "test");
            using var checkedEnd = await client.CallAsync<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>(
                new() { ReplicaId = -2, Topics = [new() { Topic = "t", Partitions = [new() { CurrentLeaderEpoch = start, LeaderEpoch = 0 }] }] }, 4);
            var found = checkedEnd.Message.Topics[0].Partitions[0];
            Assert.Equal((ErrorCode.None, 0, 1), ((ErrorCode)found.ErrorCode, found.LeaderEpoch, found.EndOffset));
        }
    }

    private static async Task<int> EpochAtEndAsync(BrokerNode node, int current, long end)
    {
        await using var client = await FrameClient.ConnectAsync("127.0.0.1", node.EndPoints[0].Port, "test");
        using var offsets = await client.CallAsync<ListOffsetsRequest, ListOffsetsResponse>(
            new() { Topics = [new() { Name = "t", Partitions = [new() { CurrentLeaderEpoch = current, Timestamp = -1 }] }] }, 7);
        var found = offsets.Message.Topics[0].Partitions[0];
        Assert.Equal((ErrorCode.None, end), ((ErrorCode)found.ErrorCode, found.Offset));
        return found.LeaderEpoch;
    }

    private static async Task ReadAsync(BrokerNode node, int epoch, long end, long from = 0)
    {
        await using var client = await FrameClient.ConnectAsync("127.0.0.1", node.EndPoints[0].Port, "test");
        using var metadata = await client.CallAsync<MetadataRequest, MetadataResponse>(new() { Topics = [new() { Name = "t" }] }, 9);
        Assert.Equal(epoch, metadata.Message.Topics[0].Partitions[0].LeaderEpoch);
        using var described = await client.CallAsync<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse>(
            new() { Topics = [new() { Name = "t" }], ResponsePartitionLimit = 1 }, 0);
        Assert.Equal(epoch, described.Message.Topics[0].Partitions[0].LeaderEpoch);

        using var offsets = await client.CallAsync<ListOffsetsRequest, ListOffsetsResponse>(
            new() { Topics = [new() { Name = "t", Partitions = [new() { CurrentLeaderEpoch = epoch, Timestamp = -1 }] }] }, 7);
        var found = offsets.Message.Topics[0].Partitions[0];
        Assert.Equal((ErrorCode.None, end), ((ErrorCode)found.ErrorCode, found.Offset));
        using var fetched = await client.CallAsync<FetchRequest, FetchResponse>(
            new()
            {
                MaxBytes = int.MaxValue,
                SessionEpoch = -1,
                Topics = [new() { Topic = "t", Partitions = [new() { CurrentLeaderEpoch = epoch, FetchOffset = from, PartitionMaxBytes = int.MaxValue }] }],
            },
            12);
        var read = fetched.Message.Responses[0].Partitions[0];
        Assert.Equal((ErrorCode.None, end), ((ErrorCode)read.ErrorCode, read.HighWatermark));
    }

    private Task<BrokerNode> StartAsync() => BrokerNode.StartAsync(new BrokerOptions
    {
        DataDirectory = _directory,
        Listeners = [new Listener("PLAINTEXT", new IPEndPoint(IPAddress.Loopback, 0), "127.0.0.1", 0)],
        Flush = FlushMode.Os,
    });
}
