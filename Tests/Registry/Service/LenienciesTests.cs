using System.Net;
using Xunit;

namespace Tests.Registry.Service;

/// <summary>What clients may leave out, spell otherwise or ask for by a header, and in which order a registration is judged.</summary>
public class LenienciesTests
{
    private static readonly (string, string) Full = ("Confluent-Accept-Unknown-Properties", "true");

    [Theory]
    [InlineData("GET", "/subjects/s/versions/1")]
    [InlineData("GET", "/subjects/s/versions/latest")]
    [InlineData("GET", "/subjects/s/metadata?key=k&value=v")]
    [InlineData("POST", "/subjects/s")]
    public async Task A_version_has_more_members_for_clients_that_take_them(string method, string path)
    {
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync("s", "a", "\"metadata\":{\"properties\":{\"k\":\"v\"}}");
        var body = method == "POST" ? RegistryHost.Schema("a", "\"metadata\":{\"properties\":{\"k\":\"v\"}}") : null;
        Assert.Equal(["subject", "version", "id", "schemaType", "metadata", "schema"], Members(await host.SendAsync(method, path, body)));
        Assert.Equal(
            ["subject", "version", "id", "guid", "schemaType", "metadata", "schema", "ts", "deleted"], Members(await host.SendAsync(method, path, body, Full)));
        Assert.Equal(
            ["subject", "version", "id", "schemaType", "metadata", "schema"],
            Members(await host.SendAsync(method, path, body, ("Confluent-Accept-Unknown-Properties", "no"))));
    }

    [Fact]
    public async Task A_schema_by_guid_and_a_list_have_more_members_too()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync("s", "a");
        Assert.Equal(["schemaType", "schema"], Members(await host.GetAsync("/schemas/guids/0cc175b9-c0f1-b6a8-31c3-99e269772661")));
        Assert.Equal(
            ["subject", "version", "guid", "schemaType", "schema", "ts", "deleted"],
            Members(await host.GetAsync("/schemas/guids/0cc175b9-c0f1-b6a8-31c3-99e269772661", Full)));
        Assert.DoesNotContain("guid", (await host.GetAsync("/schemas")).Text);
        Assert.Contains("\"guid\":\"0cc175b9-c0f1-b6a8-31c3-99e269772661\"", (await host.GetAsync("/schemas", Full)).Text);
    }

    [Theory]
    [InlineData("true", "[\"gone\"]")]
    [InlineData("True", "[\"gone\"]")]
    [InlineData("TRUE", "[\"gone\"]")]
    [InlineData("", "[]")]
    [InlineData("1", "[]")]
    [InlineData("yes", "[]")]
    public async Task Flags_are_true_in_any_case_and_false_for_all_else(string flag, string subjects)
    {
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync("gone", "a");
        await host.SendAsync("DELETE", "/subjects/gone");
        (await host.GetAsync($"/subjects?deleted={flag}")).Is(subjects);
    }

    [Theory]
    [InlineData("application/vnd.schemaregistry.v1+json")]
    [InlineData("application/vnd.schemaregistry+json")]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("application/octet-stream")]
    public async Task Bodies_come_under_any_of_these_names(string contentType)
    {
        await using var host = await RegistryHost.StartAsync();
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("a"), ("Content-Type", contentType))).Is("{\"id\":1}");
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("a"))).Is("{\"id\":1}");
    }

    [Theory]
    [InlineData("application/vnd.schemaregistry+json", "application/vnd.schemaregistry+json")]
    [InlineData("application/vnd.schemaregistry.v1+json, application/vnd.schemaregistry+json, application/json", "application/vnd.schemaregistry.v1+json")]
    [InlineData("text/html, application/json", "application/json")]
    public async Task Answers_are_of_the_type_that_is_asked_for(string accept, string contentType)
    {
        await using var host = await RegistryHost.StartAsync();
        Assert.Equal(contentType, (await host.GetAsync("/subjects", ("Accept", accept))).ContentType);
        Assert.Equal(contentType, (await host.GetAsync("/subjects/none/versions", ("Accept", accept))).ContentType);
    }

    /// <summary>Rules, then the name, then what is there already, then the mode, then the schema itself.</summary>
    [Fact]
    public async Task Registrations_are_judged_in_Confluents_order()
    {
        await using var host = await RegistryHost.StartAsync();
        const string BadRules = "\"ruleSet\":{\"domainRules\":[{\"name\":\"r\"}]}";
        (await host.SendAsync("POST", "/subjects/__EMPTY/versions", RegistryHost.Schema("!bad", BadRules))).IsError(422, 42210);
        (await host.SendAsync("POST", "/subjects/__EMPTY/versions", RegistryHost.Schema("!bad"))).IsError(422, 42208);
        await host.RegisterAsync("s", "a");
        await host.SendAsync("PUT", "/mode", "{\"mode\":\"READONLY\"}");
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("a"))).Is("{\"id\":1}");
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("!bad"))).IsError(422, 42205);
    }

    [Fact]
    public async Task A_schema_that_is_there_is_found_even_where_it_would_not_be_compatible()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.SendAsync("PUT", "/config/s", "{\"compatibility\":\"NONE\"}");
        await host.RegisterAsync("s", "a");
        await host.RegisterAsync("s", "b");
        await host.SendAsync("PUT", "/config/s", "{\"compatibility\":\"FULL_TRANSITIVE\"}");
        Assert.Equal(1, await host.RegisterAsync("s", "a"));
    }

    [Fact]
    public async Task A_subject_is_deleted_with_versions_that_refer_to_each_other()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync("s", "a");
        await host.RegisterAsync("s", "@s b?", "\"references\":[{\"name\":\"s\",\"subject\":\"s\",\"version\":1}]");
        (await host.SendAsync("DELETE", "/subjects/s/versions/1")).IsError(422, 42206);
        (await host.SendAsync("DELETE", "/subjects/s")).Is("[1,2]");
    }

    [Fact]
    public async Task An_alias_goes_one_step_and_counts_for_ids_too()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync("real", "a");
        await host.SendAsync("PUT", "/config/one", "{\"alias\":\"real\"}");
        await host.SendAsync("PUT", "/config/two", "{\"alias\":\"one\"}");
        (await host.GetAsync("/subjects/one/versions/1/schema")).Is("a");
        (await host.GetAsync("/subjects/two/versions/1/schema")).IsError(404, 40401);
        (await host.GetAsync("/schemas/ids/1/versions?subject=one")).Is("[{\"subject\":\"real\",\"version\":1}]");
    }

    [Fact]
    public async Task Heads_are_answered_without_a_body()
    {
        await using var host = await RegistryHost.StartAsync();
        var reply = await host.SendAsync("HEAD", "/subjects");
        Assert.Equal((HttpStatusCode.OK, ""), (reply.Status, reply.Text));
    }

    private static IEnumerable<string> Members(Reply reply) => reply.Json.EnumerateObject().Select(member => member.Name);
}
