using Tests.World.Harness;
using Xunit;

namespace Tests.World;

/// <summary>Two regions in one process, as `./fed up` runs them, shared by the tests of a class.</summary>
public sealed class TwoRegions : IAsyncLifetime
{
    internal FederationProcess Federation { get; } = new(["eu", "us"]);

    public async ValueTask InitializeAsync() => await Federation.StartAsync();

    public ValueTask DisposeAsync() => Federation.DisposeAsync();
}

/// <summary>
/// The promise of a mirrored topic to unmodified clients: what a client writes through eu, every client reads through us at the same
/// partition and offset, with the same key, value, timestamp and headers.
/// </summary>
public sealed class ClientsTests(TwoRegions world) : IClassFixture<TwoRegions>
{
    [Fact]
    public Task Confluent_dotnet() => SameInBothRegionsAsync("dotnet", new DotNetClient());

    [Fact]
    public Task Kcat() => SameInBothRegionsAsync("kcat", new KcatClient(RealParts.Program("kcat")));

    [Fact]
    public Task Python_confluent() => SameInBothRegionsAsync("pyconfluent", new ScriptClient(RealParts.PythonWith("confluent_kafka"), "confluent_client.py"));

    [Fact]
    public Task Python_kafka() => SameInBothRegionsAsync("pykafka", new ScriptClient(RealParts.PythonWith("kafka"), "kafka_python_client.py"));

    [Fact]
    public Task Kafkajs()
    {
        RealParts.Need(Directory.Exists(Path.Combine(ScriptClient.Folder, "node_modules", "kafkajs")), "kafkajs (npm ci in Tests/World/clients)");
        return SameInBothRegionsAsync("kafkajs", new ScriptClient(RealParts.Program("node"), "kafkajs_client.mjs"));
    }

    [Fact]
    public Task Confluent_javascript()
    {
        // Native: it is built where a compiler and librdkafka's sources are to be had, so it is never required.
        var module = Path.Combine(ScriptClient.Folder, "node_modules", "@confluentinc", "kafka-javascript", "build");
        if (!Directory.Exists(module))
        {
            Assert.Skip("@confluentinc/kafka-javascript has no build for this machine");
        }

        return SameInBothRegionsAsync("jsconfluent", new ScriptClient(RealParts.Program("node"), "kafkajs_client.mjs", new Dictionary<string, string> { ["KAFKA_JS"] = "confluent" }));
    }

    [Fact]
    public Task Java_console_tools()
    {
        RealParts.Program("java");
        return SameInBothRegionsAsync("java", new JavaConsoleClient(RealParts.SharedFile("peers/kafka/bin")));
    }

    private async Task SameInBothRegionsAsync(string name, IClientUnderTest client)
    {
        foreach (var (set, records) in new[] { ("flights", RealData.Flights()), ("zipcodes", RealData.ZipCodes()) })
        {
            var topic = $"{set}-{name}";
            await world.Federation.FedAsync("topic", "create", topic, "--partitions", "6", "--home", "eu", "--mirror", "us");
            await client.ProduceAsync(world.Federation.Gateway("eu"), topic, records);
            var there = await client.ConsumeAsync(world.Federation.Gateway("us"), topic, records.Count);
            var here = await client.ConsumeAsync(world.Federation.Gateway("eu"), topic, records.Count);
            Assert.Equal(here, there);
            Assert.Equal(
                records.Select(r => (Base64(r.Key), Base64(r.Value))).Order(),
                there.Select(r => (r.Key, r.Value)).Order());
            Assert.All(there, r => Assert.StartsWith("client=", r.Headers, StringComparison.Ordinal));
            AssertDense(there);
        }
    }

    private static void AssertDense(List<ReadRecord> records)
    {
        foreach (var partition in records.GroupBy(r => r.Partition))
        {
            Assert.Equal(Enumerable.Range(0, partition.Count()).Select(i => (long)i), partition.Select(r => r.Offset));
        }
    }

    private static string Base64(string text) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));
}
