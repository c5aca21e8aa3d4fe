using System.Net;
using Broker.Node;
using Broker.Node.Listening;
using SchemaRegistry.Service.Log;
using Xunit;

namespace Tests.Registry.Service;

/// <summary>The log over clusters of Kafka's protocol: our own broker, and Apache Kafka where FEDERATION_TEST_KAFKA names one.</summary>
public sealed class KafkaSchemaLogTests : IAsyncLifetime
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("registry-broker");
    private BrokerNode? _own;
    private string _cluster = "";

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        if (_own is not null)
        {
            await _own.DisposeAsync();
        }

        _data.Delete(recursive: true);
    }

    private async Task UseAsync(string cluster)
    {
        if (cluster == "Apache Kafka")
        {
            _cluster = RealParts.KafkaCluster();
            return;
        }

        _own = await BrokerNode.StartAsync(new BrokerOptions
        {
            DataDirectory = _data.FullName,
            Listeners = [new Listener("PLAINTEXT", new IPEndPoint(IPAddress.Loopback, 0), "127.0.0.1", 0)],
        });
        _cluster = $"127.0.0.1:{_own.EndPoints[0].Port}";
    }

    private KafkaSchemaLog Open(string topic) =>
        new(new KafkaSchemaLogOptions { Bootstrap = ["127.0.0.1:1", _cluster], Topic = topic, TimeoutMs = 30_000 });

    private static string NewTopic() => $"demo{Guid.NewGuid():N}._schemas";

    [Theory]
    [InlineData("our broker")]
    [InlineData("Apache Kafka")]
    public async Task What_is_appended_is_read_with_the_offset_it_was_meant_for(string cluster)
    {
        await UseAsync(cluster);
        await using var log = Open(NewTopic());
        var bounds = await OpenAsync(log);
        Assert.Equal(0, bounds.End);
        Assert.Equal(0, await log.AppendAsync([new([1], [2], 5), new([3], null, 6)], 0, default));
        Assert.Equal(2, await log.AppendAsync([new([4], [], 7)], 1, default));
        var records = new List<SchemaLogRecord>();
        for (var next = 0L; next < 3;)
        {
            var page = await log.ReadAsync(next, default);
            records.AddRange(page.Records);
            next = page.Next;
        }

        Assert.Equal([(0L, (long?)0), (1L, 1L), (2L, 1L)], records.Select(record => (record.Offset, record.MeantFor)));
        Assert.Equal([true, true, false], records.Select(record => record.IsValid));
        Assert.Equal([2], records[0].Value);
        Assert.Null(records[1].Value);
        Assert.Equal([5L, 6, 7], records.Select(record => record.TimestampMs));
        var again = await OpenAsync(log);
        Assert.Equal((bounds.Identity, 3L), (again.Identity, again.End));
        await Assert.ThrowsAsync<SchemaLogLostException>(() => log.ReadAsync(100, default));
    }

    [Theory]
    [InlineData("our broker")]
    [InlineData("Apache Kafka")]
    public async Task A_node_keeps_its_schemas_in_the_cluster(string cluster)
    {
        await UseAsync(cluster);
        var topic = NewTopic();
        await using (Open(topic))
        {
        }

        await using (var first = await StartAsync(topic))
        {
            Assert.Equal(1, await first.RegisterAsync("s", "a"));
            (await first.GetAsync("/schemas/ids/1")).Is("{\"schemaType\":\"AVRO\",\"schema\":\"a\"}");
            Assert.Equal(2, await first.RegisterAsync("s", "a b?"));
        }

        await using var second = await StartAsync(topic);
        (await second.GetAsync("/subjects/s/versions")).Is("[1,2]");
        Assert.Equal(3, await second.RegisterAsync("s", "c?"));
    }

    [Theory]
    [InlineData("our broker")]
    [InlineData("Apache Kafka")]
    public async Task Two_nodes_write_to_one_topic(string cluster)
    {
        await UseAsync(cluster);
        var topic = NewTopic();
        await using var one = await StartAsync(topic);
        await using var other = await StartAsync(topic);
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(2 * i + 1, await one.RegisterAsync($"s{i}", $"one{i}"));
            Assert.Equal(2 * i + 2, await other.RegisterAsync($"s{i}", $"one{i} two{i}?"));
        }
    }

    /// <summary>A topic that one region made by itself could not become the copy of another region's.</summary>
    [Fact]
    public async Task A_topic_that_somebody_else_makes_is_waited_for()
    {
        await UseAsync("our broker");
        var topic = NewTopic();
        var options = new KafkaSchemaLogOptions { Bootstrap = [_cluster], Topic = topic };
        await using var waiting = new KafkaSchemaLog(options with { MakesTopic = false });
        for (var i = 0; i < 2; i++)
        {
            var refused = await Assert.ThrowsAsync<IOException>(() => waiting.OpenAsync(default));
            Assert.Contains(nameof(Protocol.Wire.ErrorCode.UnknownTopicOrPartition), refused.Message, StringComparison.Ordinal);
        }

        await using var making = new KafkaSchemaLog(options);
        await OpenAsync(making);
        await OpenAsync(waiting);
    }

    private async Task<RegistryHost> StartAsync(string topic)
    {
        var host = await RegistryHost.StartAsync(options => options with { OpenLog = _ => Open(topic) });
        return await host.CaughtUpAsync();
    }

    /// <summary>A topic that was just made may have no leader yet.</summary>
    private static async Task<SchemaLogBounds> OpenAsync(KafkaSchemaLog log)
    {
        using var giveUp = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            try
            {
                return await log.OpenAsync(giveUp.Token);
            }
            catch (IOException) when (!giveUp.IsCancellationRequested)
            {
                await Task.Yield();
            }
        }
    }
}
