using SchemaRegistry.Core.Languages;
using static Tests.Registry.Worst.WorstInput;

namespace Tests.Registry.Worst;

/// <summary>Avro schemas that cost most.</summary>
internal static class AvroWorst
{
    public static IReadOnlyList<WorstInput> All { get; } =
    [
        Avro("malformed at the end", () => Fields(i => $$"""{"name":"f{{i}}","type":"int"}""", end: "]")),
        Avro("100,000 levels", () => Repeat("{\"type\":\"array\",\"items\":", 43_000)),
        Avro("half a million brackets", () => Repeat("[", 500_000) + Repeat("]", 500_000)),
        Avro("a record of short fields", () => Fields(i => $$"""{"name":"f{{i}}","type":"int"}"""),
            () => Fields(i => $$"""{"name":"f{{i}}","type":"string"}""")),
        Avro("a record of new fields", () => Fields(i => $$"""{"name":"f{{i}}","type":"int"}"""), () => Fields(i => $$"""{"name":"g{{i}}","type":"int"}""")),
        Avro("a record of fields with aliases", () => Fields(i => $$"""{"name":"f{{i}}","type":"int","aliases":["g{{i}}"]}"""),
            () => Fields(i => $$"""{"name":"g{{i}}","type":"int"}""")),
        Avro("an enum", () => Enum("S"), () => Enum("T")),
        Avro("unions of fixed with other names", () => Union(i => Fixed("T" + i)), () => Union(i => Fixed("W" + i))),
        Avro("unions of fixed in other order", () => Union(i => Fixed("T" + i)), () => Union(i => Fixed("T" + (19_000 - i)), 19_000)),
        Avro("unions of fixed with the same names and other sizes", () => Union(i => Fixed("T" + i)), () => Union(i => Fixed("T" + i, 2))),
        Avro("unions of enums with other symbols", () => Union(i => Enum1("T" + i, "A")), () => Union(i => Enum1("T" + i, "B"))),
        Avro("unions of empty records", () => Union(i => Record("T" + i)), () => Union(i => Record("W" + i))),
        Avro("unions of records by aliases", () => Union(i => $$"""{"type":"record","name":"T{{i}}","fields":[],"aliases":["W{{i}}"]}"""),
            () => Union(i => Record("W" + i))),
        Avro("unions of one short name in many namespaces", () => Union(i => Record("T", $"a{i}", "int")), () => Union(i => Record("T", $"b{i}", "string"))),
        Avro("a record that many unions hold", () => Unions("int"), () => Unions("string")),
        Avro("values in an attribute", () => Fill("{\"type\":\"int\",\"x\":[", "]}", ",", _ => "0")),
        Avro("attributes", () => Fill("{\"type\":\"int\",", "}", ",", i => $"\"a{i}\":0")),
        Avro("an attribute again and again", () => Fill("{\"type\":\"int\",", "}", ",", _ => "\"a\":0")),
        Avro("objects of attributes in each other", () => "{\"type\":\"int\",\"x\":" + Repeat("{\"b\":0,\"a\":", 900) + "0" + Repeat("}", 900) + "}"),
        Avro("long numbers", () => Fill("{\"type\":\"int\",\"x\":[", "]}", ",", _ => "1" + Repeat("7", 990))),
        Avro("long decimals", () => Fill("{\"type\":\"int\",\"x\":[", "]}", ",", _ => "1." + Repeat("7", 990))),
        Avro("numbers with exponents", () => Fill("{\"type\":\"int\",\"x\":[", "]}", ",", i => $"{i % 10}e{i % 300}")),
        Avro("escapes", () => Fill("{\"type\":\"int\",\"x\":\"", "\"}", "", _ => "\\u0001")),
        Avro("unicode", () => Fill("{\"type\":\"int\",\"x\":\"", "\"}", "", _ => "\u4e2d", chars: 340_000)),
        Avro("aliases", () => Fill("{\"type\":\"fixed\",\"name\":\"F\",\"size\":1,\"aliases\":[", "]}", ",", i => $"\"a{i}\""), () => Fixed("G")),
        Avro("full names by a long namespace",
            () => Fill($$"""{"type":"record","name":"R","namespace":"{{Repeat("n", 900)}}","fields":[""", "]}", ",",
                i => $$"""{"name":"f{{i}}","type":"R"}""")),
        Avro("full names that just fit",
            () => Fill($$"""{"type":"record","name":"R","namespace":"{{Repeat("n", 40)}}","fields":[""", "]}", ",", i => $$"""{"name":"f{{i}}","type":"R"}""")),
        Avro("namespaces of many parts", () => Fill("[", "]", ",", i => Record($"R{i}", Repeat("n.", 490) + "n"))),
        Avro("undefined names", () => Fill("[", "]", ",", i => $"\"U{i}\"")),
        Avro("equal definitions again",
            () => Fill("{\"type\":\"record\",\"name\":\"R\",\"fields\":[", "]}", ",",
                i => $$$"""{"name":"f{{{i}}}","type":{"type":"enum","name":"E","symbols":["A","B"]}}""")),
        Avro("defaults of a large array",
            () => Fill("{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"f\",\"type\":{\"type\":\"array\",\"items\":[\"null\",\"int\"]},\"default\":[", "]}]}", ",", _ => "0")),
        Avro("defaults tried on all branches", () => DefaultOfUnions()),
        Avro("defaults of records",
            () => Fill("{\"type\":\"record\",\"name\":\"R\",\"fields\":[" + Field("g", Record("S", null, "int")), "]}", "",
                i => $",{{\"name\":\"f{i}\",\"type\":\"S\",\"default\":{{\"f\":0}}}}")),
        Avro("nesting that is allowed", () => Arrays(990, "int"), () => Arrays(990, "string")),
        Avro("many differences deep down", () => Deep("int"), () => Deep("string")),
        Avro("differences that double", () => Doubling("int"), () => Doubling("string")),
        Avro("a chain of names", () => Chain(9000)),
        Avro("two chains of names", () => Chain(900, "int"), () => Chain(900, "string")),
        new(SchemaType.Avro, "references of four megabytes",
            () => (References(i => Fill($$"""{"type":"record","name":"R{{i}}","fields":[""", "]}", ",", f => $$"""{"name":"f{{f}}","type":"int"}"""), 4), null)),
        new(SchemaType.Avro, "a thousand references",
            () => (References(i => Record($"R{i}", null, "int"), 1000), References(i => Record($"R{i}", null, "string"), 1000))),
    ];

    private static WorstInput Avro(string name, Func<string> reader, Func<string>? writer = null) => Of(SchemaType.Avro, name, reader, writer);

    private static string Fields(Func<int, string> field, string end = "]}") => Fill("{\"type\":\"record\",\"name\":\"R\",\"fields\":[", end, ",", field);

    private static string Enum(string prefix) => Fill("{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[", "]}", ",", i => $"\"{prefix}{i}\"");

    private static string Enum1(string name, string symbol) => $$"""{"type":"enum","name":"{{name}}","symbols":["{{symbol}}"]}""";

    private static string Union(Func<int, string> branch, int count = int.MaxValue) => Fill("[", "]", ",", branch, count);

    private static string Fixed(string name, int size = 1) => $$"""{"type":"fixed","name":"{{name}}","size":{{size}}}""";

    private static string Field(string name, string type) => $$"""{"name":"{{name}}","type":{{type}}}""";

    private static string Record(string name, string? space = null, string? type = null) =>
        $$"""{"type":"record","name":"{{name}}",{{(space is null ? "" : $"\"namespace\":\"{space}\",")}}"fields":[{{(type is null ? "" : Field("f", $"\"{type}\""))}}]}""";

    /// <summary>Each field is a union object of its own of the same names: n² pairs of n branches.</summary>
    private static string Unions(string type)
    {
        const int Branches = 20;
        var branches = string.Join(',', Enumerable.Range(0, Branches).Select(i => $"\"B{i}\""));
        var definitions = string.Join(',', Enumerable.Range(0, Branches).Select(i => Field("d" + i, Record("B" + i, null, type))));
        return Fill("{\"type\":\"record\",\"name\":\"R\",\"fields\":[" + definitions, "]}", "", i => "," + Field("f" + i, $"[{branches}]"));
    }

    private static string DefaultOfUnions()
    {
        const int Records = 20;
        var all = string.Join(',', Enumerable.Range(0, Records).Select(i => $"\"R{i}\""));
        var types = Enumerable.Range(0, Records).Select(i => $$"""{"type":"record","name":"R{{i}}","fields":[{"name":"x","type":[{{all}}]}]}""");
        return $$"""{"type":"record","name":"Top","fields":[{"name":"t","type":[{{string.Join(',', types)}}],"default":{{Repeat("{\"x\":", 300)}}1{{Repeat("}", 300)}}}]}""";
    }

    private static string Arrays(int depth, string type) => Repeat("{\"type\":\"array\",\"items\":", depth) + $"\"{type}\"" + Repeat("}", depth);

    private static string Deep(string type) => Repeat("{\"type\":\"array\",\"items\":", 900)
        + Fill("{\"type\":\"record\",\"name\":\"R\",\"fields\":[", "]}", ",",
            i => $$"""{"name":"f{{i}}","type":"{{type}}"}""", chars: 950_000) + Repeat("}", 900);

    private static string Doubling(string type) => Repeat("{\"type\":\"array\",\"items\":", 1)
        + string.Concat(Enumerable.Range(0, 40).Select(i => $$"""{"type":"record","name":"L{{i}}","fields":[{"name":"a","type":"""))
        + $"\"{type}\"" + string.Concat(Enumerable.Range(0, 40).Reverse().Select(i => i == 39 ? "}]}" : $$"""},{"name":"b","type":"L{{i + 1}}"}]}""")) + "}";

    private static string Chain(int links, string type = "int") => "[" + string.Join(',', Enumerable.Range(0, links)
        .Select(i => $$"""{"type":"record","name":"C{{i}}","fields":[{"name":"n","type":"{{(i == links - 1 ? type : "C" + (i + 1))}}"}]}""")) + "]";

    private static SchemaSource References(Func<int, string> text, int count) => new(
        Fill("[", "]", ",", i => $"\"R{i}\"", count), [.. Enumerable.Range(0, count).Select(i => new ResolvedReference($"R{i}", $"R{i}", 1, SchemaSource.Of(text(i))))]);
}
