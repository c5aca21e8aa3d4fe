using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Messages;

namespace Tests.Unit.Gateway;

/// <summary>Several brokers behind one virtual broker: requests go to leaders and coordinators, answers come back as one.</summary>
public class ManyBrokersTests
{
    [Fact]
    public async Task Produce_is_divided_by_leader_and_the_later_entry_stays_the_later()
    {
        await using var cluster = new Cluster(3);
        cluster.AnswerAll(r => new(r.Message is ProduceRequest p ? PassingTests.Produced(p) : null));
        await using var door = await Door.OpenAsync(cluster.Brokers[0]);
        await using var client = await cluster.ClientAsync(door);
        var request = new ProduceRequest
        {
            Acks = -1,
            TopicData =
            [
                new() { Name = "t", PartitionData = [.. new[] { 0, 1, 2, 3, 1 }.Select((p, i) => new ProduceRequest.TopicProduceData.PartitionProduceData { Index = p, Records = new WireRecords(new byte[1 + i]) })] },
                new() { Name = "unknown", PartitionData = [new() { Records = new WireRecords(new byte[9]) }] },
            ],
        };
        var answer = await Door.CallAsync<ProduceResponse>(client, 9, request);
        foreach (var broker in cluster.Brokers)
        {
            var mine = ((ProduceRequest)Assert.Single(broker.RequestsOf(ApiKey.Produce)).Message).TopicData.Where(t => t.Name == "demo.t").SelectMany(t => t.PartitionData).ToList();
            Assert.All(mine, p => Assert.Equal(broker.NodeId, Cluster.Leader(p.Index)));
        }

        var twice = ((ProduceRequest)cluster.Brokers[1].RequestsOf(ApiKey.Produce).Single().Message).TopicData[0].PartitionData;
        Assert.Equal([2, 5], twice.Where(p => p.Index == 1).Select(p => p.Records.LengthBytes));
        Assert.Equal([0, 1, 1, 2, 3], answer.Responses.Where(t => t.Name == "t").SelectMany(t => t.PartitionResponses).Select(p => p.Index).Order());
        Assert.Single(answer.Responses, t => t.Name == "unknown");
    }

    [Fact]
    public async Task A_dead_broker_costs_its_partitions_and_no_others()
    {
        await using var cluster = new Cluster(3);
        cluster.AnswerAll(r => new(r.Message is ProduceRequest p ? PassingTests.Produced(p) : null));
        await using var door = await Door.OpenAsync(cluster.Brokers[0]);
        await using var client = await cluster.ClientAsync(door);
        await cluster.Brokers[2].DieAsync();
        var answer = await Door.CallAsync<ProduceResponse>(client, 9, new ProduceRequest
        {
            Acks = -1,
            TopicData = [new() { Name = "t", PartitionData = [.. Enumerable.Range(0, 6).Select(p => new ProduceRequest.TopicProduceData.PartitionProduceData { Index = p, Records = new WireRecords(new byte[1]) })] }],
        });
        Assert.All(answer.Responses.SelectMany(t => t.PartitionResponses), p => Assert.Equal(Cluster.Leader(p.Index) == 3 ? (short)ErrorCode.NotLeaderOrFollower : 0, p.ErrorCode));
        Assert.Equal(6, answer.Responses.Sum(t => t.PartitionResponses.Count));
    }

    [Fact]
    public async Task A_fetch_is_answered_by_the_first_broker_with_data_and_the_others_go_on_waiting()
    {
        await using var cluster = new Cluster(2);
        var quiet = new TaskCompletionSource<IWireMessage?>();
        cluster.Brokers[0].Answer = r => new(Fetched((FetchRequest)r.Message, 10));
        cluster.Brokers[1].Answer = r => new(quiet.Task);
        await using var door = await Door.OpenAsync(cluster.Brokers[0]);
        await using var client = await cluster.ClientAsync(door);
        for (var offset = 0; offset < 5; offset++)
        {
            // Partition 0 moves on, partition 1 stands still.
            var answer = await Door.CallAsync<FetchResponse>(client, 12, Fetch(offset, 0));
            var partitions = answer.Responses.SelectMany(t => t.Partitions).ToDictionary(p => p.PartitionIndex);
            Assert.Equal(10, partitions[0].Records.LengthBytes);
            Assert.Equal((0, (short)0), (partitions[1].Records.LengthBytes, partitions[1].ErrorCode));
            Assert.Equal(0, answer.SessionId);
        }

        Assert.Equal(5, cluster.Brokers[0].RequestsOf(ApiKey.Fetch).Count());
        var waiting = (FetchRequest)Assert.Single(cluster.Brokers[1].RequestsOf(ApiKey.Fetch)).Message;

        // What the second broker then has reaches the client with its next fetch, though that was asked before.
        cluster.Brokers[0].Answer = r => new(Fetched((FetchRequest)r.Message, 0));
        quiet.SetResult(Fetched(waiting, 20));
        var last = await Door.CallAsync<FetchResponse>(client, 12, Fetch(5, 0));
        Assert.Equal(20, last.Responses.SelectMany(t => t.Partitions).Single(p => p.PartitionIndex == 1).Records.LengthBytes);
        Assert.Single(cluster.Brokers[1].RequestsOf(ApiKey.Fetch));
    }

    [Fact]
    public async Task A_fetch_that_moved_on_does_not_get_what_the_older_one_asked_for()
    {
        await using var cluster = new Cluster(2);
        var quiet = new TaskCompletionSource<IWireMessage?>();
        cluster.Brokers[0].Answer = r => new(Fetched((FetchRequest)r.Message, 10));
        cluster.Brokers[1].Answer = r => r.Message is FetchRequest f && f.Topics[0].Partitions[0].FetchOffset == 0 ? new(quiet.Task) : new(Fetched((FetchRequest)r.Message, 30));
        await using var door = await Door.OpenAsync(cluster.Brokers[0]);
        await using var client = await cluster.ClientAsync(door);
        await Door.CallAsync<FetchResponse>(client, 12, Fetch(0, 0));
        cluster.Brokers[0].Answer = r => new(Fetched((FetchRequest)r.Message, 0));
        var moved = Door.CallAsync<FetchResponse>(client, 12, Fetch(1, 7));
        quiet.SetResult(Fetched(Fetch(0, 0), 20));
        Assert.Equal(30, (await moved).Responses.SelectMany(t => t.Partitions).Single(p => p.PartitionIndex == 1).Records.LengthBytes);
    }

    [Fact]
    public async Task Sessions_end_where_one_request_becomes_several()
    {
        await using var cluster = new Cluster(2);
        cluster.AnswerAll(r => new(Fetched((FetchRequest)r.Message, 1)));
        await using var door = await Door.OpenAsync(cluster.Brokers[0]);
        await using var client = await cluster.ClientAsync(door);
        var opening = Fetch(0, 0);
        opening.SessionEpoch = 0;
        Assert.Equal(0, (await Door.CallAsync<FetchResponse>(client, 12, opening)).SessionId);
        Assert.All(cluster.Brokers.SelectMany(b => b.RequestsOf(ApiKey.Fetch)), r => Assert.Equal((0, -1), (((FetchRequest)r.Message).SessionId, ((FetchRequest)r.Message).SessionEpoch)));
        var going = Fetch(0, 0);
        (going.SessionId, going.SessionEpoch) = (9, 1);
        Assert.Equal((short)ErrorCode.FetchSessionIdNotFound, (await Door.CallAsync<FetchResponse>(client, 12, going)).ErrorCode);
    }

    [Fact]
    public async Task Groups_go_to_their_coordinators_and_are_listed_from_all()
    {
        await using var cluster = new Cluster(3);
        cluster.AnswerAll((broker, r) => new(r.Message switch
        {
            FindCoordinatorRequest f => new FindCoordinatorResponse { Coordinators = f.CoordinatorKeys.ConvertAll(k => new FindCoordinatorResponse.Coordinator { Key = k, NodeId = k[^1] - '0', Host = "x", Port = 1 }) },
            HeartbeatRequest => new HeartbeatResponse(),
            DescribeGroupsRequest d => new DescribeGroupsResponse { Groups = d.Groups.ConvertAll(g => new DescribeGroupsResponse.DescribedGroup { GroupId = g, GroupState = $"at {broker.NodeId}" }) },
            ListGroupsRequest => new ListGroupsResponse { Groups = [new() { GroupId = $"demo.g{broker.NodeId}" }, new() { GroupId = "acme.g" }] },
            _ => null,
        }));
        await using var door = await Door.OpenAsync(cluster.Brokers[0]);
        await using var client = await cluster.ClientAsync(door);
        Assert.Equal((short)ErrorCode.NotCoordinator, (await Door.CallAsync<HeartbeatResponse>(client, 4, new HeartbeatRequest { GroupId = "g3" })).ErrorCode);
        var found = await Door.CallAsync<FindCoordinatorResponse>(client, 4, new FindCoordinatorRequest { CoordinatorKeys = ["g1", "g2", "g3"] });
        Assert.All(found.Coordinators, c => Assert.Equal((Door.NodeId, door.Node.EndPoint.Port), (c.NodeId, c.Port)));
        Assert.Equal(0, (await Door.CallAsync<HeartbeatResponse>(client, 4, new HeartbeatRequest { GroupId = "g3" })).ErrorCode);
        Assert.Single(cluster.Brokers[2].RequestsOf(ApiKey.Heartbeat));
        var described = await Door.CallAsync<DescribeGroupsResponse>(client, 5, new DescribeGroupsRequest { Groups = ["g1", "g2", "g3", "g9"] });
        Assert.Equal([("g1", "at 1", 0), ("g2", "at 2", 0), ("g3", "at 3", 0), ("g9", "", 16)], described.Groups.Select(g => (g.GroupId, g.GroupState, (int)g.ErrorCode)).Order());
        var listed = await Door.CallAsync<ListGroupsResponse>(client, 4, new ListGroupsRequest());
        Assert.Equal(["g1", "g2", "g3"], listed.Groups.Select(g => g.GroupId).Order());
    }

    private static FetchRequest Fetch(long first, long second) => new()
    {
        MaxWaitMs = 60_000,
        MinBytes = 1,
        Topics = [new() { Topic = "t", Partitions = [new() { Partition = 0, FetchOffset = first, PartitionMaxBytes = 100 }, new() { Partition = 1, FetchOffset = second, PartitionMaxBytes = 100 }] }],
    };

    private static FetchResponse Fetched(FetchRequest request, int bytes) => new()
    {
        Responses = request.Topics.ConvertAll(t => new FetchResponse.FetchableTopicResponse
        {
            Topic = t.Topic.StartsWith("demo.", StringComparison.Ordinal) ? t.Topic : "demo." + t.Topic,
            Partitions = [.. t.Partitions.Where(p => p.Partition < 2).Select(p => new FetchResponse.FetchableTopicResponse.PartitionData { PartitionIndex = p.Partition, HighWatermark = 5, Records = new WireRecords(new byte[bytes]) })],
        }),
    };

    /// <summary>Brokers 1 to n; partition p of topic "t" is led by broker 1 + p modulo 3.</summary>
    private sealed class Cluster : IAsyncDisposable
    {
        public Cluster(int size)
        {
            for (var i = 1; i <= size; i++)
            {
                _ = new FakeBroker(i, Brokers);
            }

            var topic = new MetadataResponse.MetadataResponseTopic
            {
                Name = "demo.t",
                TopicId = Guid.NewGuid(),
                Partitions = [.. Enumerable.Range(0, 6).Select(p => new MetadataResponse.MetadataResponseTopic.MetadataResponsePartition { PartitionIndex = p, LeaderId = Leader(p), LeaderEpoch = 1 })],
            };
            Brokers.ForEach(b => b.Topics = [topic]);
        }

        public List<FakeBroker> Brokers { get; } = [];

        public static int Leader(int partition) => 1 + (partition % 3);

        public void AnswerAll(Func<FakeBroker.Received, ValueTask<IWireMessage?>> answer) => Brokers.ForEach(b => b.Answer = answer);

        public void AnswerAll(Func<FakeBroker, FakeBroker.Received, ValueTask<IWireMessage?>> answer) => Brokers.ForEach(b => b.Answer = r => answer(b, r));

        /// <summary>A client that has asked for Metadata, as clients do before anything else.</summary>
        public async Task<FrameClient> ClientAsync(Door door)
        {
            var client = await door.ConnectAsync("default-metadata");
            await Door.CallAsync<MetadataResponse>(client, 12, new MetadataRequest { Topics = [new() { Name = "t" }] });
            return client;
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var broker in Brokers)
            {
                await broker.DisposeAsync();
            }
        }
    }
}
