using SchemaRegistry.Core.Languages;
using Xunit;

namespace Tests.Registry.JsonSchema;

/// <summary>The texts of differences, word for word.</summary>
public class MessageTests
{
    [Theory]
    [InlineData("""{"type":"string"}""", """{"type":"string","maxLength":5}""", """{errorType:"MAX_LENGTH_ADDED", description:"The keyword at path '#/maxLength' in the new schema is not present in the old schema'}""")]
    [InlineData("""{"type":"string","minLength":1}""", """{"type":"string","minLength":2}""", """{errorType:"MIN_LENGTH_INCREASED", description:"The value at path '#/minLength' in the new schema is more than its value in the old schema'}""")]
    [InlineData("""{"type":"string","maxLength":2}""", """{"type":"string","maxLength":1}""", """{errorType:"MAX_LENGTH_DECREASED", description:"The value at path '#/maxLength' in the new schema is less than its value in the old schema'}""")]
    [InlineData("""{"type":"string","pattern":"a"}""", """{"type":"string","pattern":"b"}""", """{errorType:"PATTERN_CHANGED", description:"The value at path '#/pattern' is different between the new and old schema'}""")]
    [InlineData("""{"enum":[1,2]}""", """{"enum":[1]}""", """{errorType:"ENUM_ARRAY_NARROWED", description:"An array or combined type at path '#/enum' has fewer elements in the new schema than the old schema'}""")]
    [InlineData("""{"not":{"type":"number","maximum":1}}""", """{"not":{"type":"number","maximum":2}}""", """{errorType:"NOT_TYPE_EXTENDED", description:"An array or combined type at path '#/not' has more elements in the new schema than the old schema'}""")]
    [InlineData("""{"type":"string"}""", """{"type":"number"}""", """{errorType:"TYPE_CHANGED", description:"A type at path '#/' is different between the new schema and the old schema'}""")]
    [InlineData("""{"type":"object"}""", """{"type":"object","properties":{"a":{"type":"string"}}}""", """{errorType:"OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", description:"The new schema has an open content model and has a property or item at path '#/properties/a' which is missing in the old schema'}""")]
    [InlineData("""{"type":"object","additionalProperties":false}""", """{"type":"object","properties":{"a":{}},"required":["a"],"additionalProperties":false}""", """{errorType:"REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL", description:"The new schema has an unopen content model and has a required property at path '#/properties/a' which is missing in the old schema'}""")]
    [InlineData("""{"type":"object","properties":{"a":{}},"additionalProperties":false}""", """{"type":"object","additionalProperties":false}""", """{errorType:"PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL", description:"The new has a closed content model and is missing a property or item present at path '#/properties/a' in the old schema'}""")]
    [InlineData("""{"type":"array"}""", """{"type":"array","items":{"type":"string"}}""", """{errorType:"SCHEMA_ADDED", description:"'}""")]
    [InlineData("""{"properties":{"{0}{x}":{"type":"string"}}}""", """{"properties":{"{0}{x}":{"type":"null"}}}""", """{errorType:"TYPE_CHANGED", description:"A type at path '#/properties/{0}{x}' is different between the new schema and the old schema'}""")]
    public void Texts_are_those_of_the_API(string original, string update, string expected) => Assert.Equal(expected, Only(original, update, "new", "old"));

    [Fact]
    public void Texts_of_what_a_partially_open_object_does_not_cover()
    {
        var partial = """{"type":"object","additionalProperties":{"type":"string"}}""";
        var named = """{"type":"object","properties":{"a":{"type":"null"}},"additionalProperties":{"type":"string"}}""";
        Assert.Equal(
            """{errorType:"PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", description:"The new schema has a property or item at path '#/properties/a' which is missing in the old schema and is not covered by its partially open content model'}""",
            Incompatible(partial, named, "new", "old")[1]);
        Assert.Equal(
            """{errorType:"PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", description:"A property or item is missing in the old schema but present at path '#/properties/a' in the new schema and is not covered by its partially open content model'}""",
            Incompatible(named, partial, "old", "new")[1]);
    }

    private static string Only(string original, string update, string reader, string writer) => Assert.Single(Incompatible(original, update, reader, writer));

    private static List<string> Incompatible(string original, string update, string reader, string writer) =>
        [.. SchemaCase.Language.Compare(SchemaCase.Parse(update), SchemaCase.Parse(original), CompatibilityPolicy.Strict)
            .Where(f => !f.IsCompatible)
            .Select(f => SchemaCase.Language.Describe(f, reader, writer))];
}
