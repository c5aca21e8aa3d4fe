using System.Diagnostics;
using System.Text;
using Kernel;
using SchemaRegistry.Core.Languages;
using Xunit;

namespace Tests.Registry.Avro;

/// <summary>What nobody should send: an error, no exception, in bounded memory. Times are printed, not asserted.</summary>
public class BadInputTests
{
    private const int TenMegabytes = 10 * 1024 * 1024;

    /// <summary>Named texts, made only when they are used.</summary>
    private static readonly Dictionary<string, Func<string>> Hostile = new()
    {
        ["10 MB of an enum"] = () => Enum(TenMegabytes),
        ["10 MB of brackets"] = () => new string('[', TenMegabytes),
        ["10 MB of one string"] = () => $"\"{new string('a', TenMegabytes)}\"",
        ["10 MB of blanks"] = () => new string(' ', TenMegabytes),
        ["100,000 nested arrays"] = () => Repeat("{\"type\":\"array\",\"items\":", 100_000) + "\"int\"" + new string('}', 100_000),
        ["40,000 nested arrays below the byte limit"] = () => Repeat("{\"type\":\"array\",\"items\":", 40_000) + "\"int\"" + new string('}', 40_000),
        ["500,000 nested unions"] = () => new string('[', 500_000) + new string(']', 500_000),
        ["too deep by one"] = () => new string('[', Limits.MaxSchemaAvroDepth + 1) + new string(']', Limits.MaxSchemaAvroDepth + 1),
        ["many values"] = () => "[" + Repeat("0,", 500_000) + "0]",
        ["values in an attribute"] = () => "{\"type\":\"int\",\"x\":[" + Repeat("0,", 500_000) + "0]}",
        ["duplicate symbols at the end"] = () => Enum(1_000_000).Replace("]}", ",\"S0\"]}", StringComparison.Ordinal),
        ["duplicate union branch at the end"] = () => Union(20_000).Replace("]", ",\"T0\"]", StringComparison.Ordinal),
        ["duplicate field at the end"] = () => Record(20_000).Replace("]}", ",{\"name\":\"f0\",\"type\":\"int\"}]}", StringComparison.Ordinal),
        ["undefined names"] = () => "[" + string.Join(',', Enumerable.Range(0, 100_000).Select(i => $"\"U{i}\"")) + "]",
        ["a chain of forward names"] = () => "[" + string.Join(',', Enumerable.Range(0, 10_000).Select(i => Link(i, 10_000))) + "]",
        ["a long name"] = () => $$"""{"type":"fixed","size":1,"name":"{{new string('a', 900_000)}}"}""",
        ["a long namespace in many aliases"] = () =>
            $$"""{"type":"fixed","size":1,"name":"a","namespace":"{{new string('n', 900)}}","aliases":[{{string.Join(',', Enumerable.Range(0, 90_000).Select(i => $"\"a{i}\""))}}]}""",
        ["a long number"] = () => $$"""{"type":"record","name":"R","fields":[{"name":"f","type":"int","default":{{new string('9', 900_000)}}}]}""",
        ["records in unions of each other with a deep default"] = RecordsInUnions,
        ["defaults that need each other"] = () => """
            {"type":"record","name":"A","fields":[{"name":"b","default":{},"type":
              {"type":"record","name":"B","fields":[{"name":"a","type":"A","default":{}}]}}]}
            """,
        ["a chain of defaults"] = () => "[" + string.Join(',', Enumerable.Range(0, 10_000).Select(i =>
            $$$"""{"type":"record","name":"C{{{i}}}","fields":[{"name":"n","type":"{{{(i == 9999 ? "int" : "C" + (i + 1))}}}","default":{}}]}""")) + "]",
    };

    public static TheoryData<string> HostileNames => [.. Hostile.Keys];

    [Theory]
    [MemberData(nameof(HostileNames))]
    public void Hostile_schemas_are_refused(string name)
    {
        var text = Hostile[name]();
        foreach (var rules in new[] { ParseRules.Register, ParseRules.Lookup })
        {
            var isFine = !rules.ValidateNew && name is "records in unions of each other with a deep default" or "defaults that need each other";
            var clock = Stopwatch.StartNew();
            var before = GC.GetAllocatedBytesForCurrentThread();
            var result = Schemas.Language.Parse(SchemaSource.Of(text), rules);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{clock.Elapsed.TotalMilliseconds:F1} ms, {allocated / 1024} KiB for {text.Length / 1024} KiB: {result.Error}");
            Assert.True(isFine || result.Schema is null, name);
            Assert.True(isFine || result.Error!.Length < 2000, result.Error);
            Assert.True(allocated < 128L * 1024 * 1024, $"{allocated} bytes");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("int")]
    [InlineData("{")]
    [InlineData("[\"int\"")]
    [InlineData("\"int\" \"int\"")]
    [InlineData("\"int\"}")]
    [InlineData("{\"type\":\"int\",}")]
    [InlineData("{'type':'int'}")]
    [InlineData("1")]
    [InlineData("true")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("{\"type\":null}")]
    [InlineData("{\"type\":{\"type\":\"int\"}}")]
    [InlineData("{\"type\":[\"int\"]}")]
    [InlineData("\"\\ud800\"")]
    [InlineData("{\"type\":\"int\",\"doc\":\"\\udc00\"}")]
    [InlineData("\"Foo\"")]
    [InlineData("\"\"")]
    [InlineData("\".\"")]
    [InlineData("[[\"int\"]]")]
    [InlineData("{\"type\":\"int\",\"x\":1e400}")]
    [InlineData("[\"int\",\"int\"]")]
    [InlineData("[\"int\",{\"type\":\"int\",\"logicalType\":\"date\"}]")]
    [InlineData("{\"type\":\"array\"}")]
    [InlineData("{\"type\":\"array\",\"items\":1}")]
    [InlineData("{\"type\":\"map\"}")]
    [InlineData("{\"type\":\"record\",\"fields\":[]}")]
    [InlineData("{\"type\":\"record\",\"name\":\"R\"}")]
    [InlineData("{\"type\":\"record\",\"name\":\"R\",\"fields\":{}}")]
    [InlineData("{\"type\":\"record\",\"name\":\"R\",\"fields\":[1]}")]
    [InlineData("{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"f\"}]}")]
    [InlineData("{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"type\":\"int\"}]}")]
    [InlineData("{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"f\",\"type\":\"int\"},{\"name\":\"f\",\"type\":\"int\"}]}")]
    [InlineData("{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"f\",\"type\":\"int\",\"order\":\"up\"}]}")]
    [InlineData("{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"f\",\"type\":\"int\",\"order\":1}]}")]
    [InlineData("{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"f\",\"type\":\"int\",\"aliases\":\"g\"}]}")]
    [InlineData("{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"f\",\"type\":\"float\",\"default\":\"x\"}]}")]
    [InlineData("{\"type\":\"record\",\"name\":\"int\",\"fields\":[]}")]
    [InlineData("{\"type\":\"record\",\"name\":\"\",\"fields\":[]}")]
    [InlineData("{\"type\":\"record\",\"name\":\"a.\",\"fields\":[]}")]
    [InlineData("{\"type\":\"enum\",\"name\":\"E\"}")]
    [InlineData("{\"type\":\"enum\",\"name\":\"E\",\"symbols\":\"A\"}")]
    [InlineData("{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[1]}")]
    [InlineData("{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"A\"]}")]
    [InlineData("{\"type\":\"fixed\",\"name\":\"F\"}")]
    [InlineData("{\"type\":\"fixed\",\"name\":\"F\",\"size\":-1}")]
    [InlineData("{\"type\":\"fixed\",\"name\":\"F\",\"size\":1.0}")]
    [InlineData("{\"type\":\"fixed\",\"name\":\"F\",\"size\":\"1\"}")]
    [InlineData("{\"type\":\"fixed\",\"name\":\"F\",\"size\":3000000000}")]
    [InlineData("[{\"type\":\"fixed\",\"name\":\"F\",\"size\":1},{\"type\":\"fixed\",\"name\":\"F\",\"size\":2}]")]
    public void Malformed_schemas_are_refused_even_by_look_ups(string text)
    {
        Schemas.Error(text, ParseRules.Lookup);
        Schemas.Error(text, ParseRules.Register);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused() => Assert.Contains("surrogate", Schemas.Error("\"" + '\ud800' + "\""), StringComparison.Ordinal);

    [Fact]
    public void The_place_of_a_fault_is_told()
    {
        var error = Schemas.Error("""{"type":"record","name":"R","fields":[{"name":"f","type":{"type":"map","values":["null",{"type":"array"}]}}]}""");
        Assert.Contains("/fields/0/type/values/1", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Large_schemas_that_are_fine_are_taken()
    {
        Assert.EndsWith("]}", Schemas.Parse(Enum(300_000)).CanonicalText, StringComparison.Ordinal);
        Schemas.Parse(Union(20_000));
        var record = Schemas.Parse(Record(20_000));
        Assert.Empty(Schemas.Language.Compare(record, record, CompatibilityPolicy.Strict));
    }

    /// <summary>A text that would be too long to be read again is not made.</summary>
    [Fact]
    public void A_normal_form_that_is_too_long_is_the_canonical_text()
    {
        var fields = string.Join(',', Enumerable.Range(0, 5000).Select(i => $$"""{"name":"f{{i}}","type":"R"}"""));
        var schema = Schemas.Parse($$"""{"type":"record","name":"R","namespace":"{{new string('n', 900)}}","fields":[{{fields}}]}""");
        Assert.Equal(schema.CanonicalText, schema.NormalizedText);
        Assert.Equal(schema.CanonicalText, Schemas.Parse(schema.NormalizedText).NormalizedText);

        var numbers = string.Join(',', Enumerable.Repeat("1e6", 80_000));
        var rest = new string('r', 300_000);
        Assert.Contains("when it is printed", Schemas.Error($$"""{"type":"int","x":[{{numbers}}],"y":"{{rest}}"}"""), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_unions_of_many_types_are_compared_by_their_names()
    {
        var reader = Schemas.Parse(Union(10_000));
        var findings = Timed(reader, Schemas.Parse(Union(10_000).Replace("\"T", "\"W", StringComparison.Ordinal)));
        Assert.Equal(Limits.MaxSchemaAvroFindings, findings.Count);
        Assert.All(findings, finding => Assert.Equal("MISSING_UNION_BRANCH", finding.Type));

        var aliased = Union(10_000).Replace(",\"size\":1}", ",\"size\":1,\"aliases\":[\"n.A\"]}", StringComparison.Ordinal);
        Assert.Empty(Timed(Schemas.Parse(aliased), Schemas.Parse("""{"type":"fixed","name":"n.A","size":1}""")));
        var records = "[\"null\"," + string.Join(',', Enumerable.Range(0, 500)
            .Select(i => $$"""{"type":"record","name":"R{{i}}","fields":[{"name":"f","type":["null","int"]},{"name":"g","type":"string"}]}""")) + "]";
        Assert.Empty(Timed(Schemas.Parse(records), Schemas.Parse(records)));
        Assert.Equal("/17", Assert.Single(Timed(Schemas.Parse(records), Schemas.Parse(records.Replace("\"R16\"", "\"X\"", StringComparison.Ordinal)))).Path);
    }

    /// <summary>Two thousand fields, each a choice of the same ten records: pairs that were seen before cost little.</summary>
    [Fact]
    public void Large_schemas_are_compared()
    {
        string Text(string type) => "{\"type\":\"record\",\"name\":\"R\",\"fields\":[" + string.Join(',', Enumerable.Range(0, 2000).Select(i => i < 10
            ? $$$"""{"name":"f{{{i}}}","type":{"type":"record","name":"B{{{i}}}","fields":[{"name":"f","type":"{{{type}}}"}]}}"""
            : $$"""{"name":"f{{i}}","type":["null",{{string.Join(',', Enumerable.Range(0, 10).Select(b => $"\"B{b}\""))}}]}""")) + "]}";
        Assert.Empty(Timed(Schemas.Parse(Text("long")), Schemas.Parse(Text("int"))));
        Assert.All(Timed(Schemas.Parse(Text("int")), Schemas.Parse(Text("long"))), finding => Assert.StartsWith("/fields/", finding.Path, StringComparison.Ordinal));
    }

    [Fact]
    public void Two_unions_of_many_types_of_one_name_end_with_a_finding()
    {
        string Text(string type) => "[" + string.Join(',', Enumerable.Range(0, 5000)
            .Select(i => $$"""{"type":"record","name":"n{{i}}.R","fields":[{"name":"f","type":"{{type}}"}]}""")) + "]";
        var finding = Assert.Single(Timed(Schemas.Parse(Text("int")), Schemas.Parse(Text("string"))));
        Assert.False(finding.IsCompatible);
        Assert.StartsWith("Unexpected exception during compatibility check: ", Schemas.Language.Describe(finding, "new", "old"), StringComparison.Ordinal);
    }

    /// <summary>Each level uses the one below twice: 2⁴⁰ findings, were they all told.</summary>
    [Fact]
    public void Findings_that_double_are_cut()
    {
        var text = new StringBuilder("[{\"type\":\"record\",\"name\":\"L0\",\"fields\":[{\"name\":\"f\",\"type\":\"TYPE\"}]}");
        for (var i = 1; i <= 40; i++)
        {
            text.Append($$""",{"type":"record","name":"L{{i}}","fields":[{"name":"a","type":"L{{i - 1}}"},{"name":"b","type":"L{{i - 1}}"}]}""");
        }

        // The last record alone is compared: a union would hide what its branches find.
        var types = text.Append(']').ToString();
        var reader = Schemas.Parse("\"L40\"", Schemas.Reference("types", types.Replace("TYPE", "int", StringComparison.Ordinal)));
        var writer = Schemas.Parse("\"L40\"", Schemas.Reference("types", types.Replace("TYPE", "string", StringComparison.Ordinal)));
        Assert.Equal(Limits.MaxSchemaAvroFindings, Timed(reader, writer).Count);
    }

    [Fact]
    public void A_chain_of_names_ends_with_a_finding()
    {
        const int Links = 9000;
        var types = Enumerable.Range(0, Links).Reverse().Select(i => Link(i, Links));
        var chain = Schemas.Parse("\"C0\"", Schemas.Reference("types", $"[{string.Join(',', types)}]"));
        Assert.Contains("nested", Assert.Single(Timed(chain, chain)).Description, StringComparison.Ordinal);

        // It cannot be written out either, and then the canonical text is given.
        Assert.Null(chain.Format("resolved"));
        Assert.Equal("\"C0\"", chain.CanonicalText);
    }

    /// <summary>The deepest schemas that are taken need less than half of a small thread's stack.</summary>
    [Fact]
    public void The_deepest_schema_fits_a_small_stack()
    {
        Exception? thrown = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    var depth = Limits.MaxSchemaAvroDepth - 2;
                    var arrays = Schemas.Parse(Repeat("{\"type\":\"array\",\"items\":", depth) + "\"int\"" + new string('}', depth));
                    Assert.Empty(Schemas.Language.Compare(arrays, arrays, CompatibilityPolicy.Strict));
                    Assert.Equal(arrays.NormalizedText, Schemas.Parse(arrays.NormalizedText).NormalizedText);
                    var nested = new string('[', depth - 4) + new string(']', depth - 4);
                    var attribute = Schemas.Parse("{\"type\":\"int\",\"x\":" + nested + "}");
                    Assert.Contains(nested, attribute.NormalizedText, StringComparison.Ordinal);
                    var twice = $$$"""[{"type":"fixed","name":"F","size":1,"x":{{{nested}}}},{"type":"array","items":{"type":"fixed","name":"F","size":1,"x":{{{nested}}}}}]""";
                    Schemas.Parse(twice);
                }
                catch (Exception e)
                {
                    thrown = e;
                }
            },
            maxStackSize: 768 * 1024);
        thread.Start();
        thread.Join();
        Assert.Null(thrown);
    }

    private static IReadOnlyList<Finding> Timed(IParsedSchema reader, IParsedSchema writer)
    {
        var clock = Stopwatch.StartNew();
        var findings = Schemas.Language.Compare(reader, writer, CompatibilityPolicy.Strict);
        TestContext.Current.TestOutputHelper?.WriteLine($"{clock.Elapsed.TotalMilliseconds:F1} ms, {findings.Count} findings");
        return findings;
    }

    private static string Repeat(string text, int times) => new StringBuilder(text.Length * times).Insert(0, text, times).ToString();

    private static string Enum(int bytes)
    {
        var text = new StringBuilder("{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"S0\"");
        for (var i = 1; text.Length < bytes; i++)
        {
            text.Append(",\"S").Append(i).Append('"');
        }

        return text.Append("]}").ToString();
    }

    private static string Union(int branches) =>
        "[" + string.Join(',', Enumerable.Range(0, branches).Select(i => $$"""{"type":"fixed","name":"T{{i}}","size":1}""")) + "]";

    private static string Record(int fields) =>
        "{\"type\":\"record\",\"name\":\"R\",\"fields\":[" + string.Join(',', Enumerable.Range(0, fields).Select(i => $$"""{"name":"f{{i}}","type":"int"}""")) + "]}";

    private static string Link(int i, int count) =>
        $$"""{"type":"record","name":"C{{i}}","fields":[{"name":"n","type":"{{(i == count - 1 ? "int" : "C" + (i + 1))}}"}]}""";

    private static string RecordsInUnions()
    {
        const int Records = 20;
        var all = string.Join(',', Enumerable.Range(0, Records).Select(i => $"\"R{i}\""));
        var types = Enumerable.Range(0, Records).Select(i => $$"""{"type":"record","name":"R{{i}}","fields":[{"name":"x","type":[{{all}}]}]}""");
        var value = Repeat("{\"x\":", 300) + "1" + new string('}', 300);
        return $$"""{"type":"record","name":"Top","fields":[{"name":"t","type":[{{string.Join(',', types)}}],"default":{{value}}}]}""";
    }
}
