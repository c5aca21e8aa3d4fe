using SchemaRegistry.Core.Languages;
using Xunit;

namespace Tests.Registry.JsonSchema;

/// <summary>What references lead to: seen by comparing with a schema that has the target in their place.</summary>
public class ReferenceTests
{
    private const string Integer = """{"type":"integer"}""";

    [Theory]
    [InlineData("""{"$ref":"int.json"}""")]
    [InlineData("""{"$ref":"int.json#"}""")]
    [InlineData("""{"$ref":"int.json#/"}""", false)]
    [InlineData("""{"$id":"http://x/a/root.json","allOf":[{"$ref":"int.json"}]}""")]
    [InlineData("""{"$id":"http://x/a/root.json","allOf":[{"$ref":"http://x/a/int.json"}]}""")]
    [InlineData("""{"$id":"http://x/a/root.json","allOf":[{"$ref":"./b/../int.json"}]}""")]
    [InlineData("""{"$id":"http://x/a/root.json","allOf":[{"$ref":"/a/int.json"}]}""")]
    [InlineData("""{"$id":"http://x/a/root.json","allOf":[{"$ref":"//x/a/int.json"}]}""")]
    [InlineData("""{"$id":"http://x/a/root.json","allOf":[{"$ref":"http://y/a/int.json"}]}""", false)]
    [InlineData("""{"$id":"http://x/a/root.json","allOf":[{"$ref":"../int.json"}]}""", false)]
    public void A_reference_of_the_registry_is_found_by_name_and_from_the_schemas_id(string text, bool isFound = true)
    {
        var reference = SchemaCase.Reference("int.json", Integer);
        var result = SchemaCase.Language.Parse(new SchemaSource(text, [reference]), ParseRules.Register);
        Assert.True(result.Schema is not null == isFound, result.Error);
        if (isFound)
        {
            Assert.Contains("TYPE_EXTENDED #/", SchemaCase.Differences(result.Schema!, SchemaCase.Parse("""{"type":"number"}""")));
        }
    }

    [Theory]
    [InlineData("http://x/int.json")]
    [InlineData("urn:types:int")]
    public void A_reference_is_found_by_its_own_id_and_by_an_absolute_name(string id)
    {
        var byId = SchemaCase.Reference("n", $$"""{"$id":"{{id}}","type":"integer"}""");
        IsInteger($$"""{"$ref":"{{id}}"}""", byId);
        IsInteger($$"""{"$ref":"{{id}}"}""", SchemaCase.Reference(id, Integer));
    }

    [Fact]
    public void Each_document_calls_others_by_its_own_names()
    {
        // Both call something "t", and it is not the same.
        var one = SchemaCase.Reference("one", """{"$ref":"t"}""", SchemaCase.Reference("t", Integer));
        var two = SchemaCase.Reference("two", """{"$ref":"t"}""", SchemaCase.Reference("t", """{"type":"string"}"""));
        var schema = SchemaCase.Parse("""{"properties":{"a":{"$ref":"one"},"b":{"$ref":"two"}}}""", [one, two]);
        Assert.Empty(SchemaCase.Differences(schema, SchemaCase.Parse("""{"properties":{"a":{"type":"integer"},"b":{"type":"string"}}}""")));
    }

    [Fact]
    public void Names_of_references_of_references_are_known_too() =>
        IsInteger("""{"$ref":"deep"}""", SchemaCase.Reference("outer", "true", SchemaCase.Reference("deep", Integer)));

    [Fact]
    public void Documents_may_refer_to_each_other()
    {
        var list = SchemaCase.Reference("list", """{"$id":"http://x/list","type":"object","properties":{"tree":{"$ref":"http://x/tree"}}}""");
        var schema = SchemaCase.Parse("""{"$id":"http://x/tree","type":"object","properties":{"list":{"$ref":"http://x/list"}}}""", [list]);
        Assert.Empty(SchemaCase.Differences(schema, schema));
    }

    [Fact]
    public void A_document_is_read_by_its_own_draft()
    {
        var modern = SchemaCase.Reference(
            "m",
            """{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"array","prefixItems":[{"type":"integer"}]}""");
        Assert.Equal(
            ["TYPE_EXTENDED #/items/0"],
            SchemaCase.Differences(SchemaCase.Parse("""{"$ref":"m"}""", [modern]), SchemaCase.Parse("""{"type":"array","items":[{"type":"number"}]}""")));
    }

    [Fact]
    public void A_broken_reference_is_named()
    {
        var result = SchemaCase.Language.Parse(new SchemaSource("""{"$ref":"r"}""", [SchemaCase.Reference("r", "{")]), ParseRules.Register);
        Assert.StartsWith("Invalid schema: reference r: invalid JSON", result.Error, StringComparison.Ordinal);
        result = SchemaCase.Language.Parse(new SchemaSource("""{"$ref":"r"}""", [SchemaCase.Reference("r", """{"type":"x"}""")]), ParseRules.Register);
        Assert.Equal("Invalid schema: r/type: unknown type: x", result.Error);
    }

    [Theory]
    [InlineData("http://json-schema.org/draft-04/schema#")]
    [InlineData("http://json-schema.org/draft-06/schema#")]
    [InlineData("http://json-schema.org/draft-07/schema#")]
    [InlineData("http://json-schema.org/draft-07/schema")]
    [InlineData("https://json-schema.org/draft/2019-09/schema")]
    [InlineData("https://json-schema.org/draft/2020-12/schema")]
    [InlineData("https://json-schema.org/draft/2020-12/meta/validation")]
    public void The_drafts_own_schemas_are_known(string uri)
    {
        var schema = SchemaCase.Parse("{\"properties\":{\"s\":{\"$ref\":\"" + uri + "\"}}}");
        var same = SchemaCase.Parse("{\"properties\":{\"s\":{\"$ref\":\"" + uri + "\"}}}");
        Assert.Empty(SchemaCase.Differences(schema, same));
        Assert.NotEmpty(SchemaCase.Differences(schema, SchemaCase.Parse("""{"properties":{"s":{"type":"string"}}}""")));
    }

    [Theory]
    [InlineData("http://json-schema.org/draft-99/schema#")]
    [InlineData("http://json-schema.org/../../etc/passwd")]
    [InlineData("http://example.org/json-schema.org/draft-07/schema#")]
    public void Other_addresses_are_external(string uri)
    {
        var result = SchemaCase.Language.Parse(SchemaSource.Of($$"""{"$ref":"{{uri}}"}"""), ParseRules.Register);
        Assert.Contains("unsupported external reference", result.Error, StringComparison.Ordinal);
    }

    private static void IsInteger(string text, params ResolvedReference[] references) =>
        Assert.Contains("TYPE_EXTENDED #/", SchemaCase.Differences(SchemaCase.Parse(text, references), SchemaCase.Parse("""{"type":"number"}""")));
}
