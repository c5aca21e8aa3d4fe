using SchemaRegistry.Core.Avro;
using SchemaRegistry.Core.Languages;
using Xunit;

namespace Tests.Registry.Avro;

/// <summary>Which schemas are taken, and the difference between registering and looking up.</summary>
public class ParserTests
{
    [Theory]
    [InlineData("""{"type":"record","name":"Ä","fields":[]}""")]
    [InlineData("""{"type":"record","name":"1a","fields":[]}""")]
    [InlineData("""{"type":"record","name":"a-b","fields":[]}""")]
    [InlineData("""{"type":"record","name":"R","namespace":"a-b","fields":[]}""")]
    [InlineData("""{"type":"record","name":"R","namespace":"a..b","fields":[]}""")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a b","type":"int"}]}""")]
    [InlineData("""{"type":"record","name":"R","aliases":["x y"],"fields":[]}""")]
    [InlineData("""{"type":"enum","name":"E","symbols":["A-B"]}""")]
    [InlineData("""{"type":"enum","name":"E","symbols":["A"],"default":"B"}""")]
    public void What_only_registering_refuses(string text)
    {
        Schemas.Error(text);
        var lenient = Schemas.Parse(text, ParseRules.Lookup);
        Assert.Equal(lenient.CanonicalText, Schemas.Parse(lenient.CanonicalText, ParseRules.Lookup).CanonicalText);
        Assert.Equal(lenient.NormalizedText, Schemas.Parse(lenient.NormalizedText, ParseRules.Lookup).NormalizedText);
    }

    [Theory]
    [InlineData("\"int\"", "1", true)]
    [InlineData("\"int\"", "2147483648", false)]
    [InlineData("\"int\"", "1.0", false)]
    [InlineData("\"int\"", "\"1\"", false)]
    [InlineData("\"int\"", "null", false)]
    [InlineData("\"long\"", "9223372036854775807", true)]
    [InlineData("\"long\"", "9223372036854775808", false)]
    [InlineData("\"float\"", "1", true)]
    [InlineData("\"float\"", "1e300", true)]
    [InlineData("\"double\"", "\"NaN\"", true)]
    [InlineData("\"double\"", "true", false)]
    [InlineData("\"boolean\"", "false", true)]
    [InlineData("\"boolean\"", "0", false)]
    [InlineData("\"null\"", "null", true)]
    [InlineData("\"null\"", "0", false)]
    [InlineData("\"string\"", "\"x\"", true)]
    [InlineData("\"string\"", "1", false)]
    [InlineData("\"bytes\"", "\"\\u00ff\"", true)]
    [InlineData("\"bytes\"", "[]", false)]
    [InlineData("""{"type":"array","items":"int"}""", "[1,2]", true)]
    [InlineData("""{"type":"array","items":"int"}""", "[1,\"2\"]", false)]
    [InlineData("""{"type":"array","items":"int"}""", "{}", false)]
    [InlineData("""{"type":"map","values":"int"}""", "{\"a\":1}", true)]
    [InlineData("""{"type":"map","values":"int"}""", "{\"a\":null}", false)]
    [InlineData("""{"type":"map","values":"int"}""", "[]", false)]
    [InlineData("""{"type":"enum","name":"E","symbols":["A"]}""", "\"A\"", true)]
    [InlineData("""{"type":"enum","name":"E","symbols":["A"]}""", "1", false)]
    [InlineData("""{"type":"fixed","name":"F","size":1}""", "\"A\"", true)]
    [InlineData("""["null","string"]""", "null", true)]
    [InlineData("""["null","string"]""", "\"x\"", true)]
    [InlineData("""["null","string"]""", "1", false)]
    [InlineData("[]", "null", false)]
    [InlineData("""{"type":"record","name":"S","fields":[{"name":"a","type":"int"},{"name":"b","type":"int","default":1}]}""", "{\"a\":1}", true)]
    [InlineData("""{"type":"record","name":"S","fields":[{"name":"a","type":"int"}]}""", "{}", false)]
    [InlineData("""{"type":"record","name":"S","fields":[{"name":"a","type":"int"}]}""", "[]", false)]
    public void Defaults_fit_their_types_when_registering(string type, string value, bool fits)
    {
        var text = $$"""{"type":"record","name":"R","fields":[{"name":"f","type":{{type}},"default":{{value}}}]}""";
        Schemas.Parse(text, ParseRules.Lookup);
        if (fits)
        {
            Schemas.Parse(text);
        }
        else
        {
            Assert.Contains("Invalid default for field f", Schemas.Error(text), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Comments_are_allowed() => Assert.Equal("\"int\"", Schemas.Parse("/* a */ \"int\" // b").CanonicalText);

    [Fact]
    public void Of_members_with_one_name_the_last_holds() =>
        Assert.Equal("""{"type":"fixed","name":"G","size":2}""", Schemas.Parse("""{"type":"fixed","name":"F","size":1,"name":"G","size":2}""").CanonicalText);

    [Fact]
    public void Names_are_found_before_their_definition()
    {
        var schema = Schemas.Parse(
            """{"type":"record","name":"R","namespace":"n","fields":[{"name":"a","type":"F"},{"name":"b","type":{"type":"fixed","name":"F","size":1}}]}""");
        Assert.Equal(
            """{"type":"record","name":"R","namespace":"n","fields":[{"name":"a","type":{"type":"fixed","name":"F","size":1}},{"name":"b","type":"F"}]}""",
            schema.CanonicalText);
    }

    [Fact]
    public void A_name_is_of_the_enclosing_namespace_first()
    {
        const string Text = """
            {"type":"record","name":"R","namespace":"n","fields":[
              {"name":"a","type":{"type":"fixed","name":"F","namespace":"","size":1}},
              {"name":"b","type":"F"},
              {"name":"c","type":{"type":"fixed","name":"G","size":2}},
              {"name":"d","type":{"type":"record","name":"m.S","fields":[{"name":"x","type":"n.G"},{"name":"y","type":"F"}]}}]}
            """;
        Assert.Equal(
            """{"type":"record","name":"R","namespace":"n","fields":[{"name":"a","type":{"type":"fixed","name":"F","namespace":"","size":1}},{"name":"b","type":"F"},"""
            + """{"name":"c","type":{"type":"fixed","name":"G","size":2}},"""
            + """{"name":"d","type":{"type":"record","name":"S","namespace":"m","fields":[{"name":"x","type":"n.G"},{"name":"y","type":"F"}]}}]}""",
            Schemas.Parse(Text).CanonicalText);
    }

    [Fact]
    public void Equal_definitions_may_repeat_others_not()
    {
        const string Twice = """[{"type":"array","items":{"type":"enum","name":"E","symbols":["A"],"doc":"x"}},{"type":"enum","name":"E","symbols":[SYMBOLS]}]""";
        Assert.Equal(
            """[{"type":"array","items":{"type":"enum","name":"E","doc":"x","symbols":["A"]}},"E"]""",
            Schemas.Parse(Twice.Replace("SYMBOLS", "\"A\"", StringComparison.Ordinal)).CanonicalText);
        Assert.Contains("Can't redefine: E", Schemas.Error(Twice.Replace("SYMBOLS", "\"B\"", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void An_invalid_logical_type_is_an_attribute()
    {
        const string Text = """{"type":"bytes","logicalType":"decimal","precision":2,"scale":5}""";
        Assert.Equal(Text, Schemas.Parse(Text).CanonicalText);
    }

    [Fact]
    public void The_name_is_that_of_a_named_type()
    {
        Assert.Equal("a.b.R", Schemas.Parse("""{"type":"record","name":"R","namespace":"a.b","fields":[]}""").Name);
        Assert.Null(Schemas.Parse("\"int\"").Name);
        var record = Assert.IsType<AvroSchema>(Schemas.Parse("""{"type":"record","name":"R","fields":[{"name":"f","type":"int"}]}"""));
        Assert.True(record.HasField("f"));
        Assert.False(record.HasField("g"));
        Assert.Equal(SchemaType.Avro, Schemas.Parse("\"int\"").Type);
    }
}
