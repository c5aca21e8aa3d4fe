using System.Net;
using Xunit;

namespace Tests.Registry.Service;

public class SubjectsApiTests
{
    private static readonly (string, string) Full = ("Confluent-Accept-Unknown-Properties", "true");

    [Fact]
    public async Task Registering_answers_the_id_alone_to_clients_that_expect_no_more()
    {
        await using var host = await RegistryHost.StartAsync();
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("a"))).Is("{\"id\":1}");
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("a"))).Is("{\"id\":1}");
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("a b?"))).Is("{\"id\":2}");
        (await host.SendAsync("POST", "/subjects/t/versions", RegistryHost.Schema("a b?"))).Is("{\"id\":2}");
    }

    [Fact]
    public async Task Registering_answers_all_to_clients_that_take_it()
    {
        await using var host = await RegistryHost.StartAsync();
        var json = (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("a"), Full)).Json;
        Assert.Equal(["id", "version", "guid", "schemaType", "schema", "ts", "deleted"], json.EnumerateObject().Select(member => member.Name));
        Assert.Equal("AVRO", json.GetProperty("schemaType").GetString());
    }

    [Fact]
    public async Task A_version_is_read_by_number_and_as_latest()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync("s", "a");
        await host.RegisterAsync("s", "a b?");
        (await host.GetAsync("/subjects/s/versions/1")).Is("{\"subject\":\"s\",\"version\":1,\"id\":1,\"schemaType\":\"AVRO\",\"schema\":\"a\"}");
        (await host.GetAsync("/subjects/s/versions/latest")).Is("{\"subject\":\"s\",\"version\":2,\"id\":2,\"schemaType\":\"AVRO\",\"schema\":\"a b?\"}");
        (await host.GetAsync("/subjects/s/versions/-1/schema")).Is("a b?");
        (await host.GetAsync("/subjects/s/versions")).Is("[1,2]");
        (await host.GetAsync("/subjects/s/versions?offset=1&limit=1")).Is("[2]");
    }

    [Theory]
    [InlineData("GET", "/subjects/none/versions", 404, 40401, "Subject 'none' not found.")]
    [InlineData("GET", "/subjects/none/versions/1", 404, 40401, "Subject 'none' not found.")]
    [InlineData("GET", "/subjects/s/versions/9", 404, 40402, "Version 9 not found.")]
    [InlineData("GET", "/subjects/s/versions/0", 422, 42202, "The specified version '0' is not a valid version id. Allowed values are between [1, 2^31-1] and the string \"latest\"")]
    [InlineData("GET", "/subjects/s/versions/x", 422, 42202, null)]
    [InlineData("GET", "/subjects/s/metadata?key=k&value=v", 404, 40403, "Schema not found")]
    [InlineData("DELETE", "/subjects/none", 404, 40401, "Subject 'none' not found.")]
    [InlineData("DELETE", "/subjects/s?permanent=true", 404, 40405, "Subject 's' was not deleted first before being permanently deleted")]
    [InlineData("DELETE", "/subjects/s/versions/1?permanent=True", 404, 40407, "Subject 's' Version 1 was not deleted first before being permanently deleted")]
    [InlineData("DELETE", "/subjects/s/versions/9", 404, 40402, "Version 9 not found.")]
    [InlineData("GET", "/subjects?offset=x", 404, 404, "HTTP 404 Not Found")]
    [InlineData("PATCH", "/subjects", 405, 405, "HTTP 405 Method Not Allowed")]
    [InlineData("GET", "/nothing", 404, 404, "HTTP 404 Not Found")]
    [InlineData("GET", "/associations/subjects/s", 404, 404, "HTTP 404 Not Found")]
    [InlineData("GET", "/dek-registry/v1/keks", 404, 404, "HTTP 404 Not Found")]
    public async Task What_is_not_there_has_its_code(string method, string path, int status, int code, string? message)
    {
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync("s", "a");
        (await host.SendAsync(method, path)).IsError(status, code, message);
    }

    [Fact]
    public async Task Subjects_are_deleted_softly_then_for_good()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync("s", "a");
        await host.RegisterAsync("s", "a b?");
        (await host.SendAsync("DELETE", "/subjects/s/versions/1")).Is("1");
        (await host.SendAsync("DELETE", "/subjects/s/versions/1"))
            .IsError(404, 40406, "Subject 's' Version 1 was soft deleted.Set permanent=true to delete permanently");
        (await host.GetAsync("/subjects/s/versions?deletedAsNegative=true")).Is("[-1,2]");
        (await host.GetAsync("/subjects/s/versions?deletedOnly=true")).Is("[1]");
        (await host.GetAsync("/subjects/s/versions?deleted=true")).Is("[1,2]");
        await host.RegisterAsync("s", "a c?");
        (await host.SendAsync("DELETE", "/subjects/s/versions/3")).Is("3");
        (await host.SendAsync("DELETE", "/subjects/s/versions/3?permanent=true")).Is("3");
        (await host.GetAsync("/subjects/s/versions?deleted=true")).Is("[1,2]");
        (await host.SendAsync("DELETE", "/subjects/s")).Is("[2]");
        (await host.SendAsync("DELETE", "/subjects/s")).IsError(404, 40404, "Subject 's' was soft deleted.Set permanent=true to delete permanently");
        (await host.GetAsync("/subjects")).Is("[]");
        (await host.GetAsync("/subjects?deleted=TRUE")).Is("[\"s\"]");
        (await host.GetAsync("/subjects?deletedOnly=true")).Is("[\"s\"]");
        (await host.GetAsync("/schemas/ids/1")).Is("{\"schemaType\":\"AVRO\",\"schema\":\"a\"}");
        (await host.SendAsync("DELETE", "/subjects/s?permanent=true")).Is("[1,2]");
        (await host.GetAsync("/schemas/ids/1")).IsError(404, 40403, "Schema 1 not found");
        Assert.Equal(4, await host.RegisterAsync("s", "a"));
        (await host.GetAsync("/subjects/s/versions")).Is("[1]");
    }

    [Fact]
    public async Task Looking_up_finds_the_same_schema()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync("s", "b a");
        (await host.SendAsync("POST", "/subjects/s", RegistryHost.Schema("b   a")))
            .Is("{\"subject\":\"s\",\"version\":1,\"id\":1,\"schemaType\":\"AVRO\",\"schema\":\"b a\"}");
        (await host.SendAsync("POST", "/subjects/s", RegistryHost.Schema("c"))).IsError(404, 40403, "Schema not found");
        (await host.SendAsync("POST", "/subjects/t", RegistryHost.Schema("c"))).IsError(404, 40401, "Subject 't' not found.");
        (await host.SendAsync("POST", "/subjects/s", RegistryHost.Schema("!bad"))).IsError(422, 42201, "Invalid schema !bad");
        (await host.SendAsync("POST", "/subjects/s")).IsError(422, 422);
        (await host.SendAsync("POST", "/subjects/s", "[]")).IsError(422, 422);
    }

    [Fact]
    public async Task An_incompatible_schema_is_refused_in_Confluents_words()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync("s", "a");
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("a b"))).IsError(409, 409,
            "Schema being registered is incompatible with an earlier schema for subject \"s\", details: ["
            + "{errorType:'WORD_MISSING', description:'The new schema needs 'b' which the old schema lacks', additionalInfo:'b'}, "
            + "{oldSchemaVersion: 1}, {oldSchema: 'a'}, {validateFields: 'false', compatibility: 'BACKWARD'}]");
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync("POST", "/subjects/s/versions?force=true", RegistryHost.Schema("a b"))).Status);
    }

    [Fact]
    public async Task The_newer_error_code_is_a_setting()
    {
        await using var host = await RegistryHost.StartAsync(options => options with { Settings = new() { IncompatibleCode = 40901 } });
        await host.RegisterAsync("s", "a");
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("a b"))).IsError(409, 40901);
    }

    [Fact]
    public async Task Subjects_with_slashes_and_contexts_are_segments()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync("a/b", "x");
        await host.RegisterAsync(":.ctx:a/b", "x y?");
        (await host.GetAsync("/subjects")).Is("[\":.ctx:a/b\",\"a/b\"]");
        (await host.GetAsync("/subjects/a%2Fb/versions/1/schema")).Is("x");
        (await host.GetAsync("/contexts/.ctx/subjects/a%2fb/versions/1/schema")).Is("x y?");
        (await host.GetAsync("/contexts/:.ctx:/subjects")).Is("[\":.ctx:a/b\"]");
        (await host.GetAsync("/contexts")).Is("[\".\",\".ctx\"]");
        (await host.GetAsync("/contexts/.ctx/schemas/ids/1/schema")).Is("x y?");
        (await host.GetAsync("/schemas/ids/1/schema?subject=%3A.ctx%3A")).Is("x y?");
        (await host.GetAsync("/subjects?subjectPrefix=:.ctx:")).Is("[\":.ctx:a/b\"]");
        (await host.GetAsync("/subjects?subjectPrefix=a")).Is("[\"a/b\"]");
        (await host.GetAsync("/subjects?offset=1&limit=1")).Is("[\"a/b\"]");
        (await host.SendAsync("DELETE", "/contexts/.ctx")).IsError(422, 42211);
    }

    [Fact]
    public async Task References_are_resolved_and_protected()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync("base", "a");
        await host.RegisterAsync("s", "@base b?", "\"references\":[{\"name\":\"base\",\"subject\":\"base\",\"version\":-1}]");
        (await host.GetAsync("/subjects/s/versions/1")).Is("{\"subject\":\"s\",\"version\":1,\"id\":2,\"schemaType\":\"AVRO\","
            + "\"references\":[{\"name\":\"base\",\"subject\":\"base\",\"version\":1}],\"schema\":\"@base b?\"}");
        (await host.GetAsync("/subjects/base/versions/1/referencedby")).Is("[2]");
        (await host.SendAsync("DELETE", "/subjects/base")).IsError(422, 42206,
            "One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=base,version=1}.");
        (await host.SendAsync("POST", "/subjects/s/versions",
            RegistryHost.Schema("@x", "\"references\":[{\"name\":\"x\",\"subject\":\"x\",\"version\":3}]")))
            .IsError(422, 42201, "No schema reference found for subject \"x\" and version 3");
        (await host.GetAsync("/subjects/s/versions/1/schema?format=resolved")).Is("a b?");
    }

    [Fact]
    public async Task Versions_take_all_their_parameters()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync(":.c:base", "a");
        const string Reference = "\"references\":[{\"name\":\"base\",\"subject\":\"base\",\"version\":1}]";
        await host.RegisterAsync(":.c:s", "@base b?", Reference);
        await host.RegisterAsync(":.c:t", "@base c? ", Reference);
        (await host.GetAsync("/subjects/:.c:s/versions/1?format=resolved&referenceFormat=qualified&findTags=x")).Is(
            "{\"subject\":\":.c:s\",\"version\":1,\"id\":2,\"schemaType\":\"AVRO\","
            + "\"references\":[{\"name\":\"base\",\"subject\":\":.c:base\",\"version\":1}],\"schema\":\"a b?\"}");
        Assert.Contains("\"schema\":\"a b?\"", (await host.SendAsync("POST", "/subjects/:.c:s?format=resolved", RegistryHost.Schema("@base b?", Reference))).Text);

        // One that is put together is the same.
        Assert.Contains("\"version\":1", (await host.SendAsync("POST", "/subjects/:.c:s", RegistryHost.Schema("a b?"))).Text);
        Assert.Contains("\"schema\":\"a b?\"",
            (await host.SendAsync("POST", "/subjects/:.c:s/versions?format=resolved", RegistryHost.Schema("@base b?", Reference), Full)).Text);
        (await host.GetAsync("/subjects/:.c:base/versions/1/referencedby?offset=1&limit=1")).Is("[3]");
        (await host.SendAsync("DELETE", "/subjects/:.c:s/versions/latest")).Is("1");
        (await host.GetAsync("/subjects/:.c:base/versions/1/referencedby")).Is("[3]");
        (await host.GetAsync("/subjects/:.c:base/versions/1/referencedby?deleted=true")).Is("[2,3]");
        (await host.GetAsync("/subjects/:.c:base/versions/9/referencedby")).IsError(404, 40402);
        (await host.GetAsync("/subjects/:.c:none/versions/9/referencedby")).IsError(404, 40401);
        (await host.GetAsync("/subjects/:.c:base/versions/x/referencedby")).IsError(422, 42202);
        (await host.GetAsync("/subjects/:.c:s/versions/1/schema")).IsError(404, 40401);
        (await host.GetAsync("/subjects/:.c:s/versions/1/schema?deleted=true&format=resolved")).Is("a b?");
        Assert.Contains("\"version\":1", (await host.GetAsync("/subjects/:.c:s/versions/1?deleted=true")).Text);
        (await host.GetAsync("/subjects/:.c:base/versions/9/schema")).IsError(404, 40402);
        (await host.GetAsync("/subjects/:.c:base/versions/x/schema")).IsError(422, 42202);
        (await host.SendAsync("POST", "/subjects/:.c:s", RegistryHost.Schema("@base b?", Reference))).IsError(404, 40401);
        Assert.Contains("\"version\":1", (await host.SendAsync("POST", "/subjects/:.c:s?deleted=true", RegistryHost.Schema("@base b?", Reference))).Text);
        (await host.SendAsync("DELETE", "/subjects/:.c:s/versions/x")).IsError(422, 42202);
        (await host.SendAsync("DELETE", "/subjects/:.c:none/versions/1")).IsError(404, 40401);
        (await host.SendAsync("DELETE", "/subjects/:.c:s/versions/1?permanent=true")).Is("1");
        (await host.GetAsync("/subjects/:.c:s/versions?deleted=true")).IsError(404, 40401);
    }

    [Fact]
    public async Task Media_types_are_negotiated()
    {
        await using var host = await RegistryHost.StartAsync();
        Assert.Equal("application/vnd.schemaregistry.v1+json", (await host.GetAsync("/subjects")).ContentType);
        Assert.Equal("application/json", (await host.GetAsync("/subjects", ("Accept", "application/json"))).ContentType);
        Assert.Equal("application/vnd.schemaregistry.v1+json", (await host.GetAsync("/subjects", ("Accept", "*/*"))).ContentType);
        (await host.GetAsync("/subjects", ("Accept", "text/html"))).IsError(406, 406);
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("a"), ("Content-Type", "text/plain"))).IsError(415, 415);
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("a"), ("Content-Type", "application/octet-stream"))).Is("{\"id\":1}");
    }
}
