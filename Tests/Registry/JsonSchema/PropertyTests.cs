using CsCheck;
using SchemaRegistry.Core.Languages;
using Tests.Registry.Harness;
using Xunit;

namespace Tests.Registry.JsonSchema;

/// <summary>What holds for any schema. PAIRS sets how many are tried.</summary>
public class PropertyTests
{
    private static readonly int Iterations = Draws.Count(1500);

    [Fact]
    public void A_schema_is_compatible_with_itself_and_differs_in_nothing_but_what_a_not_says() =>
        AnySchemas.Gen.Try(
            text =>
            {
                var (a, b) = (SchemaCase.Parse(text), SchemaCase.Parse(text));
                Assert.All(SchemaCase.Differences(a, b), d => Assert.StartsWith("NOT_TYPE_NARROWED ", d, StringComparison.Ordinal));
            },
            Iterations);

    [Fact]
    public void Printing_and_parsing_again_changes_nothing() =>
        AnySchemas.Gen.Try(
            text =>
            {
                var schema = SchemaCase.Parse(text);
                var again = SchemaCase.Parse(schema.CanonicalText);
                Assert.Equal(schema.CanonicalText, again.CanonicalText);
                Assert.Equal(schema.NormalizedText, again.NormalizedText);
                Assert.True(SchemaCase.IsCompatible(schema, again));
            },
            Iterations);

    [Fact]
    public void Normalising_is_idempotent_and_means_the_same() =>
        AnySchemas.Gen.Try(
            text =>
            {
                var schema = SchemaCase.Parse(text);
                var normal = SchemaCase.Parse(schema.NormalizedText);
                Assert.Equal(schema.NormalizedText, normal.CanonicalText);
                Assert.Equal(schema.NormalizedText, normal.NormalizedText);
                Assert.True(SchemaCase.IsCompatible(schema, normal));
                Assert.True(SchemaCase.IsCompatible(normal, schema));
            },
            Iterations);

    [Fact]
    public void Normalised_text_does_not_depend_on_the_order_of_members() =>
        AnySchemas.Gen.Select(Gen.Int).Try(
            (text, seed) => Assert.Equal(SchemaCase.Parse(text).NormalizedText, SchemaCase.Parse(AnySchemas.Shuffle(text, seed)).NormalizedText),
            Iterations);

    [Fact]
    public void Backward_of_two_schemas_is_forward_of_them_exchanged_with_the_names_exchanged() =>
        AnySchemas.Gen.Select(AnySchemas.Gen).Try(
            (first, second) =>
            {
                var (a, b) = (SchemaCase.Parse(first), SchemaCase.Parse(second));
                var backward = Texts(Check(newer: b, older: a, isForward: false), isForward: false);
                var forward = Texts(Check(newer: a, older: b, isForward: true), isForward: true);
                Assert.Equal(backward, forward.Select(t => t.Replace("between the old and new", "between both", StringComparison.Ordinal)
                    .Replace("the old", "the x", StringComparison.Ordinal)
                    .Replace("the new", "the old", StringComparison.Ordinal).Replace("the x", "the new", StringComparison.Ordinal)
                    .Replace("The old", "The new", StringComparison.Ordinal)
                    .Replace("between both", "between the new and old", StringComparison.Ordinal)));
            },
            Iterations);

    [Fact]
    public void Lenient_finds_the_same_and_forgives_no_less() =>
        AnySchemas.Gen.Select(AnySchemas.Gen).Try(
            (first, second) =>
            {
                var (a, b) = (SchemaCase.Parse(first), SchemaCase.Parse(second));
                if (SchemaCase.IsCompatible(a, b))
                {
                    Assert.True(SchemaCase.IsCompatible(a, b, CompatibilityPolicy.Lenient));
                }
            },
            Iterations);

    private static IReadOnlyList<Finding> Check(IParsedSchema newer, IParsedSchema older, bool isForward) =>
        SchemaCase.Language.Compare(isForward ? older : newer, isForward ? newer : older, CompatibilityPolicy.Strict);

    private static List<string> Texts(IReadOnlyList<Finding> findings, bool isForward) =>
        [.. findings.Select(f => SchemaCase.Language.Describe(f, isForward ? "old" : "new", isForward ? "new" : "old"))];
}
