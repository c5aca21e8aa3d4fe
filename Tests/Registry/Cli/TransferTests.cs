using System.Net;
using System.Text.Json;
using CsCheck;
using Federation.Cli.Schemas;
using SchemaRegistry.Service.Log;
using Tests.Registry.Service;
using Xunit;

namespace Tests.Registry.Cli;

/// <summary>Export and import of a whole registry.</summary>
public class TransferTests
{
    private static readonly string[] Subjects = ["a", "b", ":.x:a", ":.x:b/c"];
    private static readonly string[] Texts = ["p", "p q?", "q? p", "p q? r?", "@r s?", "@r"];

    /// <summary>Requests that make a registry with versions, references, deletions, contexts and settings.</summary>
    private static readonly Gen<(string Method, string Path, string? Body)> Requests = Gen.Frequency(
        (8, Gen.Select(Pick(Subjects), Pick(Texts), Pick(Subjects), Gen.Int[0, 3]).Select((subject, text, target, more) => ("POST", $"/subjects/{Uri.EscapeDataString(subject)}/versions",
            (string?)RegistryHost.Schema(text, string.Join(',', Parts(text, target, more)))))),
        (2, Pick(Subjects).Select(subject => ("DELETE", $"/subjects/{Uri.EscapeDataString(subject)}", default(string)))),
        (3, Gen.Select(Pick(Subjects), Gen.Int[1, 3], Gen.Bool).Select((subject, version, permanent) =>
            ("DELETE", $"/subjects/{Uri.EscapeDataString(subject)}/versions/{version}{(permanent ? "?permanent=true" : "")}", default(string)))),
        (1, Gen.Select(Pick(Subjects), Pick("READWRITE", "READONLY")).Select((scope, mode) =>
            ("PUT", $"/mode/{Uri.EscapeDataString(scope)}", (string?)$"{{\"mode\":\"{mode}\"}}"))),
        (2, Gen.Select(Pick(["", "/a", "/:.x:", "/:.x:a", "/:.__GLOBAL:"]), Pick("NONE", "FULL", "BACKWARD_TRANSITIVE"), Gen.Bool).Select((scope, level, more) =>
            ("PUT", $"/config{scope}", (string?)$"{{\"compatibility\":\"{level}\"{(more ? ",\"normalize\":true,\"defaultMetadata\":{\"properties\":{\"o\":\"x\"}}" : "")}}}"))));

    [Fact]
    public async Task What_was_imported_exports_the_same_and_importing_again_changes_nothing() => await Requests.Array[5, 40].SampleAsync(async requests =>
    {
        await using var from = await RegistryHost.StartAsync();
        foreach (var (method, path, body) in requests)
        {
            await from.SendAsync(method, path, body);
        }

        using var folder = new TestFolder();
        var first = folder.Path("first.jsonl");
        (await At(from, "export", "--out", first)).Ends(0);

        var storage = new MemorySchemaLog.Storage();
        await using var to = await RegistryHost.StartAsync(storage: storage);
        var dry = (await At(to, "import", first, "--dry-run", "-o", "json")).Ends(0).Json;
        Assert.Empty(storage.Records);
        var report = (await At(to, "import", first, "-o", "json")).Ends(0).Json;
        Assert.Equal(dry.GetProperty("registered").GetInt32(), report.GetProperty("registered").GetInt32());
        Assert.Equal(0, report.GetProperty("present").GetInt32());

        var second = folder.Path("second.jsonl");
        (await At(to, "export", "--out", second)).Ends(0);
        var skipped = report.GetProperty("skipped").EnumerateArray().Select(key => key.GetString()).ToHashSet();

        Assert.Equal(await ComparableAsync(first, skipped), await ComparableAsync(second, skipped));

        var written = storage.Records.Count;
        var again = (await At(to, "import", first, "-o", "json")).Ends(0).Json;
        Assert.Equal((0, 0, 0), (again.GetProperty("registered").GetInt32(), again.GetProperty("deleted").GetInt32(), again.GetProperty("settings").GetInt32()));
        Assert.Equal(written, storage.Records.Count);
    }, iter: 60);

    [Fact]
    public async Task An_import_that_was_stopped_is_taken_up()
    {
        await using var from = await RegistryHost.StartAsync();
        await FillAsync(from);
        using var folder = new TestFolder();
        var path = folder.Path("all.jsonl");
        (await At(from, "export", "--out", path)).Ends(0);
        var whole = await File.ReadAllTextAsync(path);

        // What the import writes, up to each of its records, is what a crash may leave.
        var storage = new MemorySchemaLog.Storage();
        await using (var once = await RegistryHost.StartAsync(storage: storage))
        {
            (await At(once, "import", path)).Ends(0);
        }

        for (var records = 0; records < storage.Records.Count; records++)
        {
            var left = new MemorySchemaLog.Storage();
            foreach (var record in storage.Records.Take(records))
            {
                left.Append([new SchemaLogEntry(record.Key, record.Value, record.TimestampMs)], record.Offset);
            }

            await using var to = await RegistryHost.StartAsync(storage: left);
            (await At(to, "import", path)).Ends(0);
            var second = folder.Path("second.jsonl");
            (await At(to, "export", "--out", second)).Ends(0);
            Assert.Equal(whole, await File.ReadAllTextAsync(second));
        }
    }

    [Fact]
    public async Task What_is_another_schema_there_stops_the_import()
    {
        await using var from = await RegistryHost.StartAsync();
        await FillAsync(from);
        using var folder = new TestFolder();
        var path = folder.Path("all.jsonl");
        (await At(from, "export", "--out", path)).Ends(0);

        var storage = new MemorySchemaLog.Storage();
        await using var to = await RegistryHost.StartAsync(storage: storage);
        await to.RegisterAsync("unlike", "z");
        var written = storage.Records.Count;
        var byId = (await At(to, "import", path, "-o", "json")).Ends(5);
        Assert.Equal("base version 1: its id 1 is unlike version 1 there, another schema", byId.Json.GetProperty("conflicts")[0].GetString());
        Assert.Equal(written, storage.Records.Count);
        (await At(to, "import", path, "--dry-run")).Ends(5);

        // In a context of its own there is nothing in the way, and references stay within it.
        (await At(to, "import", path, "--context", "partner")).Ends(2);
        (await At(from, "export", "--out", path, "--context", ".")).Ends(0);
        (await At(to, "import", path, "--context", "partner")).Ends(0);
        Assert.Contains("\"id\":2", (await to.GetAsync("/subjects/:.partner:s/versions/1")).Text);
        Assert.Contains("\"subject\":\"base\"", (await to.GetAsync("/subjects/:.partner:s/versions/1")).Text);
        (await to.GetAsync("/subjects/:.partner:s/versions/1/schema?format=resolved")).Is("a b?");
    }

    [Fact]
    public async Task Newer_versions_join_those_that_are_there()
    {
        await using var from = await RegistryHost.StartAsync();
        await FillAsync(from);
        using var folder = new TestFolder();
        var path = folder.Path("all.jsonl");
        (await At(from, "export", "--out", path)).Ends(0);
        await using var to = await RegistryHost.StartAsync();
        (await At(to, "import", path)).Ends(0);

        // IMPORT mode removes what is softly deleted there: it has to come back with the rest.
        await from.RegisterAsync("gone", "n");
        await from.RegisterAsync("s", "@r b? c? d?", Base);
        (await At(from, "export", "--out", path)).Ends(0);
        var report = (await At(to, "import", path, "-o", "json")).Ends(0).Json;
        Assert.Equal(2, report.GetProperty("registered").GetInt32());
        var second = folder.Path("second.jsonl");
        (await At(to, "export", "--out", second)).Ends(0);
        Assert.Equal(await File.ReadAllTextAsync(path), await File.ReadAllTextAsync(second));
        Assert.Equal("{\"mode\":\"READWRITE\"}", (await to.GetAsync("/mode/s?defaultToGlobal=true")).Text);

        // What differs by its deletion alone is for people to decide.
        await to.SendAsync("DELETE", "/subjects/s/versions/3");
        Assert.Contains("s version 3: it is deleted there and live in the file", (await At(to, "import", path)).Ends(5).Error);

        // So is what would be lost.
        await to.SendAsync("POST", "/subjects/s/undelete?force=true");
        await to.SendAsync("DELETE", "/subjects/s/versions/1");
        await to.RegisterAsync("s", "@r b? c? d? e?", Base);
        await to.SendAsync("DELETE", "/subjects/s/versions/4");
        await from.SendAsync("DELETE", "/subjects/s/versions/1");
        await from.SendAsync("DELETE", "/subjects/s/versions/1?permanent=true");
        await from.SendAsync("PUT", "/mode/s?force=true", "{\"mode\":\"IMPORT\"}");
        await from.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("zz", "\"id\":50,\"version\":9"));
        (await At(from, "export", "--out", path)).Ends(0);
        Assert.Contains("s version 4: it is softly deleted there and cannot be had from the file", (await At(to, "import", path)).Ends(5).Error);
    }

    [Theory]
    [InlineData("", "the file ends too early")]
    [InlineData("{\"kind\":\"end\",\"schemas\":0,\"settings\":0}\n", "an export begins with its format")]
    [InlineData("{\"kind\":\"registry\",\"format\":2}\n", "format 2 is not known here")]
    [InlineData("{\"kind\":\"registry\",\"format\":1}\n", "the file ends too early")]
    [InlineData("{\"kind\":\"registry\",\"format\":1}\nnonsense\n", "line 2")]
    [InlineData("{\"kind\":\"registry\",\"format\":1}\nnull\n", "line 2")]
    [InlineData("{\"kind\":\"registry\",\"format\":1}\n{\"kind\":\"schema\",\"subject\":\"s\",\"version\":1}\n", "not whole")]
    [InlineData("{\"kind\":\"registry\",\"format\":1}\n{\"kind\":\"other\"}\n", "not known here")]
    [InlineData("{\"kind\":\"registry\",\"format\":1}\n{\"kind\":\"end\",\"schemas\":1,\"settings\":0}\n", "1 schemas and 0 settings were written, 0 and 0 are here")]
    [InlineData("{\"kind\":\"registry\",\"format\":1}\n{\"kind\":\"end\",\"schemas\":0,\"settings\":0}\n{\"kind\":\"end\"}\n", "more behind the end")]
    public async Task What_is_no_whole_export_is_refused(string text, string why)
    {
        await using var to = await RegistryHost.StartAsync();
        using var folder = new TestFolder();
        var path = folder.Path("x.jsonl");
        await File.WriteAllTextAsync(path, text);
        Assert.Contains(why, (await At(to, "import", path)).Ends(2).Error);
    }

    [Fact]
    public async Task Parts_and_folders()
    {
        await using var from = await RegistryHost.StartAsync();
        await FillAsync(from);
        using var folder = new TestFolder();
        (await At(from, "export", "--out", folder.Path(""))).Ends(0);
        Assert.True(File.Exists(folder.Path("schemas.jsonl")));
        Assert.False(File.Exists(folder.Path("schemas.jsonl.part")));
        var part = (await At(from, "export", "--out", "-", "--prefix", "s")).Ends(0);
        Assert.Contains("fed: base version 1 is referred to and not in the export", part.Error);
        Assert.Equal(["registry", "schema", "schema", "schema", "config", "config", "end"],
            part.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("kind").GetString()));
        (await At(from, "export", "--out", folder.Path("none/x"))).Ends(1);
        (await At(from, "import", folder.Path("none"))).Ends(3);

        // The target lacks what is referred to.
        await File.WriteAllTextAsync(folder.Path("part.jsonl"), part.Out);
        await using var to = await RegistryHost.StartAsync();
        Assert.Contains("s version 1: it refers to base version 1, which is neither in the file nor there", (await At(to, "import", folder.Path("part.jsonl"))).Ends(5).Error);
        (await to.GetAsync("/subjects")).Is("[]");
    }

    [Fact]
    public async Task A_deleted_schema_that_refers_to_nothing_is_left_out()
    {
        await using var from = await RegistryHost.StartAsync();
        await FillAsync(from);
        await from.SendAsync("DELETE", "/subjects/s");
        await from.SendAsync("DELETE", "/subjects/base");
        await from.SendAsync("DELETE", "/subjects/base?permanent=true");
        using var folder = new TestFolder();
        var path = folder.Path("all.jsonl");
        (await At(from, "export", "--out", path)).Ends(0);
        await using var to = await RegistryHost.StartAsync();
        var run = (await At(to, "import", path)).Ends(0);
        Assert.Contains("s version 1 was left out: it is deleted and refers to what exists no more", run.Error);
        (await to.GetAsync("/subjects?deleted=true")).Is("[\":.ctx:s\",\"gone\"]");
    }

    private const string Base = "\"references\":[{\"name\":\"r\",\"subject\":\"base\",\"version\":1}]";

    private static async Task FillAsync(RegistryHost host)
    {
        await host.RegisterAsync("base", "a");
        await host.RegisterAsync("s", "@r b?", Base);
        await host.RegisterAsync("gone", "x");
        await host.RegisterAsync("s", "@r b? c?", Base + """
            ,"metadata":{"properties":{"owner":"me"}},
            "ruleSet":{"domainRules":[{"name":"r","kind":"CONDITION","mode":"WRITE","type":"CEL","expr":"true"}]}
            """);
        await host.RegisterAsync(":.ctx:s", "y");
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync("DELETE", "/subjects/gone")).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync("PUT", "/config/s", "{\"compatibility\":\"FULL\",\"alias\":\"base\"}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync("PUT", "/config/s", "{\"alias\":null}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync("PUT", "/config/nick", "{\"alias\":\"s\"}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync("PUT", "/mode/:.ctx:", "{\"mode\":\"READONLY\"}")).Status);
    }

    /// <summary>
    /// The lines that a second export has to have: schemas but those left out, and settings but those of subjects and contexts
    /// without a schema, which no request lists.
    /// </summary>
    private static async Task<List<string>> ComparableAsync(string path, HashSet<string?> skipped)
    {
        var lines = (await File.ReadAllLinesAsync(path)).Select(text => (Text: text, Line: JsonSerializer.Deserialize(text, RegistryJson.Plain.ExportLine)!))
            .Where(line => line.Line.Subject is not null && !skipped.Contains($"{line.Line.Subject} version {line.Line.Version}")).ToList();
        var subjects = lines.Where(line => line.Line.Kind == "schema").Select(line => line.Line.Subject!).ToHashSet();
        var listed = subjects.Concat(subjects.Select(subject => $":{SubjectText.ContextOf(subject)}:")).Append("").Append(SubjectText.Global).ToHashSet();
        return [.. lines.Where(line => listed.Contains(line.Line.Subject!)).Select(line => line.Text)];
    }

    private static IEnumerable<string> Parts(string text, string target, int more)
    {
        if (text[0] == '@')
        {
            yield return $"\"references\":[{{\"name\":\"r\",\"subject\":\"{target}\",\"version\":{(more == 0 ? -1 : more)}}}]";
        }

        if (more > 1)
        {
            yield return $"\"metadata\":{{\"properties\":{{\"k\":\"{more}\"}}}}";
        }

        yield return $"\"schemaType\":\"{(more == 3 ? "JSON" : "AVRO")}\"";
    }

    private static Task<FedRun> At(RegistryHost host, params string[] args) => Fed.AtAsync(host.Node.Url.ToString(), args);

    private static Gen<string> Pick(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private sealed class TestFolder : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fed-");

        public string Path(string name) => System.IO.Path.Combine(_folder.FullName, name);

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
