using System.Text.Json;
using CsCheck;
using SchemaRegistry.Core.Languages;
using Tests.Registry.Harness;
using Xunit;

namespace Tests.Registry.Avro;

/// <summary>What holds for every schema. PAIRS sets how many are tried.</summary>
public class PropertyTests
{
    private static readonly int Tries = Draws.Count(3000);

    [Fact]
    public void Printing_and_parsing_change_nothing() => SchemaGenerator.Gen.Try(
        text =>
        {
            var schema = Schemas.Parse(text);
            var again = Schemas.Parse(schema.CanonicalText);
            return again.CanonicalText == schema.CanonicalText
                && again.NormalizedText == schema.NormalizedText
                && schema.Format("resolved") == schema.CanonicalText;
        },
        Tries);

    [Fact]
    public void Normalising_twice_is_normalising_once() => SchemaGenerator.Gen.Try(
        text =>
        {
            var normalized = Schemas.Parse(text).NormalizedText;
            var again = Schemas.Parse(normalized);
            return again.NormalizedText == normalized && Schemas.Parse(again.CanonicalText).NormalizedText == normalized;
        },
        Tries);

    /// <summary>The order of members is spelling: it shows in no normalised text.</summary>
    [Fact]
    public void Normalising_hides_the_order_of_members() => Gen.Select(SchemaGenerator.Gen, Gen.Int[0, 1_000_000]).Try(
        (text, seed) =>
        {
            var shuffled = Shuffled(JsonDocument.Parse(text).RootElement, new Random(seed));
            return Schemas.Parse(shuffled).NormalizedText == Schemas.Parse(text).NormalizedText;
        },
        Tries);

    [Fact]
    public void A_schema_reads_itself_in_any_form() => SchemaGenerator.Gen.Try(
        text =>
        {
            var schema = Schemas.Parse(text);
            var normalized = Schemas.Parse(schema.NormalizedText);
            return Compare(schema, schema).Count + Compare(schema, normalized).Count + Compare(normalized, schema).Count == 0;
        },
        Tries);

    /// <summary>
    /// BACKWARD (the new reads the old) of one order is FORWARD of the other: comparing knows no old and new, only who reads. The words are the
    /// only difference.
    /// </summary>
    [Fact]
    public void Backward_is_forward_the_other_way_round() => Gen.Select(SchemaGenerator.Gen, SchemaGenerator.Gen).Try(
        (a, b) =>
        {
            var backward = Messages(Schemas.Parse(a), Schemas.Parse(b), "new", "old");
            var forward = Messages(Schemas.Parse(a), Schemas.Parse(b), "old", "new");
            return backward.Count == forward.Count && backward.Zip(forward).All(p => Swap(p.First) == p.Second);
        },
        Tries);

    /// <summary>A comparison tells the same of a schema as it was written, as it is printed and as it is normalised.</summary>
    [Fact]
    public void Findings_do_not_depend_on_spelling() => SchemaPairs.Gen.Try(
        pair =>
        {
            var (reader, writer) = (Schemas.Parse(pair.Reader), Schemas.Parse(pair.Writer));
            var expected = Messages(reader, writer, "new", "old");
            return expected.SequenceEqual(Messages(Schemas.Parse(reader.CanonicalText), Schemas.Parse(writer.CanonicalText), "new", "old"))
                && expected.SequenceEqual(Messages(Schemas.Parse(reader.NormalizedText), Schemas.Parse(writer.NormalizedText), "new", "old"));
        },
        Tries);

    private static IReadOnlyList<Finding> Compare(IParsedSchema reader, IParsedSchema writer) =>
        Schemas.Language.Compare(reader, writer, CompatibilityPolicy.Strict);

    private static List<string> Messages(IParsedSchema reader, IParsedSchema writer, string readerWord, string writerWord) =>
        [.. Compare(reader, writer).Select(f => Schemas.Language.Describe(f, readerWord, writerWord))];

    private static string Swap(string message) => message
        .Replace("new schema", "? schema", StringComparison.Ordinal)
        .Replace("old schema", "new schema", StringComparison.Ordinal)
        .Replace("? schema", "old schema", StringComparison.Ordinal);

    private static string Shuffled(JsonElement element, Random chance) => element.ValueKind switch
    {
        JsonValueKind.Object => $"{{{string.Join(',', Order(element, chance).Select(m => $"{JsonSerializer.Serialize(m.Name)}:{Shuffled(m.Value, chance)}"))}}}",
        JsonValueKind.Array => $"[{string.Join(',', element.EnumerateArray().Select(item => Shuffled(item, chance)))}]",
        _ => element.GetRawText(),
    };

    private static JsonProperty[] Order(JsonElement element, Random chance)
    {
        JsonProperty[] members = [.. element.EnumerateObject()];
        chance.Shuffle(members);
        return members;
    }
}
