using System.Text.Json;
using CsCheck;
using Kernel;
using SchemaRegistry.Core.Languages;
using SchemaRegistry.Service;
using SchemaRegistry.Service.Log;
using Xunit;

namespace Tests.Registry.Service;

/// <summary>What nobody should send, over HTTP and with the real languages: the documented error, in bounded memory, and the service stays up.</summary>
public class HostileRequestTests
{
    private const int TenMegabytes = 10 * 1024 * 1024;
    private const string Register = "POST /subjects/s/versions";

    /// <summary>Request, body (made when it is used), status and error code.</summary>
    private static readonly Dictionary<string, (string Request, Func<string> Body, int Status, int Code)> Requests = new()
    {
        ["malformed JSON"] = (Register, () => "{\"schema\":", 422, 422),
        ["JSON with more behind it"] = (Register, () => "{\"schema\":\"a\"} {}", 422, 422),
        ["no body"] = (Register, () => "", 422, 422),
        ["a body of another type"] = (Register, () => "[]", 422, 422),
        ["an object for a schema"] = (Register, () => "{\"schema\":{}}", 422, 422),

        // Jackson makes texts of numbers.
        ["a number for a schema"] = (Register, () => "{\"schema\":7}", 422, 42201),
        ["a number for a type"] = (Register, () => "{\"schema\":\"{}\",\"schemaType\":7}", 422, 42201),
        ["a text for references"] = (Register, () => "{\"schema\":\"{}\",\"references\":\"x\"}", 422, 422),
        ["half a surrogate pair"] = (Register, () => "{\"schema\":\"\\ud800\"}", 422, 422),
        ["a body of 100,000 levels"] = (Register, () => new string('[', 100_000), 422, 422),
        ["a body of too many bytes"] = (Register, () => new string(' ', Limits.MaxSchemaRequestBytes + 1), 413, 413),
        ["wrong type for a level"] = ("PUT /config/s", () => "{\"compatibility\":[]}", 422, 422),
        ["wrong type for a flag"] = ("PUT /config/s", () => "{\"normalize\":{}}", 422, 422),
        ["wrong type for a mode"] = ("PUT /mode/s", () => "{\"mode\":{}}", 422, 422),
        ["wrong type for tags"] = ("POST /subjects/s/versions/1/tags", () => "{\"tagsToAdd\":7}", 422, 422),
        ["wrong type for an exporter's config"] = ("POST /exporters", () => "{\"name\":\"x\",\"config\":[]}", 422, 422),
        ["10 MB of Avro"] = (Register, () => Schema("AVRO", new string(' ', TenMegabytes)), 422, 42209),
        ["10 MB of Protobuf"] = (Register, () => Schema("PROTOBUF", new string(' ', TenMegabytes)), 422, 42209),
        ["10 MB of JSON Schema"] = (Register, () => Schema("JSON", "{\"title\":\"" + new string('x', TenMegabytes) + "\"}"), 422, 42209),
        ["10 MB to look up"] = ("POST /subjects/known", () => Schema("JSON", "{\"title\":\"" + new string('x', TenMegabytes) + "\"}"), 422, 42201),
        ["10 MB to compare"] = ("POST /compatibility/subjects/known/versions", () => Schema("AVRO", new string('[', TenMegabytes)), 422, 42201),
        ["Avro of 100,000 levels"] = (Register, () => Schema("AVRO", Deep("{\"type\":\"array\",\"items\":", 40_000)), 422, 42201),
        ["Avro brackets"] = (Register, () => Schema("AVRO", new string('[', 100_000)), 422, 42201),
        ["Protobuf of 75,000 levels"] = (Register, () => Schema("PROTOBUF", Deep("message M {", 75_000)), 422, 42201),
        ["JSON Schema of 100,000 levels"] = (Register, () => Schema("JSON", Deep("{\"not\":", 100_000)), 422, 42201),
        ["a reference over HTTP"] = (Register, () => Schema("JSON", "{\"$ref\":\"http://127.0.0.1:9/x\"}"), 422, 42201),
        ["a reference into the file system"] = (Register, () => Schema("JSON", "{\"$ref\":\"file:///etc/passwd\"}"), 422, 42201),
        ["an import of a file"] = ($"{Register}?normalize=true",
            () => Schema("PROTOBUF", "import \"/etc/passwd\"; message M { optional root r = 1; }"), 422, 42201),
        ["references that go round"] = (Register,
            () => Schema("JSON", "{\"$ref\":\"#/definitions/a\",\"definitions\":{\"a\":{\"$ref\":\"#/definitions/b\"},\"b\":{\"$ref\":\"#/definitions/a\"}}}"), 422, 42201),
        ["a reference to itself"] = (Register, () => Schema("AVRO", "\"s\"", "\"references\":[{\"name\":\"s\",\"subject\":\"s\",\"version\":1}]"), 422, 42201),
        ["too many references"] = (Register, () => Schema("JSON", "{}", "\"references\":["
            + string.Join(',', Enumerable.Repeat("{\"name\":\"known\",\"subject\":\"known\",\"version\":1}", Limits.MaxSchemaReferences + 1)) + "]"), 422, 42201),
        ["a cycle in the log"] = (Register,
            () => Schema("JSON", "{\"$ref\":\"c1\"}", "\"references\":[{\"name\":\"c1\",\"subject\":\"c1\",\"version\":1}]"), 422, 42201),
        ["a regular expression that does not end"] = (Register, () => Schema("JSON", "{\"pattern\":\"(a\"}"), 422, 42201),
        ["an illegal Avro name"] = (Register, () => Schema("AVRO", "{\"type\":\"record\",\"name\":\"1 a\",\"fields\":[]}"), 422, 42201),
        ["an illegal Protobuf name"] = (Register, () => Schema("PROTOBUF", "message 1a {}"), 422, 42201),
        ["a JSON Schema that is none"] = (Register, () => Schema("JSON", "{\"type\":\"strang\"}"), 422, 42201),
        ["an unknown language"] = (Register, () => Schema("XML", "<a/>"), 422, 42201),
        ["an illegal subject"] = ("POST /subjects/a%01b/versions", () => Schema("AVRO", "\"int\""), 422, 42208),
        ["a subject of too many characters"] = ($"POST /subjects/{new string('s', Limits.MaxSchemaSubjectChars + 1)}/versions",
            () => Schema("AVRO", "\"int\""), 422, 42208),
        ["a context that is none"] = ("POST /subjects/:.a%20b%0a:s/versions", () => Schema("AVRO", "\"int\""), 422, 42208),
        ["an illegal version"] = ("POST /compatibility/subjects/known/versions/99999999999", () => Schema("AVRO", "\"int\""), 422, 42202),
        ["an illegal id"] = ("GET /schemas/ids/99999999999", () => "", 404, 404),
        ["an illegal limit"] = ("GET /subjects?limit=99999999999", () => "", 404, 404),
        ["an illegal rule"] = (Register, () => Schema("AVRO", "\"int\"", "\"ruleSet\":{\"domainRules\":[{\"name\":\"1\"}]}"), 422, 42210),
    };

    public static TheoryData<string> Names => [.. Requests.Keys];

    private static Task<RegistryHost> StartAsync(MemorySchemaLog.Storage? storage = null) => RegistryHost.StartAsync(Real, storage);

    private static RegistryOptions Real(RegistryOptions options) => options with { Languages = SchemaLanguages.Of };

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Each_has_its_documented_error(string name)
    {
        var (request, body, status, code) = Requests[name];
        await using var host = await StartAsync(WithCycle());
        await host.RegisterAsync("known", "{\"type\":\"string\"}", "\"schemaType\":\"JSON\"");
        var reply = await SendAsync(host, request, body());
        reply.IsError(status, code);
        Assert.True(reply.Text.Length < 4000, "the error repeats the input");
        Assert.Equal(1, (await host.GetAsync("/subjects/known/versions")).Json.GetArrayLength());
    }

    /// <summary>Again and again: a round sends sixty megabytes. What the pools of some threads keep is a part of that, whatever comes after it.</summary>
    [Fact]
    public async Task Memory_does_not_grow_with_bad_requests()
    {
        const int Rounds = 6;
        const long MostBytes = 96L * 1024 * 1024;
        await using var host = await StartAsync(WithCycle());
        await host.RegisterAsync("known", "{\"type\":\"string\"}", "\"schemaType\":\"JSON\"");
        long before = 0;

        // Made once: what the making leaves in pools is not the service's.
        var made = Requests.Select(each => (each.Key, each.Value.Request, Body: each.Value.Body(), each.Value.Status, each.Value.Code)).ToList();
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var (name, request, body, status, code) in made)
            {
                var reply = await SendAsync(host, request, body);
                Assert.True((int)reply.Status == status && reply.Code == code, $"{name}: {reply.Text[..Math.Min(500, reply.Text.Length)]}");
            }

            before = round == 0 ? GC.GetTotalMemory(forceFullCollection: true) : before;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{before} bytes after the first round");
        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(grown < MostBytes, $"{grown} bytes more after {Rounds - 1} rounds");
    }

    /// <summary>CPU of the whole process, client and all, for each request: the first time and the cheapest of five.</summary>
    [Fact(Explicit = true)]
    public async Task What_each_costs()
    {
        await using var host = await StartAsync(WithCycle());
        await host.RegisterAsync("known", "{\"type\":\"string\"}", "\"schemaType\":\"JSON\"");
        foreach (var (name, (request, body, _, _)) in Requests)
        {
            var text = body();
            var costs = new List<double>();
            for (var round = 0; round < 5; round++)
            {
                var before = Environment.CpuUsage.TotalTime;
                await SendAsync(host, request, text);
                costs.Add((Environment.CpuUsage.TotalTime - before).TotalMilliseconds);
            }

            await Console.Error.WriteLineAsync($"{costs.Min(),7:F1} ms (first {costs[0]:F1}) {name}");
        }
    }

    /// <summary>Each schema refers twice to the one before: 2³⁰ ways lead to the first.</summary>
    [Fact]
    public async Task References_that_double_are_taken_and_compared()
    {
        await using var host = await StartAsync();
        await host.RegisterAsync("l0", "{\"type\":\"string\"}", "\"schemaType\":\"JSON\"");
        for (var i = 1; i <= 30; i++)
        {
            var reference = $"{{\"name\":\"l{i - 1}\",\"subject\":\"l{i - 1}\",\"version\":1}},{{\"name\":\"again\",\"subject\":\"l{i - 1}\",\"version\":1}}";
            await host.RegisterAsync($"l{i}", $"{{\"properties\":{{\"a\":{{\"$ref\":\"l{i - 1}\"}},\"b\":{{\"$ref\":\"again\"}}}}}}", $"\"schemaType\":\"JSON\",\"references\":[{reference}]");
        }

        (await host.SendAsync("POST", "/compatibility/subjects/l30/versions/latest", Schema("JSON", "{\"properties\":{\"a\":{}}}"))).Is("{\"is_compatible\":true}");
    }

    [Fact]
    public async Task An_evil_expression_is_stored_and_compared()
    {
        await using var host = await StartAsync();
        var evil = "{\"patternProperties\":{\"^(a+)+$\":{\"type\":\"string\"},\"(.*a){20}b\":{}},\"additionalProperties\":false}";
        await host.RegisterAsync("s", evil, "\"schemaType\":\"JSON\"");
        var names = string.Join(',', Enumerable.Range(0, 50).Select(i => $"\"{new string('a', 2000 + i)}!\":{{}}"));
        var reply = await host.SendAsync("POST", "/compatibility/subjects/s/versions?verbose=true", Schema("JSON", $"{{\"properties\":{{{names}}},{evil[1..]}"));
        Assert.True(reply.Json.TryGetProperty("is_compatible", out _), reply.Text);
    }

    [Fact]
    public async Task Any_query_has_an_answer()
    {
        await using var host = await StartAsync();
        await host.RegisterAsync("s", "\"int\"");
        string[] paths = ["/subjects", "/subjects/s/versions", "/subjects/s/versions/1", "/schemas", "/schemas/ids/1", "/config/s", "/mode", "/contexts", "/subjects/s/metadata"];
        string[] names = ["offset", "limit", "deleted", "subjectPrefix", "format", "subject", "key", "value", "defaultToGlobal", "latestOnly", "ruleType", "contextPrefix"];
        string[] values = ["", "true", "-1", "0", "x", "99999999999", ":*:", ":.", ":.c:", "::", "%00", "%ff%fe", "%F0%9F%98%80", "a&a&a", "%"];
        var queries = new List<string>();
        Gen.Select(Gen.Int[0, paths.Length - 1], Gen.Select(Gen.Int[0, names.Length - 1], Gen.Int[0, values.Length - 1]).Array[0, 4]).Sample(
            (path, pairs) => queries.Add(paths[path] + "?" + string.Join('&', pairs.Select(pair => $"{names[pair.Item1]}={values[pair.Item2]}"))), iter: 400, threads: 1, seed: "0000KxwmTg1c");
        foreach (var query in queries)
        {
            var reply = await host.GetAsync(query);
            Assert.True((int)reply.Status < 500, $"{query}: {reply.Text}");
        }
    }

    private static Task<Reply> SendAsync(RegistryHost host, string request, string body)
    {
        var space = request.IndexOf(' ', StringComparison.Ordinal);
        var method = request[..space];
        return host.SendAsync(method, request[(space + 1)..], method == "GET" ? null : body, ("Expect", "100-continue"));
    }

    private static string Schema(string type, string text, string? more = null) =>
        $"{{\"schemaType\":\"{type}\",\"schema\":{JsonSerializer.Serialize(text)}{(more is null ? "" : "," + more)}}}";

    private static string Deep(string open, int times) => string.Concat(Enumerable.Repeat(open, times));

    /// <summary>A log as another program might have written it: two schemas that refer to each other.</summary>
    private static MemorySchemaLog.Storage WithCycle()
    {
        var storage = new MemorySchemaLog.Storage();
        storage.Append([Record("c1", "c2", 900), Record("c2", "c1", 901)], expectedOffset: null);
        return storage;

        static SchemaLogEntry Record(string subject, string other, int id) => new(
            JsonSerializer.SerializeToUtf8Bytes(new { keytype = "SCHEMA", subject, version = 1, magic = 1 }),
            JsonSerializer.SerializeToUtf8Bytes(new
            {
                subject,
                version = 1,
                id,
                schemaType = "JSON",
                references = new[] { new { name = other, subject = other, version = 1 } },
                schema = $"{{\"$ref\":\"{other}\"}}",
                deleted = false,
            }),
            1);
    }
}
