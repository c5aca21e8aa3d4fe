using Xunit;

namespace Tests.Registry.Service;

public class CompatibilityApiTests
{
    private const string Missing = "{errorType:'WORD_MISSING', description:'The new schema needs 'b' which the old schema lacks', additionalInfo:'b'}";

    [Fact]
    public async Task A_schema_is_compared_with_one_version()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync("s", "a");
        (await host.SendAsync("POST", "/compatibility/subjects/s/versions/latest", RegistryHost.Schema("a b?"))).Is("{\"is_compatible\":true}");
        (await host.SendAsync("POST", "/compatibility/subjects/s/versions/1?normalize=true", RegistryHost.Schema("a b"))).Is("{\"is_compatible\":false}");
        var verbose = await host.SendAsync("POST", "/compatibility/subjects/s/versions/-1?verbose=true", RegistryHost.Schema("a b"));
        Assert.Equal([Missing, "{oldSchemaVersion: 1}", "{oldSchema: 'a'}", "{validateFields: 'false', compatibility: 'BACKWARD'}"], Messages(verbose));
        (await host.SendAsync("POST", "/compatibility/subjects/s/versions/2", RegistryHost.Schema("a"))).IsError(404, 40402, "Version 2 not found.");
        (await host.SendAsync("POST", "/compatibility/subjects/none/versions/1", RegistryHost.Schema("a"))).IsError(404, 40402, "Version 1 not found.");
        (await host.SendAsync("POST", "/compatibility/subjects/none/versions/latest", RegistryHost.Schema("a"))).Is("{\"is_compatible\":true}");
        (await host.SendAsync("POST", "/compatibility/subjects/s/versions/x", RegistryHost.Schema("a"))).IsError(422, 42202);
        (await host.SendAsync("POST", "/compatibility/subjects/s/versions/1", RegistryHost.Schema("!bad"))).IsError(422, 42201, "Invalid schema !bad");
        (await host.SendAsync("POST", "/compatibility/subjects/s/versions/1?verbose=true", RegistryHost.Schema("!bad")))
            .Is("{\"is_compatible\":false,\"messages\":[\"Invalid schema !bad\"]}");
        (await host.SendAsync("POST", "/compatibility/subjects/s/versions/1", RegistryHost.Schema("a", "\"schemaType\":\"XML\"")))
            .IsError(422, 42201, "Invalid schema type XML");
    }

    [Fact]
    public async Task A_schema_is_compared_with_the_versions_that_the_level_asks_for()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.SendAsync("PUT", "/config/s", "{\"compatibility\":\"NONE\"}");
        await host.RegisterAsync("s", "a");
        await host.RegisterAsync("s", "a b");
        (await host.SendAsync("POST", "/compatibility/subjects/s/versions", RegistryHost.Schema("z"))).Is("{\"is_compatible\":true}");
        await host.SendAsync("PUT", "/config/s", "{\"compatibility\":\"BACKWARD\"}");
        (await host.SendAsync("POST", "/compatibility/subjects/s/versions?normalize=true", RegistryHost.Schema("a b"))).Is("{\"is_compatible\":true}");
        await host.SendAsync("PUT", "/config/s", "{\"compatibility\":\"BACKWARD_TRANSITIVE\"}");
        var verbose = await host.SendAsync("POST", "/compatibility/subjects/s/versions?verbose=true", RegistryHost.Schema("a b"));
        Assert.Equal([Missing, "{oldSchemaVersion: 1}", "{oldSchema: 'a'}", "{validateFields: 'false', compatibility: 'BACKWARD_TRANSITIVE'}"], Messages(verbose));
        (await host.SendAsync("POST", "/compatibility/subjects/s/versions", RegistryHost.Schema("!bad"))).IsError(422, 42201);
    }

    [Fact]
    public async Task Both_directions_are_told_apart()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.SendAsync("PUT", "/config", "{\"compatibility\":\"FULL\"}");
        await host.RegisterAsync("s", "a");
        var both = await host.SendAsync("POST", "/compatibility/subjects/s/versions?verbose=true", RegistryHost.Schema("b"));
        Assert.Equal(
        [
            "{errorType:'WORD_MISSING', description:'The old schema needs 'a' which the new schema lacks', additionalInfo:'a'}",
            Missing, "{oldSchemaVersion: 1}", "{oldSchema: 'a'}", "{validateFields: 'false', compatibility: 'FULL'}",
        ], Messages(both));
        var forward = await host.SendAsync("POST", "/compatibility/subjects/s/versions?verbose=true", RegistryHost.Schema("b?"));
        Assert.Equal(
        [
            "{errorType:'WORD_MISSING', description:'The old schema needs 'a' which the new schema lacks', additionalInfo:'a'}",
            "{validateFields: 'false', compatibility: 'FULL'}",
        ], Messages(forward));
    }

    [Fact]
    public async Task Types_groups_policies_and_long_texts()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync("s", "a", "\"metadata\":{\"properties\":{\"major\":\"1\"}}");
        var type = await host.SendAsync("POST", "/compatibility/subjects/s/versions?verbose=true", RegistryHost.Schema("a", "\"schemaType\":\"JSON\""));
        Assert.Equal(["Incompatible because of different schema type", "{validateFields: 'false', compatibility: 'BACKWARD'}"], Messages(type));
        const string Second = "\"metadata\":{\"properties\":{\"major\":\"2\"}}";
        (await host.SendAsync("POST", "/compatibility/subjects/s/versions", RegistryHost.Schema("b", Second))).Is("{\"is_compatible\":false}");
        await host.SendAsync("PUT", "/config/s", "{\"compatibilityGroup\":\"major\"}");
        (await host.SendAsync("POST", "/compatibility/subjects/s/versions", RegistryHost.Schema("b", Second))).Is("{\"is_compatible\":true}");
        await host.RegisterAsync("t", new string('x', 10_300), "\"schemaType\":\"JSON\"");
        var truncated = await host.SendAsync("POST", "/compatibility/subjects/t/versions?verbose=true", RegistryHost.Schema("b", "\"schemaType\":\"JSON\""));
        Assert.Equal(
        [
            "{errorType:\"WORD_MISSING\", description:\"The new schema needs 'b' which the old schema lacks'}", "{oldSchemaVersion: 1}",
            $"{{oldSchema: <truncated> '{new string('x', 10_240)}...'}}", "{validateFields: 'false', compatibility: 'BACKWARD'}",
        ], Messages(truncated));
        await host.SendAsync("PUT", "/config/t", "{\"compatibilityPolicy\":\"LENIENT\"}");
        (await host.SendAsync("POST", "/compatibility/subjects/t/versions", RegistryHost.Schema("b", "\"schemaType\":\"JSON\""))).Is("{\"is_compatible\":true}");
    }

    [Fact]
    public async Task Reserved_names_stay_reserved()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.SendAsync("PUT", "/config/s", "{\"validateFields\":true}");
        await host.RegisterAsync("s", "a", "\"metadata\":{\"properties\":{\"confluent:reserved\":\"old,gone\"}}");
        var reply = await host.SendAsync("POST", "/compatibility/subjects/s/versions?verbose=true",
            RegistryHost.Schema("a old?", "\"metadata\":{\"properties\":{\"confluent:reserved\":\"old\"}}"));
        Assert.Equal(
        [
            "{errorType:'RESERVED_PROPERTY_REMOVED', description:'The new schema has reserved property 'gone' removed from its metadata which is present in the old schema.', additionalInfo:'gone'}",
            "{validateFields: 'true', compatibility: 'BACKWARD'}",
        ], Messages(reply));
    }

    private static IEnumerable<string?> Messages(Reply reply)
    {
        Assert.False(reply.Json.GetProperty("is_compatible").GetBoolean());
        return reply.Json.GetProperty("messages").EnumerateArray().Select(message => message.GetString());
    }
}
