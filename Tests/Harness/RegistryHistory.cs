using Xunit;

namespace Tests.Harness;

/// <summary>
/// A registry's life with all that leaves records in its log: registered again, evolved, deleted softly and for good, begun anew, referred to,
/// configured, imported, exported. Its keys are written many times, so that compaction has what to take away.
/// </summary>
internal static class RegistryHistory
{
    /// <summary>The highest id that <see cref="WriteAsync"/> was given in the default context. It belongs to nothing any more.</summary>
    internal static async Task<int> WriteAsync(RegistryCalls registry)
    {
        await VersionsAsync(registry);
        await ReferencesAsync(registry);
        await ContextsAsync(registry);
        await SettingsAsync(registry);
        await ContractsAsync(registry);
        await ExportersAsync(registry);
        var (highest, _) = await registry.RegisterAsync("highest", Avro("Highest", 9));
        await registry.DeleteForGoodAsync("highest");
        return highest;
    }

    /// <summary>An Avro record with so many fields, each of which may be missing; more fields are a compatible change.</summary>
    internal static object Avro(string name, int fields) => new { schema = AvroText(name, fields) };

    private static string AvroText(string name, int fields)
    {
        var list = string.Join(',', Enumerable.Range(1, fields).Select(i => $$"""{"name":"f{{i}}","type":"int","default":0}"""));
        return $$"""{"type":"record","name":"{{name}}","fields":[{{list}}]}""";
    }

    private static async Task VersionsAsync(RegistryCalls registry)
    {
        for (var fields = 1; fields <= 4; fields++)
        {
            Assert.Equal((fields, fields), await registry.RegisterAsync("orders", Avro("Order", fields)));
        }

        Assert.Equal((2, 2), await registry.RegisterAsync("orders", Avro("Order", 2)));
        await registry.OkAsync("DELETE", "/subjects/orders/versions/2");
        await registry.OkAsync("DELETE", "/subjects/orders/versions/2?permanent=true");
        await registry.OkAsync("DELETE", "/subjects/orders/versions/3");

        // Deleted softly and registered again: the old version with the same id has no purpose left.
        await registry.RegisterAsync("again", Avro("Order", 1));
        await registry.RegisterAsync("again", Avro("Order", 2));
        await registry.OkAsync("DELETE", "/subjects/again");
        Assert.Equal(3, (await registry.RegisterAsync("again", Avro("Order", 2))).Version);
        await registry.OkAsync("DELETE", "/subjects/again");
        await registry.RegisterAsync("again", Avro("Order", 3));

        // Deleted for good: versions begin anew, ids do not.
        await registry.RegisterAsync("anew", Avro("Order", 1));
        await registry.DeleteForGoodAsync("anew");
        Assert.Equal(1, (await registry.RegisterAsync("anew", Avro("Order", 4))).Version);
        await registry.RegisterAsync("gone", Avro("Gone", 1));
        await registry.DeleteForGoodAsync("gone");
        await registry.RegisterAsync("resting", Avro("Resting", 1));
        await registry.OkAsync("DELETE", "/subjects/resting");
    }

    private static async Task ReferencesAsync(RegistryCalls registry)
    {
        await registry.RegisterAsync("avro-id", new { schema = """{"type":"record","name":"Id","namespace":"base","fields":[{"name":"n","type":"int"}]}""" });
        await registry.RegisterAsync("avro-item", new
        {
            schema = """{"type":"record","name":"Item","fields":[{"name":"id","type":"base.Id"}]}""",
            references = new[] { new { name = "base.Id", subject = "avro-id", version = 1 } },
        });
        await registry.RegisterAsync("id.proto", new { schemaType = "PROTOBUF", schema = "syntax = \"proto3\"; package base; message Id { int32 n = 1; }" });
        await registry.RegisterAsync("proto-item", new
        {
            schemaType = "PROTOBUF",
            schema = "syntax = \"proto3\"; import \"id.proto\"; message Item { base.Id id = 1; }",
            references = new[] { new { name = "id.proto", subject = "id.proto", version = -1 } },
        });
        await registry.RegisterAsync("json-id", new { schemaType = "JSON", schema = """{"type":"integer","minimum":1}""" });
        await registry.RegisterAsync("json-item", new
        {
            schemaType = "JSON",
            schema = """{"type":"object","properties":{"id":{"$ref":"id.json"}}}""",
            references = new[] { new { name = "id.json", subject = "json-id", version = 1 } },
        });
        await registry.OkAsync("DELETE", "/subjects/json-item");
        await registry.OkAsync("DELETE", "/subjects/json-id");
    }

    private static async Task ContextsAsync(RegistryCalls registry)
    {
        await registry.RegisterAsync(":.c:orders", Avro("Order", 1));
        Assert.Equal((2, 2), await registry.RegisterAsync(":.c:orders", Avro("Order", 2)));
        await registry.OkAsync("DELETE", "/subjects/%3A.c%3Aorders/versions/1");
        await registry.RegisterAsync(":.left:s", Avro("Order", 1));
        await registry.DeleteForGoodAsync(":.left:s");
        await registry.OkAsync("DELETE", "/contexts/.left");
        await registry.OkAsync("PUT", "/mode/:.imported:", new { mode = "IMPORT" });
        foreach (var (id, version) in new[] { (40, 3), (45, 7), (50, 9) })
        {
            await registry.RegisterAsync(":.imported:s", new { schema = AvroText("Imported", version), id, version });
        }

        await registry.OkAsync("DELETE", "/mode/:.imported:");
        await registry.OkAsync("DELETE", "/subjects/%3A.imported%3As/versions/9");
        await registry.OkAsync("DELETE", "/subjects/%3A.imported%3As/versions/9?permanent=true");
    }

    private static async Task SettingsAsync(RegistryCalls registry)
    {
        foreach (var compatibility in new[] { "FULL", "NONE", "FORWARD" })
        {
            await registry.OkAsync("PUT", "/config", new { compatibility });
            await registry.OkAsync("PUT", "/config/orders", new { compatibility });
            await registry.OkAsync("PUT", "/config/:.c:", new { compatibility });
        }

        await registry.OkAsync("DELETE", "/config");
        await registry.OkAsync("DELETE", "/config/orders");
        var defaultMetadata = new { properties = new { owner = "ops" } };
        await registry.OkAsync("PUT", "/config/again", new { compatibility = "NONE", compatibilityGroup = "major", defaultMetadata });
        await registry.OkAsync("PUT", "/config/other-name", new { alias = "orders" });
        await registry.OkAsync("PUT", "/config/:.__GLOBAL:", new { compatibility = "BACKWARD_TRANSITIVE", validateFields = false });
        foreach (var mode in new[] { "READONLY", "READWRITE", "READONLY" })
        {
            await registry.OkAsync("PUT", "/mode/anew", new { mode });
            await registry.OkAsync("PUT", "/mode/again", new { mode });
        }

        await registry.OkAsync("DELETE", "/mode/again");
        await registry.OkAsync("PUT", "/mode", new { mode = "READONLY" });
        await registry.OkAsync("DELETE", "/mode");
    }

    private static async Task ContractsAsync(RegistryCalls registry)
    {
        var tags = new Dictionary<string, string[]> { ["**.f1"] = ["PII"] };
        var metadata = new { tags, properties = new { owner = "ops" }, sensitive = new[] { "owner" } };
        var ruleSet = new { domainRules = new[] { new { name = "positive", kind = "CONDITION", mode = "WRITE", type = "CEL", expr = "message.f1 > 0" } } };
        await registry.RegisterAsync("contract", new { schema = AvroText("Contract", 1), metadata, ruleSet });
        await registry.OkAsync("POST", "/subjects/contract/versions/1/tags", new
        {
            newVersion = 2,
            tagsToAdd = new[] { new { schemaEntity = new { entityPath = "record.Contract", entityType = "sr_record" }, tags = new[] { "gold" } } },
        });
    }

    private static async Task ExportersAsync(RegistryCalls registry)
    {
        foreach (var name in new[] { "kept", "dropped" })
        {
            var config = new Dictionary<string, string> { ["schema.registry.url"] = "http://127.0.0.1:1" };
            await registry.OkAsync("POST", "/exporters", new { name, contextType = "CUSTOM", context = "copy", subjects = new[] { "orders*" }, config });
            await registry.OkAsync("PUT", $"/exporters/{name}/pause");
        }

        await registry.OkAsync("DELETE", "/exporters/dropped");
    }
}
