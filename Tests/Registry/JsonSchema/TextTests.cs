using SchemaRegistry.Core.Languages;
using Xunit;

namespace Tests.Registry.JsonSchema;

/// <summary>The texts that are stored, hashed and returned.</summary>
public class TextTests
{
    [Theory]
    [InlineData(""" { "type" : "string" , "title":"x" } """, """{"type":"string","title":"x"}""")]
    [InlineData("""{"b":[1, 2 ,{}],"a":null}""", """{"b":[1,2,{}],"a":null}""")]
    [InlineData("""{"title":"a","type":"string","title":"b"}""", """{"title":"b","type":"string"}""")]
    [InlineData("true", "true")]
    [InlineData("""{"title":"\u00e4\/\u0001\n\"\\\b\f\r\t\u001f\u007f"}""", "{\"title\":\"ä/\\u0001\\n\\\"\\\\\\b\\f\\r\\t\\u001F\u007f\"}")]
    [InlineData("""{"title":"\ud83d\ude00"}""", "{\"title\":\"😀\"}")]
    public void Text_is_printed_without_blanks_in_its_own_order(string text, string canonical) =>
        Assert.Equal(canonical, SchemaCase.Parse(text).CanonicalText);

    [Theory]
    [InlineData("1", "1")]
    [InlineData("-0", "0")]
    [InlineData("12345678901234567890123", "12345678901234567890123")]
    [InlineData("1.0", "1.0")]
    [InlineData("-1.50", "-1.50")]
    [InlineData("1e3", "1E+3")]
    [InlineData("1.5E2", "1.5E+2")]
    [InlineData("1.25e1", "12.5")]
    [InlineData("100e-2", "1.00")]
    [InlineData("0.000001", "0.000001")]
    [InlineData("0.0000001", "1E-7")]
    [InlineData("123e-9", "1.23E-7")]
    [InlineData("0.0", "0.0")]
    [InlineData("-0.0", "0.0")]
    [InlineData("0e5", "0E+5")]
    [InlineData("12e0", "12")]
    public void Numbers_are_printed_as_an_exact_decimal_of_Java(string number, string printed) =>
        Assert.Equal($$"""{"default":{{printed}}}""", SchemaCase.Parse($$"""{"default":{{number}}}""").CanonicalText);

    [Fact]
    public void Normalised_text_has_sorted_names_at_each_level()
    {
        var schema = SchemaCase.Parse("""{"type":"object","properties":{"b":{"type":"string","maxLength":1},"B":true,"a":{}},"allOf":[{"z":1,"y":2}]}""");
        Assert.Equal("""{"allOf":[{"y":2,"z":1}],"properties":{"B":true,"a":{},"b":{"maxLength":1,"type":"string"}},"type":"object"}""", schema.NormalizedText);
    }

    [Fact]
    public void Names_are_sorted_by_UTF_16_units()
    {
        // U+FB01 sorts after U+1F600 by its units, and before it by code points.
        var schema = SchemaCase.Parse("{\"title\":\"\",\"ﬁ\":1,\"😀\":2}");
        Assert.Equal("{\"title\":\"\",\"😀\":2,\"ﬁ\":1}", schema.NormalizedText);
    }

    [Fact]
    public void Name_is_the_title_and_there_are_no_other_forms()
    {
        var schema = SchemaCase.Parse("""{"title":"Order","properties":{"id":{}}}""");
        Assert.Equal("Order", schema.Name);
        Assert.Null(schema.Format("resolved"));
        Assert.Null(SchemaCase.Parse("true").Name);
        Assert.Equal(SchemaType.Json, schema.Type);
    }
}
