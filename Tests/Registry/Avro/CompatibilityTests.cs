using SchemaRegistry.Core.Languages;
using Xunit;

namespace Tests.Registry.Avro;

/// <summary>Rules that the tables of others do not show, and the whole sentences of the API.</summary>
public class CompatibilityTests
{
    [Fact]
    public void The_messages_of_the_api()
    {
        const string Reader = """
            {"type":"record","name":"A","fields":[
              {"name":"a","type":{"type":"fixed","name":"F","size":1}},
              {"name":"b","type":"int"},
              {"name":"c","type":{"type":"enum","name":"E","symbols":["A"]}},
              {"name":"d","type":["null","int"]},
              {"name":"e","type":"int"}]}
            """;
        const string Writer = """
            {"type":"record","name":"x.B","fields":[
              {"name":"a","type":{"type":"fixed","name":"F","size":2}},
              {"name":"b","type":"string"},
              {"name":"c","type":{"type":"enum","name":"E","symbols":["C","A","B"]}},
              {"name":"d","type":["null","string"]}]}
            """;
        Assert.Equal(
            [
                "{errorType:'NAME_MISMATCH', description:'The name of the schema has changed (path '/name')', additionalInfo:'expected: x.B'}",
                "{errorType:'FIXED_SIZE_MISMATCH', description:'The size of FIXED type field at path '/fields/0/type/size' in the new schema does not match with the old schema', additionalInfo:'expected: 2, found: 1'}",
                "{errorType:'TYPE_MISMATCH', description:'The type (path '/fields/1/type') of a field in the new schema does not match with the old schema', additionalInfo:'reader type: INT not compatible with writer type: STRING'}",
                "{errorType:'MISSING_ENUM_SYMBOLS', description:'The new schema is missing enum symbols '[B, C]' at path '/fields/2/type/symbols' in the old schema', additionalInfo:'[B, C]'}",
                "{errorType:'MISSING_UNION_BRANCH', description:'The new schema is missing a type inside a union field at path '/fields/3/type/1' in the old schema', additionalInfo:'reader union lacking writer type: STRING'}",
                "{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field 'e' at path '/fields/4' in the new schema has no default value and is missing in the old schema', additionalInfo:'e'}",
            ],
            Schemas.Compare(Reader, Writer).Select(f => Schemas.Language.Describe(f, "new", "old")));
        Assert.Contains(
            "in the old schema does not match with the new schema",
            Schemas.Language.Describe(Schemas.Compare("\"int\"", "\"null\"")[0], "old", "new"),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("R", null)]
    [InlineData("x.R", null)]
    [InlineData("Old", null)]
    [InlineData("y.Old2", null)]
    [InlineData("x.Old", "expected: x.Old")]
    [InlineData("Old2", "expected: Old2")]
    public void Names_by_short_name_or_full_alias(string writer, string? detail)
    {
        var findings = Schemas.Compare(
            """{"type":"record","name":"R","aliases":["Old","y.Old2"],"fields":[]}""", $$"""{"type":"record","name":"{{writer}}","fields":[]}""");
        Assert.Equal(detail, findings.SingleOrDefault()?.Detail);
    }

    [Fact]
    public void Fields_by_alias()
    {
        const string Writer = """{"type":"record","name":"R","fields":[{"name":"old","type":"int"},{"name":"other","type":"int"}]}""";
        Assert.Empty(Schemas.Compare("""{"type":"record","name":"R","fields":[{"name":"new","aliases":["old"],"type":"long"}]}""", Writer));
        var finding = Assert.Single(Schemas.Compare("""{"type":"record","name":"R","fields":[{"name":"new","aliases":["old","other"],"type":"long"}]}""", Writer));
        Assert.StartsWith(
            "Unexpected exception during compatibility check: Reader record field new type:LONG pos:0 matches multiple fields in writer record schema {\"type\":\"record\"",
            Schemas.Language.Describe(finding, "new", "old"),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_enum_field_whose_enum_has_a_default_is_compared_with_the_record()
    {
        var finding = Assert.Single(Schemas.Compare(
            """{"type":"record","name":"R","fields":[{"name":"e","type":{"type":"enum","name":"E","symbols":["A"],"default":"A"}}]}""",
            """{"type":"record","name":"R","fields":[]}"""));
        Assert.Equal(("TYPE_MISMATCH", "/fields/0/type", "reader type: ENUM not compatible with writer type: RECORD"), (finding.Type, finding.Path, finding.Detail));
    }

    /// <summary>A pair that was seen is not looked at again: its place is the first one, though it stands at two.</summary>
    [Fact]
    public void A_repeated_pair_repeats_its_first_place()
    {
        const string Text = """
            {"type":"record","name":"R","fields":[
              {"name":"a","type":{"type":"record","name":"S","fields":[{"name":"x","type":"TYPE"}]}},
              {"name":"b","type":"S"}]}
            """;
        var findings = Schemas.Compare(Text.Replace("TYPE", "int", StringComparison.Ordinal), Text.Replace("TYPE", "string", StringComparison.Ordinal));
        Assert.Equal(["/fields/0/type/fields/0/type", "/fields/0/type/fields/0/type"], findings.Select(f => f.Path));
    }

    [Theory]
    [InlineData("""{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}""", """{"type":"bytes","logicalType":"decimal","precision":9,"scale":1}""")]
    [InlineData("\"long\"", """{"type":"long","logicalType":"timestamp-millis"}""")]
    [InlineData("\"string\"", "\"bytes\"")]
    [InlineData("""["null","long"]""", "\"int\"")]
    [InlineData("\"long\"", """["int","long"]""")]
    public void Compatible(string reader, string writer) => Assert.Empty(Schemas.Compare(reader, writer));

    [Fact]
    public void Lenient_policy_is_for_json_alone()
    {
        var schemas = (Reader: Schemas.Parse("\"int\""), Writer: Schemas.Parse("\"long\""));
        Assert.Equal(
            Schemas.Language.Compare(schemas.Reader, schemas.Writer, CompatibilityPolicy.Strict),
            Schemas.Language.Compare(schemas.Reader, schemas.Writer, CompatibilityPolicy.Lenient));
    }
}
