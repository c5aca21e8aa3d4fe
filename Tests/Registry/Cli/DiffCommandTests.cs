using System.Text.Json;
using CsCheck;
using Federation.Cli.Schemas;
using Tests.Registry.Service;
using Xunit;

namespace Tests.Registry.Cli;

public class DiffCommandTests
{
    private const string Old = """
        {"type":"record","name":"R","fields":[{"name":"id","type":"string"},{"name":"n","type":"int"},
         {"name":"state","type":{"type":"enum","name":"E","symbols":["A","B","C"]}}]}
        """;

    private const string New = """
        {"type":"record","name":"R","fields":[{"name":"mail","type":"string"},{"name":"id","type":"string"},{"name":"n","type":"long"},
         {"name":"state","type":{"type":"enum","name":"E","symbols":["A","B"]}},{"name":"tag","type":"string","default":""}]}
        """;

    [Fact]
    public async Task Each_change_of_Avro_says_whom_it_breaks()
    {
        await using var fed = await Fed.StartAsync();
        await fed.Host.SendAsync("PUT", "/config", "{\"compatibility\":\"NONE\"}");
        await fed.Host.RegisterAsync("s", Old);
        await fed.Host.RegisterAsync("s", New);
        var report = (await fed.RunAsync("diff", "s:1", "s:2", "-o", "json")).Ends(0).Json;
        Assert.Equal(
        [
            "/fields/n/type changed [] [TYPE_MISMATCH]", "/fields/state/type/symbols/C removed [MISSING_ENUM_SYMBOLS] []",
            "/fields/mail added [READER_FIELD_MISSING_DEFAULT_VALUE] []", "/fields/tag added [] []",
        ], Changes(report));
        Assert.False(report.GetProperty("backward").GetBoolean());
        Assert.False(report.GetProperty("forward").GetBoolean());

        var text = (await fed.RunAsync("diff", "s")).Ends(0).Out;
        Assert.StartsWith("s version 1 → s version 2\n", text);
        Assert.Contains("+ /fields/tag added: {\"name\":\"tag\",\"type\":\"string\",\"default\":\"\"}\n    breaks no reader\n", text);
        Assert.Contains("~ /fields/n/type changed: \"int\" → \"long\"\n    breaks readers with the old schema on new data: ", text);
        Assert.Contains("(reader type: INT not compatible with writer type: LONG)", text);
        Assert.Contains("\n-          \"C\"\n", text);
        Assert.Contains("Level NONE alone takes it", text);
    }

    [Theory]
    [InlineData("syntax = \"proto3\"; message M { int32 a = 1; }", "syntax = \"proto3\"; message M { string a = 1; int32 b = 2; }", "PROTOBUF",
        "#/M/1 field scalar kind changed [FIELD_SCALAR_KIND_CHANGED] [FIELD_SCALAR_KIND_CHANGED]", "#/M/2 field added [] []")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string"}}}""", """{"type":"object","properties":{"a":{"type":"string","maxLength":3}}}""", "JSON",
        "#/properties/a/maxLength max length added [MAX_LENGTH_ADDED] []")]
    public async Task Each_change_of_the_others_says_whom_it_breaks(string old, string newer, string type, params string[] changes)
    {
        await using var fed = await Fed.StartAsync();
        await fed.Host.RegisterAsync("s", old, $"\"schemaType\":\"{type}\"");
        Assert.Equal(changes, Changes((await fed.RunAsync("diff", "s", fed.File("new", newer), "-o", "json")).Ends(0).Json));
    }

    [Fact]
    public async Task Files_and_versions_of_other_contexts_are_compared()
    {
        await using var fed = await Fed.StartAsync();
        await fed.Host.RegisterAsync(":.c:base", """{"type":"record","name":"Base","fields":[]}""");
        const string User = """{"type":"record","name":"User","fields":[{"name":"base","type":"Base"}]}""";
        await fed.Host.RegisterAsync(":.c:user", User, "\"references\":[{\"name\":\"Base\",\"subject\":\"base\",\"version\":1}]");

        // The file is taken to refer to what the version refers to; Avro may stand in a .json file.
        var same = (await fed.RunAsync("diff", "user", fed.File("user.json", User), "--context", "c")).Ends(0);
        Assert.Contains("The texts are the same.", same.Out);
        Assert.Contains("Every level takes it", same.Out);
        var files = (await fed.RunAsync("diff", fed.File("a.avsc", SchemaCommandsTests.Order), fed.File("b.avsc", SchemaCommandsTests.OrderWithAmount))).Ends(0);
        Assert.Contains("Levels FORWARD and NONE take it; upgrade producers first.", files.Out);
        (await fed.RunAsync("diff", "user", "--context", "c")).Ends(2);
        (await fed.RunAsync("diff", "user", "none.avsc")).Ends(3);
        (await fed.RunAsync("diff", fed.File("a.avsc", "{"), fed.File("b.avsc", "{}"))).Ends(2);
        var types = (await fed.RunAsync("diff", fed.File("a.avsc", "\"int\""), fed.File("b.json", "{}"), "-o", "json")).Ends(0).Json;
        Assert.Equal(["/ schema type changed [SCHEMA_TYPE_CHANGED] [SCHEMA_TYPE_CHANGED]"], Changes(types));
    }

    /// <summary>The old lines and the new ones are both in a difference, and no shorter one is there.</summary>
    [Fact]
    public void A_difference_by_lines_is_whole_and_shortest()
    {
        var lines = Gen.Int[0, 4].Select(i => $"{i}").Array[0, 14];
        Gen.Select(lines, lines).Sample((old, newer) =>
        {
            var difference = LineDiff.Of(old, newer);
            Assert.Equal(old, difference.Where(line => line.Mark != '+').Select(line => line.Text));
            Assert.Equal(newer, difference.Where(line => line.Mark != '-').Select(line => line.Text));
            Assert.Equal(Common(old, newer), difference.Count(line => line.Mark == ' '));
        });
        var far = LineDiff.Of([.. Enumerable.Range(0, 3000).Select(i => $"a{i}")], [.. Enumerable.Range(0, 3000).Select(i => $"b{i}")]);
        Assert.Equal(6000, far.Count);
    }

    [Fact]
    public void Elements_are_known_by_what_identifies_them()
    {
        Assert.Equal(["/f/a/t changed 1 2", "/f/c added  {\"name\":\"c\"}", "/u/order changed order string, null"], Lines(
            """{"f":[{"name":"a","t":1},{"name":"b"}],"u":{"order":["null","string"]}}""",
            """{"f":[{"name":"b"},{"name":"a","t":2},{"name":"c"}],"u":{"order":["string","null"]}}"""));
        Assert.Equal(["/0 changed 1 2", "/1 added  3"], Lines("[1]", "[2,3]"));
        Assert.Equal(["/ changed 1 \"x\""], Lines("1", "\"x\""));
        Assert.Empty(Lines("{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}"));
        Assert.Null(JsonChanges.Of("{", "{}"));
        Assert.Equal("/fields/id/type/null", JsonChanges.Named("/fields/0/type/1", """{"fields":[{"name":"id","type":["int","null"]}]}"""));
        Assert.Equal("/fields/id/type/fields/7", JsonChanges.Named("/fields/0/type/fields/7", """{"fields":[{"name":"id","type":"Other"}]}"""));

        static IEnumerable<string> Lines(string old, string newer) => JsonChanges.Of(old, newer)!.Select(change => $"{change.Path} {change.Kind} {change.From} {change.To}");
    }

    private static IEnumerable<string> Changes(JsonElement report) => report.GetProperty("changes").EnumerateArray().Select(change =>
        $"{change.GetProperty("path").GetString()} {change.GetProperty("change").GetString()} [{Types(change, "backward")}] [{Types(change, "forward")}]");

    private static string Types(JsonElement change, string direction) =>
        string.Join(", ", change.GetProperty(direction).EnumerateArray().Select(finding => finding.GetProperty("type").GetString()));

    private static int Common(string[] one, string[] other)
    {
        var longest = new int[one.Length + 1, other.Length + 1];
        for (var i = 1; i <= one.Length; i++)
        {
            for (var j = 1; j <= other.Length; j++)
            {
                longest[i, j] = one[i - 1] == other[j - 1] ? longest[i - 1, j - 1] + 1 : Math.Max(longest[i - 1, j], longest[i, j - 1]);
            }
        }

        return longest[one.Length, other.Length];
    }
}
