using System.Buffers.Binary;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tests.World.Harness;
using Xunit;

namespace Tests.World;

/// <summary>Two regions for the schema registry's clients. Consumer groups do not wait for more members.</summary>
public sealed class TwoRegistries : IAsyncLifetime
{
    internal FederationProcess Federation { get; } = new(["eu", "us"], "--set", "group.initial.rebalance.delay.ms=0");

    public async ValueTask InitializeAsync() => await Federation.StartAsync();

    public ValueTask DisposeAsync() => Federation.DisposeAsync();
}

/// <summary>
/// Unmodified schema registry clients: each uses the whole of its API against the region that writes and against one that forwards, and what
/// one client serializes through a region, every client deserializes through another.
/// </summary>
public sealed class RegistryClientsTests(TwoRegistries world) : IClassFixture<TwoRegistries>
{
    private const int Flights = 60;

    /// <summary>What a client can write. Topics with -ref hold schemas with references, those with -guid name schemas by GUID in a header.</summary>
    private static readonly Dictionary<string, string[]> Written = new()
    {
        ["confluent"] = ["avro", "avro-ref", "avro-guid", "protobuf", "protobuf-guid", "json", "json-ref", "json-guid"],
        ["kafkajs"] = ["avro", "avro-ref", "protobuf", "json", "json-ref"],
        ["python"] = ["avro", "protobuf", "json"],
    };

    [Theory]
    [InlineData("confluent", "eu")]
    [InlineData("confluent", "us")]
    [InlineData("kafkajs", "eu")]
    [InlineData("kafkajs", "us")]
    [InlineData("python", "eu")]
    [InlineData("python", "us")]
    public Task The_api(string client, string region) =>
        RegistryScript.Named(client).ApiAsync(world.Federation.Registry(region), $"api-{client}-{region}");

    [Fact]
    public async Task What_a_client_serializes_in_one_region_all_deserialize_in_another()
    {
        var clients = Written.Keys.ToDictionary(name => name, RegistryScript.Named);
        var flights = SomeFlights();
        var topics = Written.SelectMany(each => each.Value.Select(format => $"{each.Key}-{format}")).ToList();
        foreach (var topic in topics)
        {
            await world.Federation.CreateTopicAsync(topic);
        }

        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, flights.ToJsonString());
            await Task.WhenAll(clients.Select(each => each.Value.WriteAsync(world.Federation.Gateway("eu"), world.Federation.Registry("eu"), each.Key, file)));
        }
        finally
        {
            File.Delete(file);
        }

        var schemas = await SchemasInAsync("us", topics);
        var reads = clients.Select(async each =>
        {
            var mine = topics.Where(topic => CanRead(each.Key, topic)).ToList();
            var lines = await each.Value.ReadAsync(world.Federation.Gateway("us"), world.Federation.Registry("us"), Flights, mine);
            AssertRead(each.Key, lines, mine, schemas, flights);
        });
        await Task.WhenAll(reads);

        // The same schema has the same id, whoever brings it. kafkajs sends Protobuf as text, whose type names are another content than a descriptor's.
        foreach (var format in new[] { "avro", "protobuf", "json" })
        {
            Assert.Single(Written.Keys.Where(name => (name, format) != ("kafkajs", "protobuf")).Select(name => schemas[$"{name}-{format}"].Id).Distinct());
        }
    }

    /// <summary>
    /// kafkajs leaves out the message index that Protobuf records begin with, so only itself can read what it writes. It and Debian's Python
    /// client know no GUIDs in headers, and the latter no references in Avro and JSON.
    /// </summary>
    private static bool CanRead(string reader, string topic) => reader switch
    {
        "confluent" => topic != "kafkajs-protobuf",
        "kafkajs" => !topic.EndsWith("-guid", StringComparison.Ordinal),
        _ => topic != "kafkajs-protobuf" && !topic.EndsWith("-guid", StringComparison.Ordinal) && !topic.EndsWith("-ref", StringComparison.Ordinal),
    };

    private static void AssertRead(string reader, string[] lines, List<string> topics, Dictionary<string, (int Id, Guid Guid)> schemas, JsonArray flights)
    {
        var records = lines.Select(line => JsonNode.Parse(line)!).GroupBy(record => (string)record["topic"]!).ToDictionary(group => group.Key, group => group.ToList());
        Assert.Equal(topics.Order(StringComparer.Ordinal), records.Keys.Order(StringComparer.Ordinal));
        foreach (var (topic, read) in records)
        {
            Assert.Equal(Enumerable.Range(0, Flights), read.Select(record => (int)record["offset"]!));
            for (var i = 0; i < Flights; i++)
            {
                Assert.True(JsonNode.DeepEquals(flights[i], read[i]["flight"]), $"{reader} read in {topic} at {i}: {read[i]["flight"]}, written was {flights[i]}");
                AssertNamesSchema(topic, read[i], schemas[topic]);
            }
        }
    }

    /// <summary>Magic byte 0 and the id before the data, or magic byte 1 and the GUID in a header.</summary>
    private static void AssertNamesSchema(string topic, JsonNode record, (int Id, Guid Guid) schema)
    {
        if (topic.EndsWith("-guid", StringComparison.Ordinal))
        {
            var messageIndex = topic.Contains("protobuf", StringComparison.Ordinal) ? "00" : "";
            Assert.Equal("01" + schema.Guid.ToString("N", CultureInfo.InvariantCulture) + messageIndex, (string?)record["header"]);
            return;
        }

        Span<byte> id = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(id, schema.Id);
        Assert.Equal("00" + Convert.ToHexStringLower(id), (string?)record["prefix"]);
        Assert.Null((string?)record["header"]);
    }

    /// <summary>The schemas of the topics as a region's registry knows them, once its copy of the log has them all.</summary>
    private async Task<Dictionary<string, (int Id, Guid Guid)>> SchemasInAsync(string region, List<string> topics)
    {
        using var http = new HttpClient { BaseAddress = new Uri(world.Federation.Registry(region)) };
        http.DefaultRequestHeaders.Add("Confluent-Accept-Unknown-Properties", "true");
        var missing = topics.Select(topic => $"{topic}-value").ToList();
        await Wait.UntilAsync(
            async () =>
            {
                missing = [.. missing.Except((await http.GetFromJsonAsync<string[]>("/subjects"))!)];
                return missing.Count == 0;
            },
            TimeSpan.FromSeconds(30),
            () => $"the registry of {region} does not know {string.Join(", ", missing)}");
        var schemas = new Dictionary<string, (int, Guid)>();
        foreach (var topic in topics)
        {
            var schema = await http.GetFromJsonAsync<JsonElement>($"/subjects/{topic}-value/versions/latest");
            schemas[topic] = (schema.GetProperty("id").GetInt32(), schema.GetProperty("guid").GetGuid());
        }

        return schemas;
    }

    /// <summary>Real flights, each with a note that is missing, of more than ASCII, or empty.</summary>
    private static JsonArray SomeFlights()
    {
        string?[] notes = [null, "café ✈", ""];
        return new JsonArray([.. RealData.Flights().Take(Flights).Select((record, i) =>
        {
            var flight = JsonNode.Parse(record.Value)!;
            flight["note"] = notes[i % notes.Length];
            return flight;
        })]);
    }
}
