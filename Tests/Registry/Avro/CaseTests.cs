using System.Globalization;
using System.Text.Json;
using Avro;
using SchemaRegistry.Core.Languages;
using Xunit;

namespace Tests.Registry.Avro;

/// <summary>The tables of Avro's own Java tests and of other registries.</summary>
public class CaseTests
{
    [Fact]
    public void Java_findings_with_type_message_and_location()
    {
        using var cases = Open("apache-avro/reader-writer-java.json");
        var count = 0;
        foreach (var item in cases.RootElement.EnumerateArray())
        {
            var expected = item.GetProperty("incompatibilities").EnumerateArray()
                .Select(i => $"{Text(i, "type")} | {Text(i, "message")} | {Text(i, "location")}");
            var reader = item.GetProperty("reader").GetRawText();
            var writer = item.GetProperty("writer").GetRawText();
            var findings = Schemas.Compare(reader, writer);
            Assert.True(item.GetProperty("compatible").GetBoolean() == (findings.Count == 0), $"{reader} reads {writer}");
            Assert.Equal(expected, findings.Select(f => $"{f.Type} | {f.Detail} | {f.Path}"));
            Assert.All(findings, f => Assert.False(f.IsCompatible));
            count++;
        }

        Assert.Equal(144, count);
    }

    [Fact]
    public void Verdicts_of_another_registry()
    {
        using var cases = Open("avro-unit.json");
        var count = 0;
        foreach (var item in cases.RootElement.EnumerateArray())
        {
            var reader = item.GetProperty("reader").GetRawText();
            var writer = item.GetProperty("writer").GetRawText();
            Assert.True(item.GetProperty("compatible").GetBoolean() == (Schemas.Compare(reader, writer).Count == 0), $"{reader} reads {writer}");
            count++;
        }

        Assert.Equal(204, count);
    }

    /// <summary>What we print is read by another implementation as the schema that was meant: the same Parsing Canonical Form, the same fingerprint.</summary>
    [Fact]
    public void Printed_texts_keep_parsing_canonical_form_and_fingerprint()
    {
        using var cases = Open("apache-avro/schema-tests.json");
        var (forms, fingerprints) = (0, 0);
        foreach (var item in cases.RootElement.EnumerateArray())
        {
            var schema = Schemas.Parse(Text(item, "input"));
            foreach (var printed in new[] { schema.CanonicalText, schema.NormalizedText, schema.Format("resolved")! })
            {
                var theirs = Schema.Parse(printed);
                Assert.Equal(Text(item, "canonical"), SchemaNormalization.ToParsingForm(theirs));
                if (item.TryGetProperty("fingerprint", out var fingerprint))
                {
                    Assert.Equal(fingerprint.GetString(), SchemaNormalization.ParsingFingerprint64(theirs).ToString(CultureInfo.InvariantCulture));
                }
            }

            forms++;
            fingerprints += item.TryGetProperty("fingerprint", out _) ? 1 : 0;
        }

        Assert.Equal((34, 26), (forms, fingerprints));
    }

    [Theory]
    [InlineData("FooBarSpecificRecord")]
    [InlineData("RecordWithRequiredFields")]
    [InlineData("SchemaBuilder")]
    [InlineData("TestRecordWithLogicalTypes")]
    [InlineData("TestRecordWithMapsAndArrays")]
    [InlineData("TestUnionRecord")]
    [InlineData("fooBar")]
    [InlineData("interop")]
    [InlineData("reserved")]
    public void Real_schemas_parse_print_and_read_themselves(string name)
    {
        var schema = Schemas.Parse(File.ReadAllText(RealParts.Case($"apache-avro/schemas/{name}.avsc")));
        Assert.Equal(schema.CanonicalText, Schemas.Parse(schema.CanonicalText).CanonicalText);
        Assert.Equal(schema.NormalizedText, Schemas.Parse(schema.CanonicalText).NormalizedText);
        Assert.Equal(schema.NormalizedText, Schemas.Parse(schema.NormalizedText).NormalizedText);
        Assert.Empty(Schemas.Language.Compare(schema, Schemas.Parse(schema.NormalizedText), CompatibilityPolicy.Strict));
        Assert.Equal(
            SchemaNormalization.ToParsingForm(Schema.Parse(schema.CanonicalText)),
            SchemaNormalization.ToParsingForm(Schema.Parse(schema.NormalizedText)));
    }

    private static JsonDocument Open(string path) => JsonDocument.Parse(File.ReadAllText(RealParts.Case(path)));

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
