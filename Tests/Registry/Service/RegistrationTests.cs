using Xunit;

namespace Tests.Registry.Service;

public class RegistrationTests
{
    [Fact]
    public async Task Bad_requests_have_their_codes()
    {
        await using var host = await RegistryHost.StartAsync(options => options with { Settings = new() { MaxSchemaChars = 20 } });
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("!bad"))).IsError(422, 42201, "Invalid schema !bad");
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("!strict"))).IsError(422, 42201, "Invalid schema !strict");
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema(""))).IsError(422, 42201, "Empty schema");
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("a", "\"schemaType\":\"XML\""))).IsError(422, 42201, "Invalid schema type XML");
        (await host.SendAsync("POST", "/subjects/__GLOBAL/versions", RegistryHost.Schema("a")))
            .IsError(422, 42208, "The specified subject '__GLOBAL' is not a valid.");
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema(new string('a', 21))))
            .IsError(422, 42209, "Register operation failed because schema is too large");
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("a", "\"ruleSet\":{\"domainRules\":[{\"name\":\"r\"}]}")))
            .IsError(422, 42210, "Missing rule type for rule 'r'");
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("a", "\"version\":3")))
            .IsError(422, 42201, "Version is not one more than previous version");
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("a", "\"version\":\"x\""))).IsError(422, 422);
        (await host.SendAsync("POST", "/subjects/s/versions", "{\"schema\":{}}")).IsError(422, 422);
        (await host.SendAsync("POST", "/subjects/s/versions", new string('[', 100_000))).IsError(422, 422);
        (await host.SendAsync("POST", "/subjects/s/versions", new string(' ', 12 * 1024 * 1024), ("Expect", "100-continue"))).IsError(413, 413);
        (await host.GetAsync("/subjects")).Is("[]");
    }

    [Fact]
    public async Task Normalized_schemas_are_the_same_however_they_are_written()
    {
        await using var host = await RegistryHost.StartAsync();
        Assert.Equal(System.Net.HttpStatusCode.OK, (await host.SendAsync("POST", "/subjects/s/versions?normalize=True", RegistryHost.Schema("b a"))).Status);
        (await host.GetAsync("/subjects/s/versions/1/schema")).Is("a b");
        (await host.SendAsync("POST", "/subjects/s?normalize=true", RegistryHost.Schema("b a"))).Is(
            "{\"subject\":\"s\",\"version\":1,\"id\":1,\"schemaType\":\"AVRO\",\"schema\":\"a b\"}");
        (await host.SendAsync("POST", "/subjects/s", RegistryHost.Schema("b a"))).IsError(404, 40403);
        await host.SendAsync("PUT", "/config/s", "{\"normalize\":true}");
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("b a"))).Is("{\"id\":1}");
    }

    [Fact]
    public async Task Metadata_and_rules_are_carried_over_and_filled()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.SendAsync("PUT", "/config/s", "{\"defaultMetadata\":{\"properties\":{\"owner\":\"nobody\"}},\"overrideMetadata\":{\"properties\":{\"team\":\"t\"}}}");
        await host.RegisterAsync("s", "a", "\"metadata\":{\"properties\":{\"owner\":\"me\"}}");
        await host.RegisterAsync("s", "a b?");
        Assert.Contains("\"metadata\":{\"properties\":{\"owner\":\"me\",\"team\":\"t\"}}", (await host.GetAsync("/subjects/s/versions/2")).Text);
        (await host.GetAsync("/subjects/s/metadata?key=owner&value=me&key=team&value=t")).Is((await host.GetAsync("/subjects/s/versions/2")).Text);
        (await host.GetAsync("/subjects/s/metadata?key=owner&value=you")).IsError(404, 40403, "Schema not found");
        (await host.GetAsync("/subjects/none/metadata?key=owner&value=you")).IsError(404, 40401, "Subject 'none' not found.");

        // No text: the latest one, with other metadata.
        (await host.SendAsync("POST", "/subjects/s/versions", "{\"metadata\":{\"properties\":{\"owner\":\"her\"}}}")).Is("{\"id\":3}");
        (await host.GetAsync("/subjects/s/versions/3/schema")).Is("a b?");
        await host.SendAsync("DELETE", "/subjects/s/versions/3");
        (await host.GetAsync("/subjects/s/metadata?key=owner&value=her&deleted=true&format=resolved")).Is((await host.GetAsync("/subjects/s/versions/3?deleted=true")).Text);
    }

    [Fact]
    public async Task A_version_can_be_demanded()
    {
        await using var host = await RegistryHost.StartAsync();
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("a", "\"version\":1"))).Is("{\"id\":1}");
        Assert.Contains("\"metadata\":{\"properties\":{\"confluent:version\":\"1\"}}", (await host.GetAsync("/subjects/s/versions/1")).Text);
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("a b?", "\"version\":-1"))).Is("{\"id\":2}");
        Assert.Contains("\"confluent:version\":\"2\"", (await host.GetAsync("/subjects/s/versions/2")).Text);

        // The look-up does not ask for it.
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("a b?"))).Is("{\"id\":2}");
    }

    [Fact]
    public async Task Tags_make_a_new_version()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync("s", "a");
        const string Entity = "{\"schemaEntity\":{\"entityPath\":\"a\",\"entityType\":\"sr_field\"},\"tags\":[\"PII\"]}";
        (await host.SendAsync("POST", "/subjects/s/versions/latest/tags", $"{{\"tagsToAdd\":[{Entity}]}}")).Is("{\"id\":2}");
        Assert.Contains("\"tags\":{\"a\":[\"PII\"]}", (await host.GetAsync("/subjects/s/versions/2")).Text);
        (await host.SendAsync("POST", "/subjects/s/versions/2/tags", $"{{\"tagsToRemove\":[{Entity}]}}")).Is("{\"id\":3}");
        Assert.DoesNotContain("PII", (await host.GetAsync("/subjects/s/versions/3")).Text);
        await host.RegisterAsync("t", "a");
        await host.RegisterAsync("t", "b?");
        (await host.SendAsync("POST", "/subjects/t/versions/1/tags", $"{{\"tagsToAdd\":[{Entity}]}}")).IsError(409, 409);
        (await host.SendAsync("POST", "/subjects/s/versions/9/tags", "{}")).IsError(404, 40402);
        (await host.SendAsync("POST", "/subjects/none/versions/1/tags", "{}")).IsError(404, 40401);
        (await host.SendAsync("POST", "/subjects/s/versions/1/tags", "{\"newVersion\":9}")).IsError(422, 42201);
    }
}
