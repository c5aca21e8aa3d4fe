using SchemaRegistry.Core.Languages;
using SchemaRegistry.Service.Log;
using Tests.Registry.Harness;
using Xunit;

namespace Tests.Registry.Service;

/// <summary>
/// What an instance without a snapshot makes of a log that Apache Kafka compacted to the last record of each key, with deleted keys gone
/// altogether: the same registry.
/// </summary>
public class CompactionTests
{
    private readonly string _cluster = RealParts.KafkaCluster();
    private readonly string _topic = $"compacted{Guid.NewGuid():N}._schemas";

    [Fact]
    public async Task A_compacted_log_is_read_back_as_the_same_registry()
    {
        await using var topic = await KafkaTopicClient.CreateAsync(_cluster, _topic, KafkaTopicClient.EagerCompaction);
        string before;
        int highest;
        await using (var first = await StartAsync())
        {
            using var calls = new RegistryCalls(first.Node.Url);
            highest = await RegistryHistory.WriteAsync(calls);
            before = await calls.ViewAsync();
        }

        var written = await EndAsync();
        var left = await topic.CompactedBelowAsync(written);
        Assert.InRange(left.Count, 1, written - 20);
        await using (var second = await StartAsync())
        {
            using var calls = new RegistryCalls(second.Node.Url);
            Assert.Equal(before, await calls.ViewAsync());

            // Life goes on: no id comes again, also not the highest, whose schema is gone for good; versions continue.
            Assert.Equal((highest + 1, 1), await calls.RegisterAsync("next", RegistryHistory.Avro("Next", 1)));
            Assert.Equal(5, (await calls.RegisterAsync("orders", RegistryHistory.Avro("Order", 5))).Version);
            Assert.Equal(1, (await calls.RegisterAsync("gone", RegistryHistory.Avro("Gone", 1))).Version);
            Assert.Equal((51, 8), await calls.RegisterAsync(":.imported:s", RegistryHistory.Avro("Imported", 2)));
            Assert.Equal((2, 1), await calls.RegisterAsync(":.left:s", RegistryHistory.Avro("Order", 2)));
            before = await calls.ViewAsync();
        }

        await topic.CompactedBelowAsync(await EndAsync());
        await using var third = await StartAsync();
        using var after = new RegistryCalls(third.Node.Url);
        Assert.Equal(before, await after.ViewAsync());
    }

    /// <summary>
    /// Old releases wrote keys with their members in another order and another magic, values without much of what is said today, and recorded
    /// deletions in other ways.
    /// </summary>
    [Fact]
    public async Task A_topic_of_old_releases_brings_nothing_back()
    {
        await using var topic = await KafkaTopicClient.CreateAsync(_cluster, _topic, new Dictionary<string, string> { ["cleanup.policy"] = "compact" });
        await topic.AppendAsync(OldTopic);
        string before;
        await using (var first = await StartAsync())
        {
            using var calls = new RegistryCalls(first.Node.Url);
            Assert.Equal("""200 ["again","late","many","plain","proto"]""", await calls.GetAsync("/subjects"));
            Assert.Equal("""200 ["again","late","many","plain","proto","soft"]""", await calls.GetAsync("/subjects?deleted=true"));
            Assert.Equal("200 [3]", await calls.GetAsync("/subjects/many/versions"));
            Assert.Equal("200 [1,2,3]", await calls.GetAsync("/subjects/many/versions?deleted=true"));
            Assert.Equal("200 [4]", await calls.GetAsync("/subjects/late/versions"));
            Assert.Equal("200 [2,4]", await calls.GetAsync("/subjects/late/versions?deleted=true"));
            Assert.Equal("200 \"string\"", await calls.GetAsync("/schemas/ids/1/schema"));
            Assert.StartsWith("404", await calls.GetAsync("/schemas/ids/2"), StringComparison.Ordinal);
            Assert.Equal("200 \"long\"", await calls.GetAsync("/schemas/ids/3/schema"));
            Assert.Equal("""200 {"compatibilityLevel":"FULL"}""", await calls.GetAsync("/config"));
            Assert.StartsWith("404", await calls.GetAsync("/config/cleared"), StringComparison.Ordinal);
            Assert.Equal("""200 {"mode":"READONLY"}""", await calls.GetAsync("/mode/proto"));

            // What goes now has to go under its old key too, and what is written now has to outlive its old key's end.
            await calls.DeleteForGoodAsync("plain");
            await calls.OkAsync("DELETE", "/config");
            await calls.OkAsync("DELETE", "/subjects/many/versions/3");
            before = await calls.ViewAsync();
        }

        await topic.SetAsync(KafkaTopicClient.EagerCompaction);
        var left = await topic.CompactedBelowAsync(await EndAsync());
        Assert.DoesNotContain(left, record => record.Key.Contains("SCHEMA", StringComparison.Ordinal)
            && (record.Key.Contains("\"plain\"", StringComparison.Ordinal) || record.Key.Contains("\"hard\"", StringComparison.Ordinal)));
        await using var second = await StartAsync();
        using var after = new RegistryCalls(second.Node.Url);
        Assert.Equal(before, await after.ViewAsync());
        Assert.Equal((21, 1), await after.RegisterAsync("new", RegistryHistory.Avro("New", 1)));
    }

    private static (string Key, string? Value)[] OldTopic { get; } =
    [
        ("""{"magic":0,"keytype":"NOOP"}""", null),
        OldSchema("plain", 1, 1, "string"),
        OldSchema("hard", 1, 2, "int"),
        OldSchema("soft", 1, 3, "long"),
        OldSchema("many", 1, 4, "float"),
        OldSchema("many", 2, 5, "double"),
        OldSchema("many", 3, 6, "bytes"),
        OldSchema("cleared", 1, 7, "boolean"),
        ("""{"keytype":"CONFIG","magic":0}""", """{"compatibilityLevel":"FULL"}"""),
        ("""{"subject":"cleared","magic":0,"keytype":"CONFIG"}""", """{"compatibilityLevel":"NONE"}"""),
        ("""{"magic":0,"subject":"proto","keytype":"MODE"}""", """{"mode":"READONLY"}"""),

        // A later release deletes for good: under its own key.
        ("""{"keytype":"SCHEMA","subject":"hard","version":1,"magic":1}""", """{"subject":"hard","version":1,"id":2,"schema":"\"int\"","deleted":true}"""),
        ("""{"keytype":"SCHEMA","subject":"hard","version":1,"magic":1}""", null),
        ("""{"keytype":"SCHEMA","subject":"soft","version":1,"magic":1}""", """{"subject":"soft","version":1,"id":3,"schema":"\"long\"","deleted":true}"""),
        ("""{"keytype":"DELETE_SUBJECT","subject":"many","magic":0}""", """{"subject":"many","version":2}"""),
        ("""{"keytype":"CONFIG","subject":"cleared","magic":0}""", null),

        // Compaction has left the end of versions before what came after it.
        ("""{"keytype":"DELETE_SUBJECT","subject":"late","magic":0}""", """{"subject":"late","version":3}"""),
        ("""{"keytype":"SCHEMA","subject":"late","version":4,"magic":1}""", """{"subject":"late","version":4,"id":8,"schema":"\"null\"","deleted":false}"""),
        ("""{"keytype":"SCHEMA","subject":"late","version":2,"magic":1}""",
            """{"subject":"late","version":2,"id":9,"schema":"[\"null\"]","deleted":true}"""),
        ("""{"keytype":"SCHEMA","subject":"cleared","version":1,"magic":1}""",
            """{"subject":"cleared","version":1,"id":7,"schema":"\"boolean\"","deleted":true}"""),
        ("""{"keytype":"CLEAR_SUBJECT","subject":"cleared","magic":0}""", """{"subject":"cleared"}"""),
        ("""{"keytype":"SCHEMA","subject":"again","version":1,"magic":1}""", null),
        ("""{"keytype":"SCHEMA","subject":"again","version":2,"magic":1}""",
            """{"subject":"again","version":2,"id":10,"schema":"[\"int\"]","deleted":false}"""),
        ("""{"keytype":"SCHEMA","subject":"proto","version":1,"magic":1}""",
            """{"subject":"proto","version":1,"id":12,"schemaType":"PROTOBUF","schema":"syntax = \"proto3\";\n\nmessage M {\n}\n","deleted":false}"""),
        ("""{"keytype":"SCHEMA","subject":"highest","version":1,"magic":1}""", """{"subject":"highest","version":1,"id":20,"schema":"[\"long\"]"}"""),
        ("""{"keytype":"SCHEMA","subject":"highest","version":1,"magic":1}""", null),
        ("""{"keytype":"NOOP","magic":0}""", null),
    ];

    /// <summary>As releases before 4 wrote it.</summary>
    private static (string Key, string? Value) OldSchema(string subject, int version, int id, string type) =>
        ($$"""{"subject":"{{subject}}","version":{{version}},"magic":0,"keytype":"SCHEMA"}""",
            $$"""{"subject":"{{subject}}","version":{{version}},"id":{{id}},"schema":"\"{{type}}\""}""");

    private KafkaSchemaLog Open() => new(new KafkaSchemaLogOptions { Bootstrap = [_cluster], Topic = _topic, TimeoutMs = 30_000 });

    private async Task<RegistryHost> StartAsync()
    {
        var host = await RegistryHost.StartAsync(options => options with { OpenLog = _ => Open(), Languages = SchemaLanguages.Of });
        return await host.CaughtUpAsync();
    }

    private async Task<long> EndAsync()
    {
        await using var log = Open();
        return (await log.OpenAsync(default)).End;
    }
}
