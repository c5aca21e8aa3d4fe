using Xunit;

namespace Tests.Registry.Service;

public class SchemasApiTests
{
    private static readonly (string, string) Full = ("Confluent-Accept-Unknown-Properties", "true");

    [Fact]
    public async Task A_schema_is_read_by_id()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync("s", "a");
        await host.RegisterAsync("t", "a");
        await host.RegisterAsync(":.c:u", "x @a", "\"references\":[{\"name\":\"a\",\"subject\":\":.:s\",\"version\":1}]");
        (await host.GetAsync("/schemas/ids/1")).Is("{\"schemaType\":\"AVRO\",\"schema\":\"a\"}");
        (await host.GetAsync("/schemas/ids/1?subject=")).Is("{\"schemaType\":\"AVRO\",\"schema\":\"a\"}");
        (await host.GetAsync("/schemas/ids/1?fetchMaxId=true")).Is("{\"schemaType\":\"AVRO\",\"schema\":\"a\",\"maxId\":1}");
        (await host.GetAsync("/schemas/ids/1/schema")).Is("a");
        (await host.GetAsync("/schemas/ids/1/schema?subject=:.c:")).Is("x @a");
        (await host.GetAsync("/schemas/ids/1/schema?subject=:.c:u&format=resolved")).Is("x a");
        (await host.GetAsync("/schemas/ids/1?subject=:.c:&format=resolved&referenceFormat=qualified"))
            .Is("{\"schemaType\":\"AVRO\",\"schema\":\"x a\",\"references\":[{\"name\":\"a\",\"subject\":\"s\",\"version\":1}]}");
        (await host.GetAsync("/schemas/ids/1/subjects")).Is("[\"s\",\"t\"]");
        (await host.GetAsync("/schemas/ids/1/subjects?subject=t")).Is("[\"t\"]");
        (await host.GetAsync("/schemas/ids/1/versions")).Is("[{\"subject\":\"s\",\"version\":1},{\"subject\":\"t\",\"version\":1}]");
        await host.SendAsync("DELETE", "/subjects/t");
        (await host.GetAsync("/schemas/ids/1/subjects")).Is("[\"s\"]");
        (await host.GetAsync("/schemas/ids/1/subjects?deleted=true&offset=1&limit=5")).Is("[\"t\"]");
        (await host.GetAsync("/schemas/ids/1/versions?deleted=true&offset=1&limit=1")).Is("[{\"subject\":\"t\",\"version\":1}]");
        var json = (await host.GetAsync("/schemas/ids/1?subject=t", Full)).Json;
        Assert.Equal(["subject", "version", "guid", "schemaType", "schema", "ts", "deleted"], json.EnumerateObject().Select(member => member.Name));
        Assert.Equal("t", json.GetProperty("subject").GetString());
    }

    [Theory]
    [InlineData("/schemas/ids/9", 40403, "Schema 9 not found")]
    [InlineData("/schemas/ids/9/schema", 40403, "Schema 9 not found")]
    [InlineData("/schemas/ids/9/subjects", 40403, "Schema 9 not found")]
    [InlineData("/schemas/ids/9/versions", 40403, "Schema 9 not found")]
    [InlineData("/schemas/ids/1?subject=:.c:", 40403, "Schema 1 not found")]
    [InlineData("/schemas/guids/9", 40403, "Schema 9 not found")]
    [InlineData("/schemas/guids/00000000-0000-0000-0000-000000000000/ids", 40403, "Schema 00000000-0000-0000-0000-000000000000 not found")]
    [InlineData("/schemas/ids/x", 404, "HTTP 404 Not Found")]
    public async Task What_is_not_there_has_its_code(string path, int code, string message)
    {
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync("s", "a");
        (await host.GetAsync(path)).IsError(404, code, message);
    }

    [Fact]
    public async Task An_id_of_another_context_is_found_from_the_default_one()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync(":.c:s", "a");
        (await host.GetAsync("/schemas/ids/1/schema")).Is("a");
    }

    [Fact]
    public async Task A_schema_is_read_by_its_guid()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync("s", "a");
        await host.RegisterAsync(":.c:s", "b?");
        await host.RegisterAsync(":.c:t", "a", "\"schemaType\":\"AVRO\"");
        var guid = (await host.GetAsync("/schemas/ids/1", Full)).Json.GetProperty("guid").GetString();

        // MD5 of "a".
        Assert.Equal("0cc175b9-c0f1-b6a8-31c3-99e269772661", guid);
        (await host.GetAsync($"/schemas/guids/{guid}")).Is("{\"schemaType\":\"AVRO\",\"schema\":\"a\"}");
        (await host.GetAsync($"/schemas/guids/{guid}?format=resolved")).Is("{\"schemaType\":\"AVRO\",\"schema\":\"a\"}");
        (await host.GetAsync($"/schemas/guids/{guid}/ids")).Is("[{\"context\":\".\",\"id\":1},{\"context\":\".c\",\"id\":2}]");
    }

    [Fact]
    public async Task Schemas_are_listed()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync("s", "a");
        await host.RegisterAsync("s", "a b?", "\"ruleSet\":{\"domainRules\":[{\"name\":\"r\",\"kind\":\"CONDITION\",\"mode\":\"WRITE\",\"type\":\"CEL\",\"expr\":\"x\"}]}");
        await host.RegisterAsync(":.c:t", "q");
        await host.SendAsync("DELETE", "/subjects/s/versions/1");
        Assert.Equal([":.c:t 1", "s 2"], await ListAsync(host, ""));
        Assert.Equal([":.c:t 1", "s 1", "s 2"], await ListAsync(host, "?deleted=true"));
        Assert.Equal(["s 2"], await ListAsync(host, "?subjectPrefix=s&latestOnly=true"));
        Assert.Equal([":.c:t 1"], await ListAsync(host, "?subjectPrefix=:.c:"));
        Assert.Equal(["s 2"], await ListAsync(host, "?ruleType=CEL"));
        Assert.Equal(["s 1"], await ListAsync(host, "?deleted=true&offset=1&limit=1"));
        Assert.Equal([":.c:t 1"], await ListAsync(host, "?subjectPrefix=:*:t"));
    }

    /// <summary>However large the schemas are, and what they refer to: the rest of a short page is on the next one.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("&format=resolved")]
    [InlineData("&format=other")]
    public async Task A_page_of_schemas_ends_at_a_number_of_bytes(string query)
    {
        const int Each = 900_000;
        const int Count = 25;
        const int First = Kernel.Limits.MaxSchemaListBytes / Each + 1;
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync("base", new string('x', Each));
        for (var i = 10; i < 10 + Count; i++)
        {
            await host.RegisterAsync($"s{i}", query.Length > 0 ? "@r" : new string((char)('a' + i - 10), Each),
                query.Length > 0 ? "\"references\":[{\"name\":\"r\",\"subject\":\"base\",\"version\":1}]" : null);
        }

        var page = (await ListAsync(host, $"?subjectPrefix=s{query}")).ToList();
        Assert.Equal(First, page.Count);
        Assert.Equal(Count - First, (await ListAsync(host, $"?subjectPrefix=s{query}&offset={First}")).Except(page).Count());
    }

    [Fact]
    public async Task The_server_says_what_it_is()
    {
        await using var host = await RegistryHost.StartAsync();
        (await host.GetAsync("/")).Is("{}");
        (await host.SendAsync("POST", "/", "{}")).Is("{}");
        (await host.GetAsync("/schemas/types")).Is("[\"JSON\",\"PROTOBUF\",\"AVRO\"]");
        (await host.GetAsync("/v1/metadata/id")).Is(
            "{\"scope\":{\"path\":[],\"clusters\":{\"kafka-cluster\":\"demo\",\"schema-registry-cluster\":\"schema-registry\"}},\"id\":\"\"}");
        Assert.Contains("\"commitId\"", (await host.GetAsync("/v1/metadata/version")).Text);
        Assert.Contains("\"attributes\"", (await host.GetAsync("/v1/metadata/deployment")).Text);
        Assert.Equal("ready\n", (await host.GetAsync("/health")).Text);
        Assert.Contains("schema_registry_ready{tenant=\"demo\"} 1", (await host.GetAsync("/metrics")).Text);
    }

    private static async Task<IEnumerable<string>> ListAsync(RegistryHost host, string query) => (await host.GetAsync("/schemas" + query)).Json.EnumerateArray()
        .Select(schema => $"{schema.GetProperty("subject").GetString()} {schema.GetProperty("version").GetInt32()}");
}
