using SchemaRegistry.Core.Languages;
using static Tests.Registry.Worst.WorstInput;

namespace Tests.Registry.Worst;

/// <summary>JSON Schemas that cost most.</summary>
internal static class JsonWorst
{
    private const string Modern = "\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",";

    private static readonly string Long = Repeat("n", 480_000);

    public static IReadOnlyList<WorstInput> All { get; } =
    [
        Json("malformed at the end", () => Properties(i => $"\"p{i}\":{{}}", end: "}")),
        Json("100,000 levels", () => Repeat("{\"items\":", 100_000)),
        Json("half a million brackets", () => Repeat("[", 500_000) + Repeat("]", 500_000)),
        Json("many values", () => Fill("{\"enum\":[", "]}", ",", _ => "0")),
        Json("an enum of short values", () => Enum(0), () => Enum(1)),
        Json("an enum of objects", () => Fill("{\"enum\":[", "]}", ",", i => $"{{\"b\":{i},\"a\":{i}}}"),
            () => Fill("{\"enum\":[", "]}", ",", i => $"{{\"b\":{i},\"a\":0}}")),
        Json("properties", () => Properties(i => $"\"p{i}\":{{}}"), () => Properties(i => $"\"q{i}\":{{}}")),
        Json("properties of other types", () => Properties(i => $"\"p{i}\":{{\"type\":\"string\"}}"),
            () => Properties(i => $"\"p{i}\":{{\"type\":\"number\"}}")),
        Json("properties that are closed", () => Properties(i => $"\"p{i}\":{{}}", "},\"additionalProperties\":false}"),
            () => Properties(i => $"\"q{i}\":{{}}", "},\"additionalProperties\":false}")),
        Json("required names", () => Required(0), () => Required(1)),
        Json("dependencies", () => Fill("{\"dependencies\":{", "}}", ",", i => $"\"p{i}\":[\"a\"]"),
            () => Fill("{\"dependencies\":{", "}}", ",", i => $"\"p{i}\":[\"b\"]")),
        Json("dependencies of one on all", () => Fill("{\"dependencies\":{\"p\":[", "]}}", ",", i => $"\"p{i}\""),
            () => Fill("{\"dependencies\":{\"p\":[", "]}}", ",", i => $"\"q{i}\"")),
        Json("a list of types again and again",
            () => Fill("{" + Modern + "\"type\":[", "],\"properties\":{\"a\":{}}}", ",", i => i % 2 == 0 ? "\"object\"" : "\"string\"")),
        Json("references to one definition",
            () => Fill("{\"definitions\":{\"d\":{\"type\":\"string\"}},\"properties\":{", "}}", ",", i => $"\"p{i}\":{{\"$ref\":\"#/definitions/d\"}}")),
        Json("references to many definitions", () => Definitions("string"), () => Definitions("number")),
        Json("references of modern drafts",
            () => Fill("{" + Modern + "\"$defs\":{\"d\":{}},\"properties\":{", "}}", ",", i => $"\"p{i}\":{{\"$ref\":\"#/$defs/d\",\"type\":\"string\"}}")),
        Json("dynamic references", () => Fill("{" + Modern + "\"$dynamicAnchor\":\"a\",\"properties\":{", "}}", ",",
            i => $"\"p{i}\":{{\"$dynamicRef\":\"#a\"}}")),
        Json("references by deep pointers", () => DeepPointers()),
        Json("references by a long address",
            () => Fill($"{{\"$id\":\"http://a/{Long}\",\"definitions\":{{\"d\":{{}}}},\"properties\":{{", "}}", ",",
                i => $"\"p{i}\":{{\"$ref\":\"b{i}#/definitions/d\"}}", chars: MaxChars)),
        Json("references by a long address to itself",
            () => Fill($"{{\"$id\":\"http://a/{Long}/b\",\"definitions\":{{\"d\":{{}}}},\"properties\":{{", "}}", ",",
                i => $"\"p{i}\":{{\"$ref\":\"b#/definitions/d\"}}")),
        Json("addresses within addresses", () => Nested(i => $"{{\"$id\":\"{Repeat("a", 3000)}/\",\"items\":", 240)),
        Json("addresses of dots", () => Fill("{\"$id\":\"http://a/b/\",\"properties\":{", "}}", ",", i => $"\"p{i}\":{{\"$id\":\"{Repeat("../", 300)}{i}\"}}")),
        Json("references to the draft itself",
            () => Fill("{\"properties\":{", "}}", ",", i => $"\"p{i}\":{{\"$ref\":\"http://json-schema.org/draft-07/schema#\"}}")),
        Json("a chain of references", () => Chain(20_000, "string"), () => Chain(20_000, "number")),
        Json("references that go around",
            () => Fill("{\"definitions\":{", "},\"$ref\":\"#/definitions/d0\"}", ",",
                i => $"\"d{i}\":{{\"$ref\":\"#/definitions/d{(i + 1) % 20_000}\"}}", 20_000)),
        Json("references that lead nowhere", () => Fill("{\"properties\":{", "}}", ",", i => $"\"p{i}\":{{\"$ref\":\"#/definitions/d\"}}")),
        Json("definitions that double", () => Laughs("string"), () => Laughs("number")),
        Json("alternatives", () => AnyOf(i => $"{{\"type\":\"string\",\"maxLength\":{i}}}", 2000),
            () => AnyOf(i => $"{{\"type\":\"string\",\"maxLength\":{i + 1}}}", 2000)),
        Json("alternatives that fit nobody", () => AnyOf(i => $"{{\"const\":{i}}}"), () => AnyOf(i => $"{{\"const\":{i + 100_000}}}")),
        Json("alternatives of objects",
            () => AnyOf(i => $"{{\"properties\":{{\"a\":{{\"type\":\"string\",\"maxLength\":{i}}},\"b{i}\":{{\"type\":\"string\"}}}}}}", 500),
            () => AnyOf(i => $"{{\"properties\":{{\"a\":{{\"type\":\"string\",\"maxLength\":{i + 1}}},\"b{i}\":{{\"type\":\"number\"}}}}}}", 500)),
        Json("all of many", () => Fill("{\"allOf\":[", "]}", ",", i => $"{{\"minLength\":{i}}}"),
            () => Fill("{\"allOf\":[", "]}", ",", i => $"{{\"minLength\":{i + 7}}}")),
        Json("the same alternative again", () => AnyOf(_ => "{\"type\":\"string\"}"), () => AnyOf(_ => "{\"type\":\"string\"}")),
        Json("one schema with all alternatives", () => "{\"type\":\"string\",\"maxLength\":3}", () => AnyOf(i => $"{{\"type\":\"string\",\"maxLength\":{i}}}")),
        Json("alternatives next to a large default", () => AnyOf(i => $"{{\"type\":\"string\",\"maxLength\":{i}}}"),
            () => $"{{\"anyOf\":[{{\"type\":\"string\",\"default\":{Fill("[", "]", ",", _ => "0", chars: 390_000)}}}]}}"),
        Json("alternatives next to a long value", () => AnyOf(i => $"{{\"enum\":[{i}]}}"), () => $"{{\"anyOf\":[{{\"enum\":[\"{Long}\"]}}]}}"),
        Json("alternatives next to a long name", () => AnyOf(i => $"{{\"properties\":{{\"a\":{{\"maxLength\":{i}}}}}}}"),
            () => $"{{\"anyOf\":[{{\"properties\":{{\"{Long}\":{{}}}}}}]}}"),
        Json("alternatives next to a long required name", () => AnyOf(i => $"{{\"dependencies\":{{\"a\":[\"b{i}\"]}}}}"),
            () => $"{{\"anyOf\":[{{\"dependencies\":{{\"a\":[\"{Long}\"]}}}}]}}"),
        Json("alternatives next to a long number", () => AnyOf(i => $"{{\"multipleOf\":{i + 1}}}"),
            () => $"{{\"anyOf\":[{{\"multipleOf\":1{Repeat("7", 998)}}}]}}"),
        Json("alternatives of long numbers", () => AnyOf(i => $"{{\"multipleOf\":{i + 1}{Repeat("3", 900)}}}"),
            () => AnyOf(i => $"{{\"multipleOf\":{i + 1}{Repeat("7", 900)}e99}}")),
        Json("alternatives next to a long title", () => AnyOf(i => $"{{\"type\":\"string\",\"title\":\"{i}\"}}"),
            () => $"{{\"anyOf\":[{{\"type\":\"string\",\"title\":\"{Long}\"}}]}}"),
        Json("a recursion that is compared again and again", () => Recursion("string"), () => Recursion("number")),
        Json("nested alternatives", () => Nested(_ => "{\"anyOf\":[", 249, "]}"), () => Nested(_ => "{\"oneOf\":[", 249, "]}")),
        Json("nested negations", () => Nested(_ => "{\"not\":", 490), () => Nested(_ => "{\"not\":", 489)),
        Json("patterns", () => Patterns(100, 498)),
        Json("patterns of many counts",
            () => Fill("{\"properties\":{", "}}", ",",
                i => $"\"p{i}\":{{\"pattern\":\"{i}((a{{0,999}}){{0,999}}){{0,999}}{Repeat("[^b]{9,999}", 40)}\"}}", 100)),
        Json("patterns of unicode classes",
            () => Fill("{\"properties\":{", "}}", ",", i => $"\"p{i}\":{{\"pattern\":\"{i}{Repeat("[\\\\p{L}-[\\\\w]]", 30)}\"}}", 100)),
        Json("patterns for names", () => PatternNames(), () => PatternsOnly()),
        Json("an evil pattern for a long name",
            () => $"{{\"properties\":{{\"{Repeat("a", 400_000)}\":{{}}}},\"patternProperties\":{{\"^(a+)+$\":{{}}}},\"additionalProperties\":false}}",
            () => "{\"patternProperties\":{\"^(a+)+$\":{}},\"additionalProperties\":false}"),
        Json("evil patterns for names", () => EvilNames(withNames: true), () => EvilNames(withNames: false)),
        Json("escapes", () => Fill("{\"title\":\"", "\"}", "", _ => "\\u0001")),
        Json("unicode", () => Fill("{\"title\":\"", "\"}", "", _ => "\u4e2d", chars: 950_000)),
        Json("numbers with exponents", () => Fill("{\"enum\":[", "]}", ",", i => $"{i}e{i}")),
        Json("long numbers", () => Fill("{\"enum\":[", "]}", ",", i => $"{i + 1}.{Repeat("7", 980)}e{i}")),
        Json("names in sorted order", () => Properties(i => $"\"p{99_999 - i}\":{{}}")),
        Json("names that collide in Java", () => Properties(i => $"\"{Colliding(i)}\":{{}}"), () => Properties(i => $"\"{Colliding(i)}x\":{{}}")),
        Json("items one by one", () => Fill("{\"items\":[", "]}", ",", i => "{\"type\":\"string\"}"),
            () => Fill("{\"items\":[", "]}", ",", i => "{\"type\":\"number\"}")),
        new(SchemaType.Json, "a thousand references", () => (References(1000, "string"), References(1000, "number"))),
        Json("eight megabytes of a title", () => Fill("{\"title\":\"", "\"}", "", _ => "xxxxxxxx", chars: 8_380_000)),
        Json("eight megabytes of long names", () => Properties(i => $"\"p{i}{Repeat("x", 70)}\":{{}}", chars: 8_380_000),
            () => Properties(i => $"\"q{i}{Repeat("x", 70)}\":{{}}", chars: 8_380_000)),
    ];

    private static WorstInput Json(string name, Func<string> reader, Func<string>? writer = null) => Of(SchemaType.Json, name, reader, writer);

    private static string Properties(Func<int, string> property, string end = "}}", int chars = MaxChars) => Fill("{\"properties\":{", end, ",", property, chars: chars);

    private static string Enum(int from) => Fill("{\"enum\":[", "]}", ",", i => $"{i + from}", 140_000);

    private static string Required(int odd) => Fill("{\"properties\":{", "},", ",", i => $"\"p{i}\":{{}}", 40_000, 600_000)
        + Fill("\"required\":[", "]}", ",", i => $"\"p{2 * i + odd}\"", 20_000, 390_000);

    private static string Definitions(string type) => Fill("{\"definitions\":{", "},", ",", i => $"\"d{i}\":{{\"type\":\"{type}\"}}", 16_000, 480_000)
        + Fill("\"properties\":{", "}}", ",", i => $"\"p{i}\":{{\"$ref\":\"#/definitions/d{i % 16_000}\"}}", chars: 519_000);

    private static string DeepPointers()
    {
        var pointer = "#" + Repeat("/definitions/a", 200);
        return Fill("{\"definitions\":" + Repeat("{\"a\":{\"definitions\":", 200) + "{}" + Repeat("}}", 200) + ",\"properties\":{", "}}", ",",
            i => $"\"p{i}\":{{\"$ref\":\"{pointer}\"}}");
    }

    private static string Chain(int length, string type) => "{\"definitions\":{\"d0\":{\"type\":\"" + type + "\"}"
        + string.Concat(Enumerable.Range(1, length).Select(i => $",\"d{i}\":{{\"items\":{{\"$ref\":\"#/definitions/d{i - 1}\"}}}}"))
        + $"}},\"$ref\":\"#/definitions/d{length}\"}}";

    private static string Laughs(string type) => "{\"definitions\":{\"d0\":{\"type\":\"" + type + "\"}"
        + string.Concat(Enumerable.Range(1, 900).Select(i => $",\"d{i}\":{{\"properties\":{{\"a\":{{\"$ref\":\"#/definitions/d{i - 1}\"}},\"b\":{{\"$ref\":\"#/definitions/d{i - 1}\"}}}}}}"))
        + "},\"$ref\":\"#/definitions/d900\"}";

    private static string AnyOf(Func<int, string> member, int count = int.MaxValue) => Fill("{\"anyOf\":[", "]}", ",", member, count);

    /// <summary>A ring of definitions in which each round of comparing finds one more that differs.</summary>
    private static string Recursion(string type)
    {
        const int Links = 400;
        return Fill("{\"definitions\":{", "},\"$ref\":\"#/definitions/d0\"}", ",", i =>
            $"\"d{i}\":{{\"anyOf\":[{{\"items\":{{\"$ref\":\"#/definitions/d{(i + 1) % Links}\"}}}},{{\"properties\":{{\"a\":{{\"$ref\":\"#/definitions/d{(i * 7 + 3) % Links}\"}},\"z{(i == 5 ? type : "")}\":{{\"type\":\"{(i == 5 ? type : "string")}\"}}}},\"additionalProperties\":false}}]}}", Links);
    }

    private static string Nested(Func<int, string> open, int depth, string close = "}") =>
        string.Concat(Enumerable.Range(0, depth).Select(open)) + "{\"type\":\"string\"}" + Repeat(close, depth);

    private static string Patterns(int count, int chars) => Fill("{\"properties\":{", "}}", ",",
        i => $"\"p{i}\":{{\"pattern\":\"{i}{Repeat("(a|b)*", (chars - 4) / 6)}\"}}", count);

    private static string PatternNames() => Fill("{\"patternProperties\":{", "},", ",", i => $"\"x{i}y\":{{}}", 2000, 500_000)
        + Fill("\"properties\":{", "},\"additionalProperties\":false}", ",", i => $"\"n{i}\":{{}}", 2000, 400_000);

    private static string PatternsOnly() => Fill("{\"patternProperties\":{", "},\"additionalProperties\":false}", ",", i => $"\"x{i}y\":{{}}", 2000);

    private static string EvilNames(bool withNames) => Fill("{\"patternProperties\":{", "},", ",", i => $"\"(.*a){{{i + 2}}}b\":{{}}", 18, 400_000)
        + (withNames ? Fill("\"properties\":{", "},", ",", i => $"\"{Repeat("ab", 40)}{i}\":{{}}", 500, 500_000) : "") + "\"additionalProperties\":false}";

    /// <summary>"Aa" and "BB" have one hash in Java.</summary>
    private static string Colliding(int i) => string.Concat(Enumerable.Range(0, 16).Select(bit => (i >> bit & 1) == 0 ? "Aa" : "BB"));

    private static SchemaSource References(int count, string type) => new(
        Fill("{\"properties\":{", "}}", ",", i => $"\"p{i}\":{{\"$ref\":\"r{i}.json\"}}", count),
        [.. Enumerable.Range(0, count).Select(i => new ResolvedReference($"r{i}.json", $"r{i}", 1, SchemaSource.Of($"{{\"type\":\"{type}\",\"title\":\"{Repeat("t", 5000)}\"}}")))]);
}
