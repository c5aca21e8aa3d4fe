using System.Diagnostics;
using System.Globalization;
using System.Text;
using Kernel;
using SchemaRegistry.Core.Languages;
using Xunit;

namespace Tests.Registry.JsonSchema;

/// <summary>What is no schema, or too much of one: an answer with a reason, soon, and never an exception.</summary>
public class BadInputTests
{
    [Theory]
    [InlineData("", "Invalid JSON")]
    [InlineData("{", "Invalid JSON")]
    [InlineData("{} {}", "Invalid JSON")]
    [InlineData("""{"a":"\ud800"}""", "surrogate")]
    [InlineData("""{"minimum":1e99999999999}""", "exponent")]
    [InlineData("[]", "#: expected a schema, which is an object or a boolean, found an array")]
    [InlineData("null", "found null")]
    [InlineData("\"string\"", "found a string")]
    [InlineData("""{"type":"strang"}""", "#/type: unknown type: strang")]
    [InlineData("""{"type":7}""", "#/type: expected a string or an array of strings, found a number")]
    [InlineData("""{"type":["string",7]}""", "#/type: expected a string, found a number")]
    [InlineData("""{"properties":[]}""", "#/properties: expected an object, found an array")]
    [InlineData("""{"properties":{"a":{"properties":{"b":1}}}}""", "#/properties/a/properties/b: expected a schema")]
    [InlineData("""{"properties":{"a":{"type":"string","required":true}}}""", "#/properties/a/required: expected an array of strings, found a boolean")]
    [InlineData("""{"type":"string","maxLength":"5"}""", "#/maxLength: expected a number, found a string")]
    [InlineData("""{"multipleOf":0}""", "#/multipleOf: must be more than 0")]
    [InlineData("""{"multipleOf":-1.5}""", "#/multipleOf: must be more than 0")]
    [InlineData("""{"enum":1}""", "#/enum: expected an array")]
    [InlineData("""{"anyOf":{}}""", "#/anyOf: expected an array")]
    [InlineData("""{"items":[1]}""", "#/items/0: expected a schema")]
    [InlineData("""{"uniqueItems":1}""", "#/uniqueItems: expected a boolean")]
    [InlineData("""{"title":1}""", "#/title: expected a string")]
    [InlineData("""{"pattern":"(a"}""", "#/pattern: the regular expression (a is invalid")]
    [InlineData("""{"patternProperties":{"[a":{}}}""", "#/patternProperties: the regular expression [a is invalid")]
    [InlineData("""{"$schema":"http://json-schema.org/draft-04/schema#","not":true}""", "#/not: expected a schema, which is an object, found a boolean")]
    [InlineData("""{"$schema":"https://json-schema.org/draft/2020-12/schema","items":[{}]}""", "#/items: expected a schema")]
    [InlineData("""{"$ref":7}""", "#/$ref: expected a string")]
    [InlineData("""{"$ref":"#/definitions/a"}""", "unresolved reference #/definitions/a")]
    [InlineData("""{"properties":{"a":{"$ref":"b.json"}}}""", "#/properties/a/$ref: unresolved reference b.json")]
    [InlineData("""{"$ref":"#anchor"}""", "unresolved reference #anchor")]
    [InlineData("""{"$ref":"http://127.0.0.1/x"}""", "unsupported external reference http://127.0.0.1/x")]
    [InlineData("""{"$ref":"https://example.org/x#/a"}""", "unsupported external reference")]
    [InlineData("""{"$ref":"file:///etc/passwd"}""", "unsupported external reference file:///etc/passwd")]
    [InlineData("""{"$id":"urn:a:b","$ref":"b"}""", "unresolved reference b")]
    [InlineData("""{"$id":"http://example.org/a","properties":{"p":{"$ref":"b"}}}""", "unsupported external reference b")]
    [InlineData("""{"$ref":"#"}""", "leads back to itself")]
    [InlineData("""{"properties":{"p":{"$ref":"#/definitions/a"}},"definitions":{"a":{"$ref":"#/definitions/b"},"b":{"$ref":"#/definitions/a"}}}""", "leads back to itself")]
    public void A_text_that_is_no_schema_is_refused_with_its_place(string text, string reason) => Refused(text, reason);

    [Theory]
    [InlineData("""{"pattern":"(?<=a)b"}""")]
    [InlineData("""{"pattern":"\\p{Alpha}++\\h\\Q(\\E"}""")]
    [InlineData("""{"pattern":"[a-z&&[^b]]"}""")]
    [InlineData("""{"pattern":"((a{0,1000}){0,1000}){0,1000}"}""")]
    [InlineData("""{"definitions":{"unused":{"$ref":"http://example.org/never-asked"}}}""")]
    [InlineData("""{"enum":[{"$ref":"nowhere"}],"default":{"$id":"x","$ref":"nowhere"}}""")]
    [InlineData("""{"properties":{"$ref":{"type":"string"},"type":{"type":"string"}}}""")]
    [InlineData("""{"$schema":"urn:something-else","type":"string"}""")]
    public void What_only_looks_bad_is_taken(string text) => Assert.NotNull(SchemaCase.Parse(text));

    [Fact]
    public void A_lookup_asks_for_JSON_alone_and_comparing_then_says_what_is_wrong()
    {
        var external = SchemaCase.Language.Parse(SchemaSource.Of("""{"$ref":"http://example.org/x"}"""), ParseRules.Lookup).Schema!;
        var broken = SchemaCase.Language.Parse(SchemaSource.Of("""{"type":"strang"}"""), ParseRules.Lookup).Schema!;
        var good = SchemaCase.Parse("true");
        var finding = Assert.Single(SchemaCase.Language.Compare(good, external, CompatibilityPolicy.Strict));
        Assert.False(finding.IsCompatible);
        Assert.Equal(
            "Unexpected exception during compatibility check: A previous schema version contains an unsupported external reference",
            SchemaCase.Language.Describe(finding, "new", "old"));
        finding = Assert.Single(SchemaCase.Language.Compare(good, broken, CompatibilityPolicy.Strict));
        Assert.Equal("Unexpected exception during compatibility check: #/type: unknown type: strang", SchemaCase.Language.Describe(finding, "new", "old"));
    }

    [Fact]
    public void Ten_megabytes_are_refused_unread()
    {
        Refused(new string(' ', 10_000_000), "longer than");
        Refused("{\"title\":\"" + new string('x', 10_000_000) + "\"}", "longer than");
    }

    [Fact]
    public void Many_values_are_refused_when_they_are_too_many() =>
        Refused("{\"enum\":[0" + string.Concat(Enumerable.Repeat(",0", Limits.MaxSchemaJsonValues)) + "]}", "more than");

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"items\":", "}")]
    [InlineData("{\"anyOf\":[", "]}")]
    public void Nesting_is_bounded(string open, string close)
    {
        const int Deep = 100_000;
        Refused(string.Concat(Enumerable.Repeat(open, Deep)), "depth");
        Refused(string.Concat(Enumerable.Repeat(open, Deep)) + "{}" + string.Concat(Enumerable.Repeat(close, Deep)), "depth");
    }

    [Fact]
    public void The_deepest_text_is_parsed_printed_and_compared_on_a_small_stack()
    {
        const int Levels = (Limits.MaxSchemaJsonDepth / 2) - 1;
        var text = string.Concat(Enumerable.Repeat("{\"anyOf\":[", Levels)) + "{\"type\":\"string\"}" + string.Concat(Enumerable.Repeat("]}", Levels));
        Exception? thrown = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    var schema = SchemaCase.Parse(text);
                    Assert.Equal(text, schema.NormalizedText);
                    Assert.True(SchemaCase.IsCompatible(schema, SchemaCase.Parse(text)));
                }
                catch (Exception e)
                {
                    thrown = e;
                }
            },
            maxStackSize: 1024 * 1024);
        thread.Start();
        thread.Join();
        Assert.Null(thrown);
    }

    [Fact]
    public void Billions_of_places_are_one_definition_each()
    {
        // Each level uses the one below twice: 2^60 places. All are the same few pairs, and only so many differences are written out.
        var original = SchemaCase.Parse(Laughs("string"));
        var update = SchemaCase.Parse(Laughs("number"));
        var findings = SchemaCase.Language.Compare(update, original, CompatibilityPolicy.Strict);
        Assert.InRange(findings.Count, 100, Limits.MaxSchemaJsonFindings);
        Assert.True(findings.Sum(f => (long)f.Path.Length) <= Limits.MaxSchemaJsonPathChars);
        Assert.All(findings, f => Assert.Equal("TYPE_CHANGED", f.Type));
        Assert.True(SchemaCase.IsCompatible(original, SchemaCase.Parse(Laughs("string"))));

        static string Laughs(string type)
        {
            var text = new StringBuilder("{\"definitions\":{\"d0\":{\"type\":\"" + type + "\"}");
            for (var i = 1; i <= 60; i++)
            {
                text.Append(CultureInfo.InvariantCulture, $$$$""","d{{{{i}}}}":{"properties":{"a":{"$ref":"#/definitions/d{{{{i - 1}}}}"},"b":{"$ref":"#/definitions/d{{{{i - 1}}}}"}}}""");
            }

            return text.Append("},\"$ref\":\"#/definitions/d60\"}").ToString();
        }
    }

    [Fact]
    public void References_of_references_of_references_are_read_once_each()
    {
        // 2^40 paths lead through forty documents.
        var reference = SchemaCase.Reference("r0.json", """{"type":"string"}""");
        for (var i = 1; i <= 40; i++)
        {
            reference = SchemaCase.Reference($"r{i}.json", $$$$"""{"properties":{"a":{"$ref":"r{{{{i - 1}}}}.json"}}}""", reference, reference);
        }

        Assert.NotNull(SchemaCase.Parse("""{"$ref":"r40.json"}""", [reference, reference]));
    }

    [Fact]
    public void A_long_chain_of_definitions_is_compared_or_refused_on_a_bounded_stack()
    {
        var chain = SchemaCase.Parse(Chain(20_000));
        var other = SchemaCase.Parse(Chain(20_000));
        var finding = Assert.Single(SchemaCase.Language.Compare(chain, other, CompatibilityPolicy.Strict));
        Assert.False(finding.IsCompatible);
        Assert.Contains("levels deep", SchemaCase.Language.Describe(finding, "new", "old"), StringComparison.Ordinal);
        Assert.True(SchemaCase.IsCompatible(SchemaCase.Parse(Chain(400)), SchemaCase.Parse(Chain(400))));

        static string Chain(int length) =>
            "{\"definitions\":{\"d0\":{}"
            + string.Concat(Enumerable.Range(1, length).Select(i => $",\"d{i}\":{{\"properties\":{{\"p\":{{\"$ref\":\"#/definitions/d{i - 1}\"}}}}}}"))
            + "},\"$ref\":\"#/definitions/d" + length.ToString(CultureInfo.InvariantCulture) + "\"}";
    }

    [Fact]
    public void Many_alternatives_are_refused_after_so_many_comparisons()
    {
        string[] members = [.. Enumerable.Range(0, 2000).Select(i => $$"""{"type":"string","maxLength":{{i}}}""")];
        var schema = SchemaCase.Parse($$"""{"anyOf":[{{string.Join(',', members)}}]}""");
        var other = SchemaCase.Parse($$"""{"anyOf":[{{string.Join(',', members.Reverse())}}]}""");
        var finding = Assert.Single(SchemaCase.Language.Compare(schema, other, CompatibilityPolicy.Strict));
        Assert.Contains("more than", SchemaCase.Language.Describe(finding, "new", "old"), StringComparison.Ordinal);
    }

    /// <summary>As the root of FHIR: a choice of all resources, each with its properties.</summary>
    [Fact]
    public void Many_alternatives_in_the_same_order_are_compared_one_by_one()
    {
        var properties = string.Join(',', Enumerable.Range(0, 40).Select(i => $"\"p{i}\":{{\"type\":\"string\"}}"));
        var definitions = string.Join(',', Enumerable.Range(0, 300).Select(i => $"\"d{i}\":{{\"properties\":{{\"kind\":{{\"const\":{i}}},{properties}}}}}"));
        var members = string.Join(',', Enumerable.Range(0, 300).Select(i => $$"""{"$ref":"#/definitions/d{{i}}"}"""));
        string Text(string more) => "{\"definitions\":{" + definitions + "},\"oneOf\":[" + members + more + "]}";
        Assert.True(SchemaCase.IsCompatible(SchemaCase.Parse(Text("")), SchemaCase.Parse(Text(""))));
        Assert.Equal(["SUM_TYPE_EXTENDED #/"], SchemaCase.Differences(SchemaCase.Parse(Text("")), SchemaCase.Parse(Text(",{\"type\":\"string\"}"))));
    }

    [Fact]
    public void Addresses_are_bounded()
    {
        var address = "http://a/" + new string('x', Limits.MaxSchemaJsonAddressChars);
        Refused($$$"""{"$id":"{{{address}}}"}""", "an address has more than");
        Refused($"{{\"properties\":{{\"a\":{{\"$id\":\"{address}\"}}}}}}", "an address has more than");
        Refused($$$"""{"$ref":"{{{address}}}"}""", "an address has more than");
        var references = string.Join(',', Enumerable.Range(0, 20_000).Select(i => $$"""{"$ref":"../{{i % 10}}/d#/definitions/d"}"""));
        Assert.NotNull(SchemaCase.Language.Parse(SchemaSource.Of("{\"$id\":\"http://a/" + new string('x', 2000) + "/d\",\"anyOf\":[" + references + "]}"), ParseRules.Register).Error);
        var ids = string.Join(',', Enumerable.Range(0, 3000).Select(i => $$"""{"$id":"d{{i}}"}"""));
        Refused("{\"$id\":\"http://a/" + new string('x', 2000) + "/d\",\"anyOf\":[" + ids + "]}", "altogether");
    }

    /// <summary>What is long is work for each of the many that it is compared with.</summary>
    [Theory]
    [InlineData("""{"type":"string","default":"LONG"}""", """{"type":"string","default":"LONGER","maxLength":NUMBER}""", true)]
    [InlineData("""{"enum":["LONG"]}""", """{"enum":[NUMBER]}""", false)]
    [InlineData("""{"properties":{"LONG":{}}}""", """{"properties":{"a":{"maxLength":NUMBER}}}""", false)]
    [InlineData("""{"dependencies":{"a":["LONG"]}}""", """{"dependencies":{"a":["bNUMBER"]}}""", false)]
    [InlineData("""{"type":"number","multipleOf":DIGITS}""", """{"type":"number","multipleOf":1NUMBER}""", false)]
    public void What_is_long_is_paid_for_each_time(string one, string other, bool isCheap)
    {
        string Filled(string text, int i) => text.Replace("LONG", new string('n', 400_000), StringComparison.Ordinal)
            .Replace("DIGITS", "1" + new string('7', 990), StringComparison.Ordinal).Replace("NUMBER", i.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        var members = string.Join(',', Enumerable.Range(0, isCheap ? 2 : 8000).Select(i => Filled(other.Replace("LONGER", "x", StringComparison.Ordinal), i)));
        var findings = SchemaCase.Language.Compare(
            SchemaCase.Parse($$"""{"anyOf":[{{members}}]}"""), SchemaCase.Parse($$"""{"anyOf":[{{Filled(one, 0)}}]}"""), CompatibilityPolicy.Strict);
        Assert.Equal(!isCheap, findings.Any(f => f.Description.Contains("more than", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("^(a+)+$")]
    [InlineData("(a|aa)*b")]
    [InlineData("(.*a){20}b")]
    [InlineData("((((a*)*)*)*)*b")]
    public void Expressions_that_would_run_for_ever_do_not(string pattern)
    {
        var name = new string('a', 50_000);
        var original = SchemaCase.Parse($$$"""{"patternProperties":{"{{{pattern}}}":{"type":"string"}},"additionalProperties":false}""");
        var update = SchemaCase.Parse(
            $$$"""{"properties":{"{{{name}}}":{"type":"string"}},"patternProperties":{"{{{pattern}}}":{"type":"string"}},"additionalProperties":false}""");
        Assert.NotEmpty(SchemaCase.Language.Compare(update, original, CompatibilityPolicy.Strict));
    }

    [Fact]
    public void Many_patterns_for_many_names_end()
    {
        var patterns = string.Join(',', Enumerable.Range(0, 5000).Select(i => $"\"x{i}y\":{{}}"));
        var names = string.Join(',', Enumerable.Range(0, 5000).Select(i => $"\"n{i}\":{{}}"));
        var original = SchemaCase.Parse("{\"patternProperties\":{" + patterns + "},\"additionalProperties\":false}");
        var update = SchemaCase.Parse("{\"properties\":{" + names + "},\"patternProperties\":{" + patterns + "},\"additionalProperties\":false}");
        var finding = Assert.Single(SchemaCase.Language.Compare(update, original, CompatibilityPolicy.Strict));
        Assert.Contains("comparisons", SchemaCase.Language.Describe(finding, "new", "old"), StringComparison.Ordinal);
    }

    private static void Refused(string text, string reason)
    {
        var clock = Stopwatch.StartNew();
        var result = SchemaCase.Language.Parse(SchemaSource.Of(text), ParseRules.Register);
        TestContext.Current.TestOutputHelper?.WriteLine($"{clock.Elapsed.TotalMilliseconds:F1} ms");
        Assert.Null(result.Schema);
        Assert.Contains(reason, result.Error, StringComparison.Ordinal);
        Assert.True(result.Error!.Length < 2000, "the reason repeats the input");
    }
}
