using System.Text.Json;
using SchemaRegistry.Core.Languages;
using Xunit;

namespace Tests.Registry.Service;

public class CompareApiTests
{
    private const string Path = "/compatibility/schemas";

    [Fact]
    public async Task Two_texts_are_compared_in_both_directions()
    {
        await using var host = await RegistryHost.StartAsync();
        (await host.SendAsync("POST", Path, Pair("a  b?", "b? c"))).Is(
            "{\"old\":{\"schemaType\":\"AVRO\",\"name\":\"a\",\"schema\":\"a b?\"},\"new\":{\"schemaType\":\"AVRO\",\"name\":\"b?\",\"schema\":\"b? c\"},"
            + "\"backward\":{\"reader\":\"new\",\"writer\":\"old\",\"is_compatible\":false,\"findings\":["
            + "{\"type\":\"WORD_MISSING\",\"path\":\"c\",\"is_compatible\":false,\"message\":\"The new schema needs 'c' which the old schema lacks\",\"detail\":\"c\"},"
            + "{\"type\":\"WORD_IGNORED\",\"path\":\"a\",\"is_compatible\":true,\"message\":\"\",\"detail\":\"a\"}]},"
            + "\"forward\":{\"reader\":\"old\",\"writer\":\"new\",\"is_compatible\":false,\"findings\":["
            + "{\"type\":\"WORD_MISSING\",\"path\":\"a\",\"is_compatible\":false,\"message\":\"The old schema needs 'a' which the new schema lacks\",\"detail\":\"a\"},"
            + "{\"type\":\"WORD_IGNORED\",\"path\":\"c\",\"is_compatible\":true,\"message\":\"\",\"detail\":\"c\"}]}}");
        var lenient = (await host.SendAsync("POST", Path, Pair("a", "c", ",\"compatibilityPolicy\":\"LENIENT\""))).Json;
        Assert.True(lenient.GetProperty("backward").GetProperty("is_compatible").GetBoolean());
        Assert.True(lenient.GetProperty("forward").GetProperty("is_compatible").GetBoolean());
        (await host.GetAsync("/subjects")).Is("[]");
    }

    [Fact]
    public async Task References_are_those_of_the_context()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync(":.c:base", "a");
        const string More = ",\"references\":[{\"name\":\"base\",\"subject\":\"base\",\"version\":1}]";
        var body = $"{{\"old\":{{\"schema\":\"a\"}},\"new\":{{\"schema\":\"@base b\"{More}}}}}";
        var reply = await host.SendAsync("POST", "/contexts/.c" + Path, body);
        Assert.Equal("b", reply.Json.GetProperty("backward").GetProperty("findings")[0].GetProperty("path").GetString());
        (await host.SendAsync("POST", Path, body)).IsError(422, 42201, "No schema reference found for subject \"base\" and version 1");
    }

    [Fact]
    public async Task What_cannot_be_compared_is_said_so()
    {
        await using var host = await RegistryHost.StartAsync(options => options with { Settings = new() { MaxSchemaChars = 20 } });
        (await host.SendAsync("POST", Path, "{\"old\":{\"schema\":\"a\"}}")).IsError(422, 422, "The body cannot be read: 'new' is missing");
        (await host.SendAsync("POST", Path, "{\"old\":[],\"new\":{\"schema\":\"a\"}}")).IsError(422, 422);
        (await host.SendAsync("POST", Path)).IsError(422, 422);
        (await host.SendAsync("POST", Path, Pair("a", "!bad"))).IsError(422, 42201, "Invalid schema !bad");
        (await host.SendAsync("POST", Path, Pair("", "a"))).IsError(422, 42201, "Empty schema");
        (await host.SendAsync("POST", Path, Pair("a", new string('x', 21)))).IsError(422, 42209);
        var types = await host.SendAsync("POST", Path, "{\"old\":{\"schema\":\"a\"},\"new\":{\"schema\":\"a\",\"schemaType\":\"JSON\"}}");
        Assert.Equal("The schema type has changed from AVRO to JSON", types.Json.GetProperty("forward").GetProperty("findings")[0].GetProperty("message").GetString());
    }

    /// <summary>The sentence has no frame of the API, and says who reads.</summary>
    [Theory]
    [InlineData("AVRO", "{\"type\":\"record\",\"name\":\"R\",\"fields\":[]}", "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"f\",\"type\":\"int\"}]}",
        "The field 'f' at path '/fields/0' in the new schema has no default value and is missing in the old schema")]
    [InlineData("JSON", "{\"type\":\"string\"}", "{\"type\":\"integer\"}", "A type at path '#/' is different between the new schema and the old schema")]
    [InlineData("PROTOBUF", "syntax = \"proto3\"; message M { int32 a = 1; }", "syntax = \"proto3\"; message M { string a = 1; }",
        "The kind of a SCALAR field at path '#/M/1' in the new schema does not match its kind in the old schema")]
    public async Task Languages_say_a_sentence(string type, string old, string newer, string start)
    {
        await using var host = await RegistryHost.StartAsync(options => options with { Languages = SchemaLanguages.Of });
        var body = $"{{\"old\":{Typed(old)},\"new\":{Typed(newer)}}}";
        var backward = (await host.SendAsync("POST", Path, body)).Json.GetProperty("backward");
        var finding = backward.GetProperty("findings").EnumerateArray().First(each => !each.GetProperty("is_compatible").GetBoolean());
        Assert.False(backward.GetProperty("is_compatible").GetBoolean());
        Assert.StartsWith(start, finding.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(finding.GetProperty("path").GetString()!);

        string Typed(string text) => $"{{\"schema\":{JsonSerializer.Serialize(text)},\"schemaType\":\"{type}\"}}";
    }

    private static string Pair(string old, string newer, string more = "") =>
        $"{{\"old\":{RegistryHost.Schema(old)},\"new\":{RegistryHost.Schema(newer)}{more}}}";
}
