using SchemaRegistry.Core.Avro;
using Xunit;

namespace Tests.Registry.Avro;

/// <summary>Canonical and normalised texts, letter by letter: ids depend on them.</summary>
public class PrinterTests
{
    [Theory]
    [InlineData("""{"type":"string"}""", "\"string\"")]
    [InlineData(""" [ "null" , {"type" : "int"} ] """, """["null","int"]""")]
    [InlineData("""{"logicalType":"timestamp-millis","type":"long"}""", """{"type":"long","logicalType":"timestamp-millis"}""")]
    [InlineData("""{"b":1,"type":"array","a":{"y":[1,{}],"x":null},"items":"int"}""", """{"type":"array","items":"int","b":1,"a":{"y":[1,{}],"x":null}}""")]
    [InlineData("""{"p":true,"values":{"type":"int"},"type":"map"}""", """{"type":"map","values":"int","p":true}""")]
    [InlineData(
        """{"aliases":["b.G","a.H"],"x":1,"size":3,"doc":"d","namespace":"a","name":"F","type":"fixed"}""",
        """{"type":"fixed","name":"F","namespace":"a","doc":"d","size":3,"x":1,"aliases":["b.G","H"]}""")]
    [InlineData(
        """{"default":"A","symbols":["A","B"],"x":1,"name":"a.b.E","doc":"","type":"enum","aliases":[]}""",
        """{"type":"enum","name":"E","namespace":"a.b","doc":"","symbols":["A","B"],"default":"A","x":1}""")]
    [InlineData(
        """{"fields":[{"x":1,"aliases":["g"],"order":"descending","default":null,"doc":"d","type":["null","R"],"name":"f"}],"p":2,"aliases":["Q"],"name":"R","type":"record"}""",
        """{"type":"record","name":"R","fields":[{"name":"f","type":["null","R"],"doc":"d","default":null,"order":"descending","aliases":["g"],"x":1}],"p":2,"aliases":["Q"]}""")]
    [InlineData("""{"type":"error","name":"X","fields":[]}""", """{"type":"error","name":"X","fields":[]}""")]
    [InlineData(
        """{"type":"record","name":"R","namespace":"a","fields":[{"name":"f","type":{"type":"record","name":"S","fields":[]}},{"name":"g","type":{"type":"record","name":"b.T","fields":[{"name":"h","type":"a.S"}]}}]}""",
        """{"type":"record","name":"R","namespace":"a","fields":[{"name":"f","type":{"type":"record","name":"S","fields":[]}},{"name":"g","type":{"type":"record","name":"T","namespace":"b","fields":[{"name":"h","type":"a.S"}]}}]}""")]
    [InlineData(
        """{"type":"record","name":"n.R","fields":[{"name":"f","type":{"type":"fixed","name":"record","size":1}},{"name":"g","type":"n.record"}]}""",
        """{"type":"record","name":"R","namespace":"n","fields":[{"name":"f","type":{"type":"fixed","name":"record","size":1}},{"name":"g","type":"n.record"}]}""")]
    public void Canonical(string text, string expected)
    {
        Assert.Equal(expected, Schemas.Parse(text).CanonicalText);
        Assert.Equal(expected, Schemas.Parse(expected).CanonicalText);
    }

    [Theory]
    [InlineData("""{"type":"string"}""", "\"string\"")]
    [InlineData("""{"z":1,"type":"string","a":{"y":1,"x":2}}""", """{"type":"string","a":{"x":2,"y":1},"z":1}""")]
    [InlineData("""{"x":1,"logicalType":"date","type":"int"}""", """{"type":"int","logicalType":"date","x":1}""")]
    [InlineData(
        """{"scale":0,"x":1,"precision":4,"logicalType":"decimal","type":"bytes"}""", """{"type":"bytes","logicalType":"decimal","precision":4,"x":1}""")]
    [InlineData(
        """{"scale":2,"precision":4,"a":1,"logicalType":"decimal","type":"fixed","size":3,"name":"F","doc":"d"}""",
        """{"name":"F","type":"fixed","size":3,"logicalType":"decimal","precision":4,"scale":2,"doc":"d","a":1}""")]
    [InlineData("""{"scale":5,"precision":4,"logicalType":"decimal","type":"bytes"}""", """{"type":"bytes","logicalType":"decimal","precision":4,"scale":5}""")]
    [InlineData("""{"b":1,"a":2,"type":"array","items":"int"}""", """{"type":"array","items":"int","a":2,"b":1}""")]
    [InlineData(
        """{"type":"enum","name":"E","namespace":"a","symbols":["B","A"],"default":"A","aliases":["Z","b.Y"],"doc":"","x":1}""",
        """{"name":"a.E","type":"enum","symbols":["B","A"],"aliases":["a.Z","b.Y"],"default":"A","x":1}""")]
    [InlineData(
        """{"type":"record","name":"R","namespace":"a","doc":"d","fields":[{"name":"f","type":{"type":"record","name":"S","fields":[]},"default":{},"aliases":["z","y"],"doc":"e","order":"ignore","q":1,"p":{"b":1,"a":2}},{"name":"g","type":"S"}]}""",
        """{"name":"a.R","type":"record","fields":[{"name":"f","type":{"name":"a.S","type":"record","fields":[]},"order":"ignore","doc":"e","aliases":["y","z"],"default":{},"p":{"a":2,"b":1},"q":1},{"name":"g","type":"a.S","order":"ascending"}],"doc":"d"}""")]
    [InlineData(
        """{"type":"record","name":"a.R","fields":[{"name":"f","type":{"type":"map","values":"int"},"default":{"b":1,"a":2}}]}""",
        """{"name":"a.R","type":"record","fields":[{"name":"f","type":{"type":"map","values":"int"},"order":"ascending","default":{"a":2,"b":1}}]}""")]
    [InlineData(
        """{"type":"record","name":"a.R","fields":[{"name":"f","type":{"type":"fixed","name":"F","namespace":"","size":1,"aliases":["G"]}},{"name":"g","type":"F"}],"aliases":[".Q"]}""",
        """{"name":"a.R","type":"record","fields":[{"name":"f","type":{"name":"F","namespace":"","type":"fixed","size":1,"aliases":["G"]},"order":"ascending"},{"name":"g","type":"F","order":"ascending"}],"aliases":[".Q"]}""")]
    public void Normalised(string text, string expected)
    {
        Assert.Equal(expected, Schemas.Parse(text).NormalizedText);
        Assert.Equal(expected, Schemas.Parse(expected).NormalizedText);
    }

    [Theory]
    [InlineData("1", "1")]
    [InlineData("-0", "0")]
    [InlineData("123456789012345678901234567890", "123456789012345678901234567890")]
    [InlineData("1.0", "1.0")]
    [InlineData("-0.0", "-0.0")]
    [InlineData("1.50", "1.5")]
    [InlineData("1.0e3", "1000.0")]
    [InlineData("1e7", "1.0E7")]
    [InlineData("9999999.5", "9999999.5")]
    [InlineData("0.001", "0.001")]
    [InlineData("0.00099", "9.9E-4")]
    [InlineData("1.5e-5", "1.5E-5")]
    [InlineData("123456789.125", "1.23456789125E8")]
    [InlineData("\"a\\/\\u00e9\\u0001\\u2028\\n\\t\\\"\\\\\"", "\"a/é\\u0001\u2028\\n\\t\\\"\\\\\"")]
    [InlineData("\"\\ud83d\\ude00<&'+>\u007f\"", "\"😀<&'+>\u007f\"")]
    [InlineData("[ 1 , { } , null , true ]", "[1,{},null,true]")]
    public void Values_as_jackson_prints_them(string value, string printed) =>
        Assert.Equal($$"""{"type":"int","x":{{printed}}}""", Schemas.Parse($$"""{"type":"int","x":{{value}}}""").CanonicalText);

    [Theory]
    [InlineData("\"NaN\"", "\"NaN\"")]
    [InlineData("\" 1.5f \"", "1.5")]
    [InlineData("\"-Infinity\"", "\"-Infinity\"")]
    [InlineData("1", "1")]
    [InlineData("\"1\"", "1.0")]
    public void Strings_as_defaults_of_doubles(string given, string printed)
    {
        const string Text = """{"type":"record","name":"R","fields":[{"name":"f","type":"double","default":DEFAULT}]}""";
        Assert.Equal(
            Text.Replace("DEFAULT", printed, StringComparison.Ordinal), Schemas.Parse(Text.Replace("DEFAULT", given, StringComparison.Ordinal)).CanonicalText);
    }

    [Theory]
    [InlineData(double.MaxValue, "1.7976931348623157E308")]
    [InlineData(double.Epsilon, "4.9E-324")]
    [InlineData(100, "100.0")]
    [InlineData(2e23, "2.0E23")]
    [InlineData(1e23, "1.0E23")]
    [InlineData(9e15, "9.0E15")]
    [InlineData(12345, "12345.0")]
    [InlineData(0.1, "0.1")]
    [InlineData(-12.25, "-12.25")]
    [InlineData(double.NaN, "NaN")]
    public void Doubles_as_java_prints_them(double value, string text) => Assert.Equal(text, JavaDouble.Text(value));
}
