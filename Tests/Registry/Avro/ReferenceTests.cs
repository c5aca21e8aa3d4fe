using SchemaRegistry.Core.Languages;
using Xunit;

namespace Tests.Registry.Avro;

/// <summary>Types that come from other schemas.</summary>
public class ReferenceTests
{
    private static readonly ResolvedReference Key = Schemas.Reference("a.Key", """{"type":"fixed","name":"Key","namespace":"a","size":4}""");

    private static readonly ResolvedReference Pair = Schemas.Reference(
        "a.Pair", """{"type":"record","name":"Pair","namespace":"a","fields":[{"name":"k","type":"Key"},{"name":"e","type":{"type":"enum","name":"E","symbols":["A"]}}]}""", Key);

    private const string Main = """{"type":"record","name":"Main","namespace":"b","fields":[{"name":"p","type":"a.Pair"},{"name":"e","type":"a.E"}]}""";

    [Fact]
    public void They_are_names_in_the_canonical_text_and_written_out_when_resolved()
    {
        var schema = Schemas.Parse(Main, Pair);
        Assert.Equal(Main, schema.CanonicalText);
        Assert.Equal(
            """{"type":"record","name":"Main","namespace":"b","fields":[{"name":"p","type":{"type":"record","name":"Pair","namespace":"a","fields":["""
            + """{"name":"k","type":{"type":"fixed","name":"Key","size":4}},{"name":"e","type":{"type":"enum","name":"E","symbols":["A"]}}]}},{"name":"e","type":"a.E"}]}""",
            schema.Format("resolved"));
        Assert.Null(schema.Format("serialized"));
        Assert.Equal(
            """{"name":"b.Main","type":"record","fields":[{"name":"p","type":"a.Pair","order":"ascending"},{"name":"e","type":"a.E","order":"ascending"}]}""",
            schema.NormalizedText);
    }

    [Fact]
    public void The_resolved_text_needs_no_references_and_is_the_same_schema()
    {
        var schema = Schemas.Parse(Main, Pair);
        var resolved = Schemas.Parse(schema.Format("resolved")!);
        Assert.Empty(Schemas.Language.Compare(schema, resolved, CompatibilityPolicy.Strict));
        Assert.Empty(Schemas.Language.Compare(resolved, schema, CompatibilityPolicy.Strict));
        Assert.Equal(schema.CanonicalText, Schemas.Parse(resolved.CanonicalText, Pair).CanonicalText);
    }

    [Fact]
    public void Changes_of_a_reference_are_found()
    {
        var longer = Key with { Source = SchemaSource.Of(Key.Source.Text.Replace("4", "8", StringComparison.Ordinal)) };
        var finding = Assert.Single(Schemas.Language.Compare(
            Schemas.Parse(Main, Pair), Schemas.Parse(Main, Pair with { Source = Pair.Source with { References = [longer] } }), CompatibilityPolicy.Strict));
        Assert.Equal(("FIXED_SIZE_MISMATCH", "/fields/0/type/fields/0/type/size"), (finding.Type, finding.Path));
    }

    [Fact]
    public void Without_them_names_are_undefined()
    {
        Assert.Contains("a.Pair", Schemas.Error(Main), StringComparison.Ordinal);
        var error = Schemas.Error(Main, Pair with { Source = Pair.Source with { References = [] } });
        Assert.Contains("Reference a.Pair", error, StringComparison.Ordinal);
        Assert.Contains("Key", error, StringComparison.Ordinal);
    }

    [Fact]
    public void They_are_taken_as_they_are_stored()
    {
        var old = Schemas.Reference("E", """{"type":"enum","name":"E","symbols":["A-B"]}""");
        Assert.Equal("""{"type":"array","items":"E"}""", Schemas.Parse("""{"type":"array","items":"E"}""", old).CanonicalText);
    }

    [Fact]
    public void Two_versions_of_a_type_clash()
    {
        var other = new ResolvedReference("a.Key", "a.Key", 2, SchemaSource.Of(Key.Source.Text.Replace("4", "8", StringComparison.Ordinal)));
        Assert.Contains("Can't redefine: a.Key", Schemas.Error(Main, Pair, other), StringComparison.Ordinal);
    }

    /// <summary>Each schema refers twice to the one below: 2⁶⁰ ways, 61 schemas.</summary>
    [Fact]
    public void Ways_that_join_are_walked_once()
    {
        var below = Schemas.Reference("L0", """{"type":"record","name":"L0","fields":[]}""");
        for (var i = 1; i <= 60; i++)
        {
            below = Schemas.Reference($"L{i}", $$"""{"type":"record","name":"L{{i}}","fields":[{"name":"f","type":"L{{i - 1}}"}]}""", below, below);
        }

        Assert.Equal("\"L60\"", Schemas.Parse("\"L60\"", below).CanonicalText);
    }

    [Fact]
    public void Too_many_are_refused()
    {
        var chain = Schemas.Reference("N0", """{"type":"record","name":"N0","fields":[]}""");
        for (var i = 1; i <= Kernel.Limits.MaxSchemaAvroReferences; i++)
        {
            chain = Schemas.Reference($"N{i}", $$"""{"type":"record","name":"N{{i}}","fields":[]}""", chain);
        }

        Assert.Contains("References are more", Schemas.Error("\"N0\"", chain), StringComparison.Ordinal);
        Schemas.Parse("\"N0\"", [.. chain.Source.References]);
    }
}
