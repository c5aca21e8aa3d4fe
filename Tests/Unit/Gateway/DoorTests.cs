using System.Net;
using System.Net.Sockets;
using Federation.Core.Tenancy;
using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Messages;
using Tests.Unit.Node;

namespace Tests.Unit.Gateway;

/// <summary>What the door itself answers and refuses, before any broker is asked.</summary>
public class DoorTests
{
    [Fact]
    public async Task ApiVersions_shows_what_gateway_and_broker_both_serve()
    {
        await using var broker = new FakeBroker
        {
            Versions =
            [
                new() { ApiKey = (short)ApiKey.Produce, MinVersion = 3, MaxVersion = 9 },
                new() { ApiKey = (short)ApiKey.Fetch, MinVersion = 4, MaxVersion = 99 },
                new() { ApiKey = (short)ApiKey.Metadata, MinVersion = 0, MaxVersion = 13 },
                new() { ApiKey = (short)ApiKey.AlterConfigs, MinVersion = 0, MaxVersion = 2 },
                new() { ApiKey = (short)ApiKey.MirrorAppend, MinVersion = 0, MaxVersion = 0 },
            ],
        };
        await using var door = await Door.OpenAsync(broker);
        await using var client = await door.ConnectAsync();
        foreach (short version in new short[] { 0, 3, 4 })
        {
            var answer = await Door.CallAsync<ApiVersionsResponse>(client, version, new ApiVersionsRequest { ClientSoftwareName = "test", ClientSoftwareVersion = "1" });
            Assert.Equal(
                [((short)0, (short)0, (short)9), (1, 4, 18), (3, 0, 13), (18, 0, 5)],
                answer.ApiKeys.Select(a => (a.ApiKey, a.MinVersion, a.MaxVersion)));
            Assert.Equal(-1, answer.FinalizedFeaturesEpoch);
        }

        Assert.Empty(broker.RequestsOf(ApiKey.ApiVersions));
    }

    [Fact]
    public async Task Frames_that_the_transport_refuses_are_counted()
    {
        await using var broker = new FakeBroker();
        await using var door = await Door.OpenAsync(broker);
        await BrokerNodeTests.SendRawAsync(door.Node.EndPoint.Port, -1);
        using var metrics = new StringWriter();
        door.Node.WriteMetrics(metrics);
        Assert.Contains("\nfederation_gateway_bad_requests_total 1\n", metrics.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_is_silent_for_too_long_is_let_go()
    {
        await using var broker = new FakeBroker();
        await using var door = await Door.OpenAsync(broker, maxIdle: TimeSpan.FromMilliseconds(100));
        using var silent = new TcpClient();
        await silent.ConnectAsync(IPAddress.Loopback, door.Node.EndPoint.Port);
        Assert.Equal(0, await silent.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task Brokers_that_there_are_not_keep_the_ids_that_the_client_gave_them()
    {
        await using var broker = new FakeBroker
        {
            Answer = r => new(new CreateTopicsResponse
            {
                Topics =
                [
                    new() { Name = "demo.t", ErrorMessage = $"no broker {string.Join(", ", ((CreateTopicsRequest)r.Message).Topics[0].Assignments[0].BrokerIds)}" },
                ],
            }),
        };
        await using var door = await Door.OpenAsync(broker);
        await using var client = await door.ConnectAsync();
        var answer = await Door.CallAsync<CreateTopicsResponse>(client, 7, new CreateTopicsRequest
        {
            Topics = [new() { Name = "t", NumPartitions = -1, ReplicationFactor = -1, Assignments = [new() { BrokerIds = [7, 8, 7] }] }],
        });
        Assert.Equal("no broker 7, 8, 7", answer.Topics[0].ErrorMessage);
        var asked = ((CreateTopicsRequest)Assert.Single(broker.RequestsOf(ApiKey.CreateTopics)).Message).Topics[0].Assignments[0].BrokerIds;
        Assert.Equal([ToClusterVisitor.NoBroker, ToClusterVisitor.NoBroker - 1, ToClusterVisitor.NoBroker], asked);
    }

    [Theory]
    [InlineData(null, -1, 0)]
    [InlineData(Door.ClusterId, Door.NodeId, 0)]
    [InlineData(Door.ClusterId, 1, 129)]
    [InlineData("real-cluster", Door.NodeId, 129)]
    [InlineData(null, Door.NodeId, 42)]
    [InlineData(Door.ClusterId, -1, 42)]
    public async Task A_client_that_means_another_cluster_is_told(string? clusterId, int nodeId, short error)
    {
        await using var broker = new FakeBroker();
        await using var door = await Door.OpenAsync(broker);
        await using var client = await door.ConnectAsync();
        var answer = await Door.CallAsync<ApiVersionsResponse>(
            client, 5, new ApiVersionsRequest { ClientSoftwareName = "test", ClientSoftwareVersion = "1", ClusterId = clusterId, NodeId = nodeId });
        Assert.Equal(error, answer.ErrorCode);
        Assert.Equal(error == 0, answer.ApiKeys.Count > 0);
    }

    [Theory]
    [InlineData("", "1")]
    [InlineData("a b", "1")]
    [InlineData("ok", "-1")]
    [InlineData("ok", "1\n")]
    public async Task A_bad_software_name_is_an_invalid_request(string name, string version)
    {
        await using var broker = new FakeBroker();
        await using var door = await Door.OpenAsync(broker);
        await using var client = await door.ConnectAsync();
        var answer = await Door.CallAsync<ApiVersionsResponse>(client, 3, new ApiVersionsRequest { ClientSoftwareName = name, ClientSoftwareVersion = version });
        Assert.Equal((short)ErrorCode.InvalidRequest, answer.ErrorCode);
    }

    [Fact]
    public async Task An_unknown_version_of_ApiVersions_is_answered_in_version_0_and_the_connection_stays()
    {
        await using var broker = new FakeBroker();
        await using var door = await Door.OpenAsync(broker);
        await using var client = await door.ConnectAsync();
        var correlationId = client.NextCorrelationId();
        var frame = new FrameWriter();
        frame.BeginFrame();
        new Protocol.Wire.Framing.RequestHeader((short)ApiKey.ApiVersions, 77, correlationId, "test").Write(frame);
        frame.EndFrame();
        using (var raw = await client.SendAsync(frame, correlationId))
        {
            var answer = Door.Read<ApiVersionsResponse>(raw.Bytes[4..], 0);
            Assert.Equal((short)ErrorCode.UnsupportedVersion, answer.ErrorCode);
            Assert.Equal((short)ApiKey.ApiVersions, Assert.Single(answer.ApiKeys).ApiKey);
        }

        Assert.Equal(0, (await Door.CallAsync<ApiVersionsResponse>(client, 0, new ApiVersionsRequest())).ErrorCode);
    }

    [Theory]
    [InlineData(ApiKey.Produce, 2)]
    [InlineData(ApiKey.Produce, 99)]
    [InlineData(ApiKey.SaslHandshake, 1)]
    [InlineData(ApiKey.MirrorOpen, 0)]
    [InlineData(ApiKey.MirrorAppend, 0)]
    [InlineData((ApiKey)4711, 0)]
    [InlineData((ApiKey)(-1), 0)]
    public async Task What_is_not_served_closes_the_connection(ApiKey key, short version)
    {
        await using var broker = new FakeBroker();
        await using var door = await Door.OpenAsync(broker);
        await using var client = await door.ConnectAsync();
        var correlationId = client.NextCorrelationId();
        var frame = new FrameWriter();
        frame.BeginFrame();
        new Protocol.Wire.Framing.RequestHeader((short)key, version, correlationId, "test").Write(frame);
        frame.EndFrame();
        await Assert.ThrowsAsync<IOException>(async () => await client.SendAsync(frame, correlationId));
        Assert.DoesNotContain(broker.Requests, r => r.ClientId == "test");
    }

    [Fact]
    public async Task Names_too_long_and_Kafkas_own_are_refused_in_the_tenants_terms()
    {
        await using var broker = new FakeBroker { Answer = r => new(new CreateTopicsResponse { Topics = ((CreateTopicsRequest)r.Message).Topics.ConvertAll(t => new CreateTopicsResponse.CreatableTopicResult { Name = t.Name }) }) };
        await using var door = await Door.OpenAsync(broker);
        await using var client = await door.ConnectAsync();
        var tooLong = new string('a', 245);
        var answer = await Door.CallAsync<CreateTopicsResponse>(client, 7, new CreateTopicsRequest
        {
            Topics = [new() { Name = tooLong }, new() { Name = "__consumer_offsets" }, new() { Name = "__cluster_metadata" }, new() { Name = new string('a', 244) }],
        });
        var errors = answer.Topics.ToDictionary(t => t.Name, t => ((ErrorCode)t.ErrorCode, t.ErrorMessage));
        Assert.Equal(ErrorCode.InvalidTopicException, errors[tooLong].Item1);
        Assert.Contains("244", errors[tooLong].ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.TopicAlreadyExists, errors["__consumer_offsets"].Item1);
        Assert.Equal(ErrorCode.InvalidRequest, errors["__cluster_metadata"].Item1);
        Assert.Equal(ErrorCode.None, errors[new string('a', 244)].Item1);
        Assert.Equal("demo." + new string('a', 244), Assert.Single(((CreateTopicsRequest)Assert.Single(broker.RequestsOf(ApiKey.CreateTopics)).Message).Topics).Name);
    }

    [Fact]
    public async Task The_clusters_settings_are_no_tenants_to_change()
    {
        await using var broker = new FakeBroker();
        await using var door = await Door.OpenAsync(broker);
        await using var client = await door.ConnectAsync();
        var altered = await Door.CallAsync<IncrementalAlterConfigsResponse>(client, 1, new IncrementalAlterConfigsRequest
        {
            Resources = [new() { ResourceType = 4, ResourceName = "" }, new() { ResourceType = 4, ResourceName = $"{Door.NodeId}" }, new() { ResourceType = 8, ResourceName = "1" }, new() { ResourceType = 3 }],
        });
        Assert.Equal([31, 31, 31, 42], altered.Responses.Select(r => (int)r.ErrorCode));
        var described = await Door.CallAsync<DescribeConfigsResponse>(client, 4, new DescribeConfigsRequest { Resources = [new() { ResourceType = 4, ResourceName = "1" }, new() { ResourceType = 8, ResourceName = "42" }] });
        Assert.Equal([(42, "1"), (31, "42")], described.Results.Select(r => ((int)r.ErrorCode, r.ResourceName)));
        Assert.DoesNotContain(broker.Requests, r => r.ClientId == "test");
    }

    [Fact]
    public async Task A_tenant_sees_one_broker_and_its_own_topics()
    {
        await using var broker = new FakeBroker();
        var id = Guid.NewGuid();
        broker.Topics =
        [
            new() { Name = "__consumer_offsets", TopicId = Guid.NewGuid(), IsInternal = true },
            new() { Name = "acme.orders", TopicId = Guid.NewGuid() },
            new() { Name = "demo.orders", TopicId = id, Partitions = [new() { LeaderId = 1, ReplicaNodes = [1, 2, 3], IsrNodes = [1, 2], OfflineReplicas = [3] }] },
        ];
        await using var door = await Door.OpenAsync(broker);
        await using var client = await door.ConnectAsync("default-metadata");
        var answer = await Door.CallAsync<MetadataResponse>(client, 12, new MetadataRequest { Topics = null });
        var shown = Assert.Single(answer.Brokers);
        Assert.Equal((Door.NodeId, "127.0.0.1", door.Node.EndPoint.Port), (shown.NodeId, shown.Host, shown.Port));
        Assert.Equal((Door.ClusterId, Door.NodeId), (answer.ClusterId, answer.ControllerId));
        var topic = Assert.Single(answer.Topics);
        Assert.Equal("orders", topic.Name);
        Assert.NotEqual(id, topic.TopicId);
        var partition = Assert.Single(topic.Partitions);
        Assert.Equal([Door.NodeId], partition.ReplicaNodes);
        Assert.Equal([Door.NodeId], partition.IsrNodes);
        Assert.Empty(partition.OfflineReplicas);

        // Another tenant's gateway shows another topic, and another id for a topic of the same cluster id.
        await using var other = await Door.OpenAsync(broker, "acme");
        await using var otherClient = await other.ConnectAsync("default-metadata");
        var others = await Door.CallAsync<MetadataResponse>(otherClient, 12, new MetadataRequest { Topics = null });
        Assert.Equal(["orders"], others.Topics.Select(t => t.Name));
        Assert.NotEqual(topic.TopicId, others.Topics[0].TopicId);
    }

    [Fact]
    public async Task Asking_for_an_internal_topic_makes_none()
    {
        await using var broker = new FakeBroker();
        broker.Answer = r => new(r.Message is MetadataRequest ? broker.DefaultMetadata() : null);
        await using var door = await Door.OpenAsync(broker);
        await using var client = await door.ConnectAsync();
        for (short version = 0; version <= 13; version++)
        {
            var answer = await Door.CallAsync<MetadataResponse>(client, version, new MetadataRequest { Topics = [new() { Name = "__consumer_offsets" }] });
            Assert.Equal(("__consumer_offsets", (short)3), Assert.Single(answer.Topics.Select(t => (t.Name, t.ErrorCode))));
        }

        Assert.All(broker.RequestsOf(ApiKey.Metadata).Where(r => r.ClientId == "test"), r => Assert.Empty(((MetadataRequest)r.Message).Topics!));
    }

    [Fact]
    public async Task A_session_that_another_opened_is_not_read()
    {
        await using var broker = new FakeBroker { Answer = r => new(new FetchResponse { SessionId = 7 }) };
        await using var door = await Door.OpenAsync(broker);
        await using var other = await Door.OpenAsync(broker, "acme");
        await using var client = await door.ConnectAsync();
        await using var stranger = await other.ConnectAsync("stranger");
        Assert.Equal(7, (await Door.CallAsync<FetchResponse>(client, 12, new FetchRequest { SessionEpoch = 0 })).SessionId);
        Assert.Equal(0, (await Door.CallAsync<FetchResponse>(client, 12, new FetchRequest { SessionId = 7, SessionEpoch = 1 })).ErrorCode);

        var stolen = await Door.CallAsync<FetchResponse>(stranger, 12, new FetchRequest { SessionId = 7, SessionEpoch = 1 });
        Assert.Equal((short)ErrorCode.FetchSessionIdNotFound, stolen.ErrorCode);
        Assert.DoesNotContain(broker.Requests, r => r.ClientId == "stranger");

        // Nor closed by them: their full fetch opens a session of their own.
        await Door.CallAsync<FetchResponse>(stranger, 12, new FetchRequest { SessionId = 7, SessionEpoch = 0 });
        Assert.Equal(0, ((FetchRequest)broker.Requests.Last(r => r.ClientId == "stranger").Message).SessionId);
    }
}
