using System.Reflection;
using SchemaRegistry.Core.JsonSchema.Comparison;
using SchemaRegistry.Core.Languages;
using Xunit;

namespace Tests.Registry.JsonSchema;

/// <summary>Verdicts and lists of differences for written-down pairs of schemas.</summary>
public class CaseTests
{
    // The differences that the registry's rules know; reserved properties are judged by the service, from metadata.
    private const int KnownTypes = 129;
    private const int LeastVerdicts = 150;

    public static TheoryData<int, string> Cases => [.. SchemaCase.All.Select((c, i) => new TheoryDataRow<int, string>(i, c.Name))];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Differences_and_verdicts_are_those_of_the_rules(int index, string name)
    {
        var own = SchemaCase.All[index];
        Assert.Equal(name, own.Name);
        var original = SchemaCase.Parse(own.Original, own.References);
        var update = SchemaCase.Parse(own.Update, own.References);
        Check(original, update, own.There);
        Check(update, original, own.Back);
        Check(original, original, new Direction(SchemaCase.Differences(original, original), true, true));
    }

    [Fact]
    public void Each_kind_of_difference_is_among_the_cases()
    {
        var types = SchemaCase.All.SelectMany(c => c.There.Differences.Concat(c.Back.Differences)).Select(d => d[..d.IndexOf(' ')]).ToHashSet();
        Assert.Equal(KnownTypes, types.Count);

        // Those that the code can say, wherever it keeps them. Each case is compared in both directions.
        var known = typeof(DifferenceType).Assembly.GetTypes().Where(type => type.Namespace == typeof(DifferenceType).Namespace)
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Select(field => field.GetValue(null)).OfType<DifferenceType>().Select(type => type.Name);
        Assert.Equal(known.Distinct().Order(StringComparer.Ordinal), types.Order(StringComparer.Ordinal));
        Assert.True(SchemaCase.All.Count * 2 >= LeastVerdicts);
    }

    [Fact]
    public void Properties_come_in_the_order_of_a_Java_set()
    {
        // Hash codes of one-letter names are the letters; "Aa" and "BB" share 2112, bucket 0 of 16.
        var original = SchemaCase.Parse("""{"type":"object","additionalProperties":false}""");
        var update = SchemaCase.Parse("""{"type":"object","properties":{"r":{},"BB":{},"q":{},"p":{},"Aa":{}},"additionalProperties":false}""");
        var paths = SchemaCase.Language.Compare(update, original, CompatibilityPolicy.Strict).Select(f => f.Path);
        Assert.Equal(["#/properties/BB", "#/properties/p", "#/properties/Aa", "#/properties/q", "#/properties/r"], paths);
    }

    [Fact]
    public void A_recursive_pair_whose_differences_lie_in_an_alternative_not_taken_is_reported_where_it_is_met_again()
    {
        // p is compared first for a, where {} is taken in its stead; q, which leads back to it, is compared meanwhile and used again for b.
        static string Text(string type, string a) =>
            """
            {"type":"object","properties":{"a":A,"b":{"$ref":"#/definitions/q"}},
             "definitions":{
              "p":{"type":"object","properties":{"v":{"type":"T"},"q":{"$ref":"#/definitions/q"}}},
              "q":{"type":"object","properties":{"x":{"$ref":"#/definitions/p"}}}}}
            """
                .Replace("A", a, StringComparison.Ordinal).Replace("T", type, StringComparison.Ordinal);

        var original = SchemaCase.Parse(Text("number", """{"$ref":"#/definitions/p"}"""));
        var update = SchemaCase.Parse(Text("integer", """{"anyOf":[{"$ref":"#/definitions/p"},{}]}"""));
        Assert.Equal(["SUM_TYPE_EXTENDED #/properties/a", "TYPE_CHANGED #/properties/b/properties/x"], SchemaCase.Differences(original, update));
        Assert.False(SchemaCase.IsCompatible(original, update));
    }

    private static void Check(IParsedSchema original, IParsedSchema update, Direction expected)
    {
        Assert.Equal(expected.Differences, SchemaCase.Differences(original, update));
        Assert.Equal(expected.Differences, SchemaCase.Differences(original, update, CompatibilityPolicy.Lenient));
        Assert.Equal(expected.IsCompatible, SchemaCase.IsCompatible(original, update));
        Assert.Equal(expected.IsCompatibleWhenLenient, SchemaCase.IsCompatible(original, update, CompatibilityPolicy.Lenient));
    }
}
