using System.Net;
using SchemaRegistry.Core.Languages;
using SchemaRegistry.Service;
using Xunit;

namespace Tests.Registry.Service;

/// <summary>Cases of the API that only few requests meet.</summary>
public class DocumentedCasesTests
{
    [Fact]
    public async Task Nothing_is_deleted_or_set_where_only_reading_is_allowed()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync("s", "a");
        await host.SendAsync("PUT", "/config/s", "{\"compatibility\":\"NONE\"}");
        await host.SendAsync("PUT", "/mode", "{\"mode\":\"READONLY\"}");
        const string Text = "Subject s in context . is in read-only mode";
        (await host.SendAsync("DELETE", "/subjects/s")).IsError(422, 42205, Text);
        (await host.SendAsync("DELETE", "/subjects/s/versions/1")).IsError(422, 42205, Text);
        (await host.SendAsync("POST", "/subjects/s/versions/1/tags", "{\"metadata\":{\"properties\":{\"a\":\"b\"}}}")).IsError(422, 42205, Text);
        (await host.SendAsync("DELETE", "/config/s")).IsError(422, 42205, Text);
        (await host.SendAsync("PUT", "/config", "{\"compatibility\":\"NONE\"}")).IsError(422, 42205);
        (await host.SendAsync("DELETE", "/config")).IsError(422, 42205);
        (await host.GetAsync("/subjects")).Is("[\"s\"]");
    }

    [Fact]
    public async Task A_version_that_others_refer_to_is_not_deleted()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync("base", "a");
        await host.RegisterAsync("s", "@base", "\"references\":[{\"name\":\"base\",\"subject\":\"base\",\"version\":1}]");
        (await host.SendAsync("DELETE", "/subjects/base/versions/1")).IsError(422, 42206,
            "One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=base,version=1}.");
    }

    [Theory]
    [InlineData("POST", "/subjects/s/versions", "{\"schema\":\"a\"}")]
    [InlineData("PUT", "/config/s", "{\"compatibility\":\"NONE\"}")]
    [InlineData("PUT", "/config", "{\"compatibility\":\"NONE\"}")]
    [InlineData("POST", "/subjects/s/versions/1/tags", "{}")]
    public async Task A_request_that_comes_back_has_no_leader(string method, string path, string body)
    {
        await using var host = await RegistryHost.StartAsync(options => options with { HomeOf = _ => WriteHome.At(new Uri("http://127.0.0.1:1/")) });
        (await host.SendAsync(method, path, body, ("Federation-Forwarded", "true"))).IsError(500, 50004, "Leader not known.");
    }

    [Fact]
    public async Task Tags_have_the_codes_of_a_registration()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync("s", "a");
        (await host.SendAsync("POST", "/subjects/s/versions/x/tags", "{}")).IsError(422, 42202);
        (await host.SendAsync("POST", "/subjects/s/versions/1/tags", "{\"ruleSet\":{\"domainRules\":[{\"name\":\"r\"}]}}")).IsError(422, 42210, "Missing rule type for rule 'r'");
    }

    [Fact]
    public async Task Settings_of_the_registry_are_checked_as_those_of_subjects()
    {
        await using var host = await RegistryHost.StartAsync();
        (await host.SendAsync("PUT", "/config", "{\"defaultRuleSet\":{\"domainRules\":[{\"name\":\"r\"}]}}")).IsError(422, 42210);
        (await host.SendAsync("PUT", "/config", "{\"compatibilityPolicy\":\"LOGICAL\"}"))
            .IsError(422, 42203, "The compatibility policy LOGICAL is not supported. Valid values are STRICT and LENIENT");
        (await host.SendAsync("PUT", "/config/s", "{\"compatibilityPolicy\":\"LAX\"}")).IsError(422, 42203);
        (await host.SendAsync("PUT", "/config/s", "{\"compatibilityPolicy\":\"lenient\"}")).Is("{\"compatibilityPolicy\":\"LENIENT\"}");
        (await host.SendAsync("PUT", "/config/s", "{\"compatibilityPolicy\":null}")).Is("{}");
    }

    [Fact]
    public async Task Settings_below_a_context_come_from_above_when_asked_for()
    {
        await using var host = await RegistryHost.StartAsync();
        (await host.GetAsync("/contexts/.c/config")).IsError(404, 40408);
        (await host.GetAsync("/contexts/.c/config?defaultToGlobal=true")).Is("{\"compatibilityLevel\":\"BACKWARD\"}");
        (await host.GetAsync("/contexts/.c/mode")).IsError(404, 40409);
        (await host.GetAsync("/contexts/.c/mode?defaultToGlobal=true")).Is("{\"mode\":\"READWRITE\"}");
    }

    [Fact]
    public async Task Modes_of_all_subjects_of_a_context_are_cleared_with_it()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.SendAsync("PUT", "/mode/:.c:", "{\"mode\":\"READONLY\"}");
        await host.SendAsync("PUT", "/mode/:.c:s", "{\"mode\":\"READWRITE\"}");
        await host.SendAsync("PUT", "/mode/s", "{\"mode\":\"READONLY\"}");
        (await host.SendAsync("DELETE", "/mode/:.c:?recursive=true")).Is("{\"mode\":\"READONLY\"}");
        (await host.GetAsync("/mode/:.c:s")).IsError(404, 40409);
        (await host.GetAsync("/mode/s")).Is("{\"mode\":\"READONLY\"}");
    }

    /// <summary>Another form of a text is told from the canonical one by what it refers to.</summary>
    [Fact]
    public async Task The_other_form_of_a_text_is_given_wherever_it_can_be_asked_for()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync("base", "a");
        await host.RegisterAsync("s", "@base b?", "\"references\":[{\"name\":\"base\",\"subject\":\"base\",\"version\":1}],\"metadata\":{\"properties\":{\"k\":\"v\"}}");
        var guid = (await host.GetAsync("/schemas/ids/2", ("Confluent-Accept-Unknown-Properties", "true"))).Json.GetProperty("guid").GetString();
        foreach (var path in new[] { $"/schemas/guids/{guid}", "/subjects/s/metadata?key=k&value=v", "/schemas/ids/2", "/subjects/s/versions/1" })
        {
            Assert.Equal("@base b?", (await host.GetAsync(path)).Json.GetProperty("schema").GetString());
            var other = await host.GetAsync(path + (path.Contains('?') ? '&' : '?') + "format=resolved");
            Assert.Equal("a b?", other.Json.GetProperty("schema").GetString());
        }

        await host.RegisterAsync("old", "z", "\"metadata\":{\"properties\":{\"k\":\"v\"}}");
        await host.SendAsync("DELETE", "/subjects/old");
        (await host.GetAsync("/subjects/old/metadata?key=k&value=v")).IsError(404, 40401);
        Assert.Equal("z", (await host.GetAsync("/subjects/old/metadata?key=k&value=v&deleted=true")).Json.GetProperty("schema").GetString());
    }

    [Fact]
    public async Task Lists_are_cut_where_that_is_asked_for()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync("s", "a");
        await host.RegisterAsync("s", "a b?");
        await host.RegisterAsync("t", "a");
        const string Reference = "\"references\":[{\"name\":\"s\",\"subject\":\"s\",\"version\":1}]";
        await host.RegisterAsync("u", "@s c?", Reference);
        await host.RegisterAsync("v", "@s d?", Reference);
        (await host.GetAsync("/subjects?limit=2")).Is("[\"s\",\"t\"]");
        (await host.GetAsync("/subjects?offset=1&limit=-1")).Is("[\"t\",\"u\",\"v\"]");
        (await host.GetAsync("/subjects/s/versions?limit=1")).Is("[1]");
        (await host.GetAsync("/subjects/s/versions/1/referencedby?limit=1")).Is("[3]");
        (await host.GetAsync("/subjects/s/versions/1/referencedby?offset=1")).Is("[4]");
        (await host.GetAsync("/schemas/ids/1/subjects?limit=1")).Is("[\"s\"]");
        (await host.GetAsync("/schemas/ids/1/subjects?offset=1")).Is("[\"t\"]");
        (await host.GetAsync("/schemas/ids/1/versions?limit=1")).Is("[{\"subject\":\"s\",\"version\":1}]");
        (await host.GetAsync("/schemas/ids/1/versions?offset=1")).Is("[{\"subject\":\"t\",\"version\":1}]");
        (await host.GetAsync("/schemas/ids/1/versions?subject=t")).Is("[{\"subject\":\"t\",\"version\":1}]");
        Assert.Equal(1, (await host.GetAsync("/schemas?limit=1")).Json.GetArrayLength());
        Assert.Equal(5, (await host.GetAsync("/schemas?limit=-1")).Json.GetArrayLength());
    }

    [Fact]
    public async Task What_cannot_be_normalised_is_invalid_when_that_is_asked_for()
    {
        await using var host = await RegistryHost.StartAsync();
        const string Text = "Could not resolve type: !loose";
        Assert.Equal(1, await host.RegisterAsync("s", "b !loose?"));
        Assert.Equal(2, await host.RegisterAsync("t", "!loose a"));
        (await host.SendAsync("POST", "/subjects/u/versions?normalize=true", RegistryHost.Schema("!loose a"))).IsError(422, 42201, Text);
        (await host.SendAsync("POST", "/subjects/t?normalize=true", RegistryHost.Schema("!loose a"))).IsError(422, 42201, Text);
        (await host.SendAsync("POST", "/compatibility/subjects/t/versions?normalize=true", RegistryHost.Schema("!loose a"))).IsError(422, 42201, Text);
        (await host.SendAsync("POST", "/compatibility/subjects/t/versions/1?normalize=true", RegistryHost.Schema("!loose a"))).IsError(422, 42201, Text);
        (await host.SendAsync("POST", "/compatibility/subjects/t/versions/1", RegistryHost.Schema("!loose a"))).Is("{\"is_compatible\":true}");
        (await host.SendAsync("POST", "/compatibility/subjects/t/versions?normalize=true&verbose=true", RegistryHost.Schema("!loose a")))
            .Is($"{{\"is_compatible\":false,\"messages\":[\"{Text}\"]}}");
        await host.SendAsync("PUT", "/config/u", "{\"normalize\":true}");
        (await host.SendAsync("POST", "/subjects/u/versions", RegistryHost.Schema("!loose a"))).IsError(422, 42201, Text);
    }

    [Fact]
    public async Task A_protobuf_type_that_is_nowhere_shows_when_it_is_normalised()
    {
        await using var host = await RegistryHost.StartAsync(options => options with { Languages = SchemaLanguages.Of });
        var schema = RegistryHost.Schema("syntax = \"proto3\"; message M { Nowhere n = 1; }", "\"schemaType\":\"PROTOBUF\"");
        (await host.SendAsync("POST", "/subjects/s/versions?normalize=true", schema)).IsError(422, 42201, "Could not resolve type: Nowhere");
        (await host.SendAsync("POST", "/subjects/s/versions", schema)).Is("{\"id\":1}");
    }

    [Fact]
    public async Task Expressions_of_rules_are_checked_where_that_is_set()
    {
        await using var host = await RegistryHost.StartAsync();
        static string Schema(string expression) => RegistryHost.Schema("a",
            $"\"ruleSet\":{{\"domainRules\":[{{\"name\":\"r\",\"kind\":\"CONDITION\",\"mode\":\"WRITE\",\"type\":\"CEL\",\"expr\":{System.Text.Json.JsonSerializer.Serialize(expression)}}}]}}");
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync("POST", "/subjects/free/versions", Schema("((("))).Status);
        await host.SendAsync("PUT", "/config", "{\"validateRules\":true}");
        (await host.SendAsync("POST", "/subjects/s/versions", Schema("(a"))).IsError(422, 42210, "Rule 'r' has an invalid CEL expression: ( is not closed");
        (await host.SendAsync("POST", "/subjects/s/versions", Schema("a]"))).IsError(422, 42210, "Rule 'r' has an invalid CEL expression: ] at 1 closes nothing");
        (await host.SendAsync("POST", "/subjects/s/versions", Schema("a == 'b"))).IsError(422, 42210, "Rule 'r' has an invalid CEL expression: a string that begins with ' does not end");
        (await host.SendAsync("POST", "/subjects/s/versions", Schema(""))).IsError(422, 42210, "Rule 'r' has an invalid CEL expression: it is empty");
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync("POST", "/subjects/s/versions", Schema("size(message.a) > 0 && message.b != '\\'(' && [1, 2].all(x, x > 0)"))).Status);
    }

    [Theory]
    [InlineData("AVRO", "{errorType:'RESERVED_PROPERTY_REMOVED', description:'The new schema has reserved property '{0}' removed from its metadata which is present in the old schema.', additionalInfo:'{0}'}")]
    [InlineData("JSON", "{errorType:\"RESERVED_PROPERTY_REMOVED\", description:\"The new schema has reserved property '{0}' removed from its metadata which is present in the old schema.'}")]
    [InlineData("PROTOBUF", "{errorType:\"RESERVED_PROPERTY_REMOVED\", description:\"The new schema has reserved property '{0}' removed from its metadata which is present in the old schema.\"}")]
    public async Task Reserved_names_are_told_in_each_languages_way(string type, string text)
    {
        await using var host = await RegistryHost.StartAsync();
        await host.SendAsync("PUT", "/config/s", "{\"validateFields\":true}");
        await host.RegisterAsync("s", "a", $"\"schemaType\":\"{type}\",\"metadata\":{{\"properties\":{{\"confluent:reserved\":\"{{0}}\"}}}}");
        var reply = await host.SendAsync("POST", "/compatibility/subjects/s/versions?verbose=true",
            RegistryHost.Schema("a", $"\"schemaType\":\"{type}\",\"metadata\":{{\"properties\":{{\"x\":\"y\"}}}}"));
        Assert.Equal(text, reply.Json.GetProperty("messages")[0].GetString());
    }
}
