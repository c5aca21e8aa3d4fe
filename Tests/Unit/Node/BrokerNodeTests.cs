using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Broker.Core.Metadata;
using Broker.Node;
using Broker.Node.Listening;
using Protocol.Transport;
using Protocol.Wire.Messages;
using Tests.Unit.Metadata;
using Tests.Unit.Partitions;

namespace Tests.Unit.Node;

public sealed class BrokerNodeTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("node-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private BrokerOptions Options(int port = 0) => new()
    {
        DataDirectory = _directory,
        Listeners = [new Listener("PLAINTEXT", new IPEndPoint(IPAddress.Loopback, port), "127.0.0.1", 0)],
    };

    [Fact]
    public async Task Serves_what_it_says_on_the_port_that_it_took()
    {
        await using var node = await BrokerNode.StartAsync(Options());
        await using var client = await FrameClient.ConnectAsync("127.0.0.1", node.EndPoints[0].Port, "test");
        using var versions = await client.CallAsync<ApiVersionsRequest, ApiVersionsResponse>(new() { ClientSoftwareName = "t", ClientSoftwareVersion = "1" }, 4);
        Assert.Equal(node.Apis.Public.Count(), versions.Message.ApiKeys.Count);
        using var metadata = await client.CallAsync<MetadataRequest, MetadataResponse>(new() { Topics = null }, 13);
        Assert.Equal((node.ClusterId, node.EndPoints[0].Port), (metadata.Message.ClusterId, Assert.Single(metadata.Message.Brokers).Port));

        using var text = new StringWriter();
        node.WriteMetrics(text, "region=\"eu\"");
        Assert.Contains("broker_connections{region=\"eu\"} 1\n", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keeps_its_cluster_and_topics_and_raises_the_leader_epoch()
    {
        string cluster;
        Guid id;
        await using (var node = await BrokerNode.StartAsync(Options()))
        {
            cluster = node.ClusterId;
            await node.Metadata.ExecuteAsync(new ClusterCommand.CreateTopics([Ledgers.Topic("t", 2)], false, 1));
            id = node.Metadata.Image.Find("t")!.Id;
            Assert.Equal(0, node.Partitions.Find("t", 1)!.LeaderEpoch);
        }

        await using var again = await BrokerNode.StartAsync(Options());
        Assert.Equal((cluster, id), (again.ClusterId, again.Metadata.Image.Find("t")!.Id));
        Assert.Equal(1, again.Partitions.Find("t", 1)!.LeaderEpoch);
    }

    [Fact]
    public async Task Settings_reach_the_partitions_and_deleted_topics_leave_them()
    {
        await using var node = await BrokerNode.StartAsync(Options());
        await node.Metadata.ExecuteAsync(new ClusterCommand.CreateTopics([Ledgers.Topic("t")], false, 1));
        await node.Metadata.ExecuteAsync(new ClusterCommand.AlterConfigs([new ConfigChanges(4, "", [Ledgers.Set("log.retention.ms", "5")])], false));
        Assert.Equal(TimeSpan.FromMilliseconds(5), node.Partitions.FindTopic("t")!.Settings.RetentionAge);
        await node.Metadata.ExecuteAsync(new ClusterCommand.AlterConfigs([new ConfigChanges(2, "t", [Ledgers.Set("retention.ms", "6")])], false));
        Assert.Equal(TimeSpan.FromMilliseconds(6), node.Partitions.FindTopic("t")!.Settings.RetentionAge);
        await node.Metadata.ExecuteAsync(new ClusterCommand.CreatePartitions([new MorePartitions("t", 3, null)], false));
        Assert.Equal(3, node.Partitions.FindTopic("t")!.Partitions.Count);
        await node.Metadata.ExecuteAsync(new ClusterCommand.DeleteTopics([new TopicReference("t", Guid.Empty)]));
        Assert.Null(node.Partitions.FindTopic("t"));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public async Task Frames_that_the_transport_refuses_are_counted(int length)
    {
        await using var node = await BrokerNode.StartAsync(Options());
        await SendRawAsync(node.EndPoints[0].Port, length);
        Assert.Equal(1, node.Metrics.Refused);
    }

    /// <summary>Sends a frame's length, and returns when the server has closed the connection.</summary>
    internal static async Task SendRawAsync(int port, int length)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, length);
        await client.GetStream().WriteAsync(bytes);
        Assert.Equal(0, await client.GetStream().ReadAsync(bytes));
    }

    [Fact]
    public async Task Properties_bound_fetches_their_sessions_and_the_pace_of_retention()
    {
        await using var node = await BrokerNode.StartAsync(Options() with
        {
            Properties = new Dictionary<string, string>
            {
                ["fetch.max.bytes"] = "1024",
                ["max.incremental.fetch.session.cache.slots"] = "1",
                ["log.retention.check.interval.ms"] = "9223372036854775807",
                ["offsets.retention.check.interval.ms"] = "9223372036854775807",
            },
        });
        Assert.Equal(TimeSpan.MaxValue, node.Partitions.Options.RetentionCheckInterval);
        await node.Metadata.ExecuteAsync(new ClusterCommand.CreateTopics([Ledgers.Topic("t")], false, 1));
        var partition = node.Partitions.Find("t", 0)!;
        for (var i = 0; i < 3; i++)
        {
            await PartitionWorld.AppendAsync(partition, PartitionWorld.Batch(valueBytes: 500));
        }

        await using var client = await FrameClient.ConnectAsync("127.0.0.1", node.EndPoints[0].Port, "test");
        foreach (var hasSession in (bool[])[true, false])
        {
            using var answer = await client.CallAsync<FetchRequest, FetchResponse>(
                new()
                {
                    MaxBytes = int.MaxValue,
                    SessionEpoch = 0,
                    Topics = [new() { Topic = "t", Partitions = [new() { PartitionMaxBytes = int.MaxValue, CurrentLeaderEpoch = -1 }] }],
                },
                12);
            Assert.Equal(hasSession, answer.Message.SessionId != 0);
            Assert.InRange(answer.Message.Responses[0].Partitions[0].Records.LengthBytes, 500, 1024);
        }
    }

    [Fact]
    public async Task A_second_broker_on_the_directory_is_refused_and_the_first_is_not_disturbed()
    {
        await using var node = await BrokerNode.StartAsync(Options());
        var refusal = await Assert.ThrowsAsync<BrokerStartException>(() => BrokerNode.StartAsync(Options()));
        Assert.Contains(_directory, refusal.Message, StringComparison.Ordinal);
        await using var client = await FrameClient.ConnectAsync("127.0.0.1", node.EndPoints[0].Port, "test");
    }

    [Fact]
    public async Task A_taken_port_is_named_and_the_directory_is_free_again()
    {
        await using (var node = await BrokerNode.StartAsync(Options()))
        {
            var other = Path.Combine(_directory, "other");
            var refusal = await Assert.ThrowsAsync<BrokerStartException>(() => BrokerNode.StartAsync(Options(node.EndPoints[0].Port) with { DataDirectory = other }));
            Assert.Contains(node.EndPoints[0].ToString(), refusal.Message, StringComparison.Ordinal);
            await using var free = await BrokerNode.StartAsync(Options() with { DataDirectory = other });
        }
    }

    [Fact]
    public async Task Another_cluster_or_a_bad_property_is_refused()
    {
        await using (await BrokerNode.StartAsync(Options() with { ClusterId = "one" }))
        {
        }

        var cluster = await Assert.ThrowsAsync<BrokerStartException>(() => BrokerNode.StartAsync(Options() with { ClusterId = "two" }));
        Assert.Contains("one", cluster.Message, StringComparison.Ordinal);
        var property = await Assert.ThrowsAsync<BrokerStartException>(() => BrokerNode.StartAsync(Options() with { Properties = new Dictionary<string, string> { ["no.such"] = "1" } }));
        Assert.Contains("no.such", property.Message, StringComparison.Ordinal);
    }
}
