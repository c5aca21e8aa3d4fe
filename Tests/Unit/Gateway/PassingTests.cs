using System.Net;
using Federation.Gateway;
using Kernel;
using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Messages;

namespace Tests.Unit.Gateway;

/// <summary>How requests pass to one broker: order, bytes, and what happens when it is not there.</summary>
public class PassingTests
{
    [Fact]
    public async Task Batches_arrive_unopened_and_in_order()
    {
        await using var broker = new FakeBroker { Answer = r => new(Produced((ProduceRequest)r.Message)) };
        await using var door = await Door.OpenAsync(broker);
        await using var client = await door.ConnectAsync();
        var sent = Enumerable.Range(0, 60).Select(i => Enumerable.Range(0, 1 + (i * 700)).Select(b => (byte)(b + i)).ToArray()).ToList();
        var answers = sent.Select((bytes, i) => Door.CallAsync(client, ApiKey.Produce, 9, Produce(i, bytes))).ToList();
        await Task.WhenAll(answers);
        var arrived = broker.RequestsOf(ApiKey.Produce).Select(r => (ProduceRequest)r.Message).ToList();
        Assert.Equal(sent.Count, arrived.Count);
        for (var i = 0; i < sent.Count; i++)
        {
            var topic = Assert.Single(arrived[i].TopicData);
            Assert.Equal("demo.t", topic.Name);
            Assert.Equal(sent[i], topic.PartitionData[0].Records.Memory.ToArray());
            var answer = Door.Read<ProduceResponse>(await answers[i], 9);
            Assert.Equal(("t", i), (answer.Responses[0].Name, answer.Responses[0].PartitionResponses[0].Index));
        }

        // One connection of the client is one connection to the broker.
        Assert.Single(broker.RequestsOf(ApiKey.Produce).Select(r => r.Connection).Distinct());
    }

    [Fact]
    public async Task Fetched_batches_pass_unopened()
    {
        var records = Enumerable.Range(0, 5_000_000).Select(b => (byte)b).ToArray();
        await using var broker = new FakeBroker
        {
            Answer = r => new(new FetchResponse { Responses = [new() { Topic = "demo.t", Partitions = [new() { Records = new WireRecords(records), PreferredReadReplica = 3 }, new() { PartitionIndex = 1, Records = WireRecords.Empty }] }] }),
        };
        await using var door = await Door.OpenAsync(broker);
        await using var client = await door.ConnectAsync();
        for (var i = 0; i < 10; i++)
        {
            var answer = await Door.CallAsync<FetchResponse>(client, 12, new FetchRequest { RackId = "eu", Topics = [new() { Topic = "t" }] });
            Assert.Equal("t", answer.Responses[0].Topic);
            Assert.True(records.AsSpan().SequenceEqual(answer.Responses[0].Partitions[0].Records.Memory.Span));
            Assert.Equal(-1, answer.Responses[0].Partitions[0].PreferredReadReplica);
        }

        Assert.All(broker.RequestsOf(ApiKey.Fetch), r => Assert.Equal("", ((FetchRequest)r.Message).RackId));
    }

    [Fact]
    public async Task Requests_without_an_answer_are_followed_by_the_close_that_their_error_means()
    {
        await using var broker = new FakeBroker();
        broker.Answer = r => ((ProduceRequest)r.Message).TopicData[0].Name == "demo.bad" ? throw new InvalidOperationException("acks=0 with an error") : default;
        await using var door = await Door.OpenAsync(broker);
        await using var client = await door.ConnectAsync();
        for (var i = 0; i < 20; i++)
        {
            client.SendOneWay(Door.Frame(client, ApiKey.Produce, 9, Produce(i, [1, 2, 3], acks: 0)).Frame);

            // What follows on the same connection is answered, on reused places too.
            Assert.Equal(0, (await Door.CallAsync<ApiVersionsResponse>(client, 0, new ApiVersionsRequest())).ErrorCode);
        }

        Assert.Equal(20, broker.RequestsOf(ApiKey.Produce).Count());
        client.SendOneWay(Door.Frame(client, ApiKey.Produce, 9, Produce(0, [1], acks: 0, topic: "bad")).Frame);
        await client.Ended.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_broker_that_cannot_be_reached_is_a_leader_that_moved()
    {
        await using var broker = new FakeBroker { Answer = r => new(Produced((ProduceRequest)r.Message)) };
        await using var door = await Door.OpenAsync(broker);
        await broker.DieAsync();
        await Door.UntilAsync(() => !door.Node.IsReady);
        Assert.NotNull(door.Node.NotReadyReason);
        await using var client = await door.ConnectAsync();
        var produced = await Door.CallAsync<ProduceResponse>(client, 9, Produce(3, [1, 2]));
        Assert.Equal(("t", 3, (short)ErrorCode.NotLeaderOrFollower), Assert.Single(produced.Responses.Select(t => (t.Name, t.PartitionResponses[0].Index, t.PartitionResponses[0].ErrorCode))));
        var fetched = await Door.CallAsync<FetchResponse>(client, 12, new FetchRequest { Topics = [new() { Topic = "t", Partitions = [new() { Partition = 5 }] }] });
        Assert.Equal((short)ErrorCode.NotLeaderOrFollower, fetched.Responses[0].Partitions[0].ErrorCode);
        Assert.Equal((short)ErrorCode.NotCoordinator, (await Door.CallAsync<HeartbeatResponse>(client, 4, new HeartbeatRequest { GroupId = "g" })).ErrorCode);
        Assert.Equal((short)ErrorCode.CoordinatorNotAvailable, (await Door.CallAsync<FindCoordinatorResponse>(client, 4, new FindCoordinatorRequest { CoordinatorKeys = ["g"] })).Coordinators[0].ErrorCode);

        broker.Revive();
        await Door.UntilAsync(() => door.Node.IsReady);
        var error = (short)-2;
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (error is not 0)
        {
            Assert.False(late.IsCancellationRequested, "the broker that is back gets no records");

            // The client's own retry, until the back-off of the broker has passed.
            error = (await Door.CallAsync<ProduceResponse>(client, 9, Produce(3, [1, 2]))).Responses[0].PartitionResponses[0].ErrorCode;
            Assert.True(error is 0 or (short)ErrorCode.NotLeaderOrFollower);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    public async Task A_broker_that_goes_away_with_requests_unanswered_closes_the_client(int answeredFirst)
    {
        await using var broker = new FakeBroker();
        var arrived = 0;
        broker.Answer = r => Interlocked.Increment(ref arrived) <= answeredFirst ? new(Produced((ProduceRequest)r.Message)) : new(new TaskCompletionSource<IWireMessage?>().Task);
        await using var door = await Door.OpenAsync(broker);
        await using var client = await door.ConnectAsync();
        var calls = Enumerable.Range(0, 8).Select(i => Door.CallAsync(client, ApiKey.Produce, 9, Produce(i, new byte[2000]))).ToList();
        await Door.UntilAsync(() => Volatile.Read(ref arrived) > answeredFirst);
        await broker.DieAsync();
        for (var i = 0; i < calls.Count; i++)
        {
            // What the broker answered is answered; nothing else is.
            if (i < answeredFirst)
            {
                Assert.Equal(0, Door.Read<ProduceResponse>(await calls[i], 9).Responses[0].PartitionResponses[0].ErrorCode);
            }
            else
            {
                await Assert.ThrowsAsync<IOException>(() => calls[i]);
            }
        }
    }

    [Fact]
    public async Task A_client_that_does_not_read_makes_the_gateway_hold_one_large_answer()
    {
        var release = new TaskCompletionSource();
        await using var broker = new FakeBroker();
        broker.Answer = async r =>
        {
            await release.Task;
            return new FetchResponse { Responses = [new() { Topic = "demo.t", Partitions = [new() { Records = new WireRecords(new byte[1000]) }] }] };
        };
        await using var door = await Door.OpenAsync(broker);
        await using var client = await door.ConnectAsync();
        var calls = Enumerable.Range(0, 6).Select(_ => Door.CallAsync(client, ApiKey.Fetch, 12, new FetchRequest { MaxBytes = Limits.MaxFetchBytes, Topics = [new() { Topic = "t" }] })).ToList();
        await Door.UntilAsync(() => broker.RequestsOf(ApiKey.Fetch).Any() && Metrics(door).Contains("api=\"Fetch\"} 6\n", StringComparison.Ordinal));

        // The gateway has taken all six; one has gone on.
        Assert.Single(broker.RequestsOf(ApiKey.Fetch));
        release.SetResult();
        await Task.WhenAll(calls);
        Assert.Equal(6, broker.RequestsOf(ApiKey.Fetch).Count());
    }

    [Fact]
    public async Task A_gateway_starts_before_its_cluster_and_says_why_it_is_not_ready()
    {
        await using var broker = new FakeBroker();
        await broker.DieAsync();
        await using (var hopeless = await Door.OpenAsync(broker, waitReady: false, upstreamTimeout: TimeSpan.FromMilliseconds(1)))
        {
            await using var refused = await hopeless.ConnectAsync();
            await Assert.ThrowsAsync<IOException>(() => Door.CallAsync(refused, ApiKey.ApiVersions, 0, new ApiVersionsRequest()));
        }

        await using var door = await Door.OpenAsync(broker, waitReady: false, upstreamTimeout: TimeSpan.FromSeconds(60));
        Assert.False(door.Node.IsReady);
        await using var early = await door.ConnectAsync();
        var asked = Door.CallAsync<ApiVersionsResponse>(early, 0, new ApiVersionsRequest());
        Assert.False(asked.IsCompleted);
        broker.Revive();
        Assert.Equal(0, (await asked).ErrorCode);
        await Door.UntilAsync(() => door.Node.IsReady);
        Assert.Null(door.Node.NotReadyReason);
        await using var client = await door.ConnectAsync();
        Assert.Equal(0, (await Door.CallAsync<ApiVersionsResponse>(client, 0, new ApiVersionsRequest())).ErrorCode);
        Assert.Contains("federation_gateway_ready{region=\"eu\"} 1\n", Metrics(door), StringComparison.Ordinal);
        Assert.Contains("federation_gateway_requests_total{region=\"eu\",api=\"ApiVersions\"} ", Metrics(door), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bad_settings_and_a_taken_port_are_said()
    {
        await using var broker = new FakeBroker();
        await using var door = await Door.OpenAsync(broker);
        var options = door.Node.Options;
        await Assert.ThrowsAsync<GatewayStartException>(() => GatewayNode.StartAsync(options with { Bind = door.Node.EndPoint }));
        await Assert.ThrowsAsync<GatewayStartException>(() => GatewayNode.StartAsync(options with { Secret = new byte[15] }));
        await Assert.ThrowsAsync<GatewayStartException>(() => GatewayNode.StartAsync(options with { Tenant = new("Bad_name") }));
        await Assert.ThrowsAsync<GatewayStartException>(() => GatewayNode.StartAsync(options with { Bootstrap = Array.Empty<DnsEndPoint>() }));
    }

    private static string Metrics(Door door)
    {
        using var metrics = new StringWriter();
        door.Node.WriteMetrics(metrics, "region=\"eu\"");
        return metrics.ToString();
    }

    internal static ProduceRequest Produce(int partition, byte[] records, short acks = -1, string topic = "t") =>
        new() { Acks = acks, TopicData = [new() { Name = topic, PartitionData = [new() { Index = partition, Records = new WireRecords(records) }] }] };

    internal static ProduceResponse Produced(ProduceRequest request) => new()
    {
        Responses = request.TopicData.ConvertAll(t => new ProduceResponse.TopicProduceResponse
        {
            Name = t.Name,
            PartitionResponses = t.PartitionData.ConvertAll(p => new ProduceResponse.TopicProduceResponse.PartitionProduceResponse { Index = p.Index, BaseOffset = p.Records.LengthBytes }),
        }),
    };
}
