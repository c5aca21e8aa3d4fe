using System.Net;
using System.Globalization;
using SchemaRegistry.Service;
using SchemaRegistry.Service.Log;
using Xunit;

namespace Tests.Registry.Service;

/// <summary>Several nodes: forwarding, reading own writes, schema linking, and stores that fail.</summary>
public class RegionsTests
{
    [Fact]
    public async Task Writes_go_to_the_region_that_writes_and_are_read_at_once()
    {
        await using var primary = await RegistryHost.StartAsync();
        await using var second = await RegistryHost.StartAsync(options => options with { HomeOf = _ => WriteHome.At(primary.Node.Url) }, primary.Storage);
        for (var i = 1; i <= 20; i++)
        {
            var reply = await second.SendAsync("POST", "/subjects/s%2F1/versions", RegistryHost.Schema($"a{i}?"));
            reply.Is($"{{\"id\":{i}}}");
            (await second.GetAsync($"/schemas/ids/{i}/schema")).Is($"a{i}?");
        }

        await using (var cutOff = await RegistryHost.StartAsync(options => options with { HomeOf = _ => WriteHome.At(new Uri("http://127.0.0.1:1/")) }, primary.Storage))
        {
            // What is there already needs nobody else.
            (await cutOff.SendAsync("POST", "/subjects/s%2F1/versions", RegistryHost.Schema("a1?"))).Is("{\"id\":1}");
        }

        (await second.SendAsync("POST", "/subjects/s%2F1/versions", RegistryHost.Schema("!bad"))).IsError(422, 42201);
        (await second.SendAsync("PUT", "/config", "{\"compatibility\":\"x\"}")).IsError(422, 42203);
        (await second.SendAsync("PUT", "/mode", "{\"mode\":\"READONLY\"}")).Is("{\"mode\":\"READONLY\"}");
        (await second.GetAsync("/mode")).Is("{\"mode\":\"READONLY\"}");
    }

    [Fact]
    public async Task A_token_of_a_write_is_waited_for()
    {
        await using var one = await RegistryHost.StartAsync();
        await using var other = await RegistryHost.StartAsync(storage: one.Storage);
        for (var i = 1; i <= 20; i++)
        {
            var written = await one.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema($"a{i}?"));
            (await other.GetAsync($"/schemas/ids/{i}/schema", ("Federation-Schema-Offset", written.Offset!))).Is($"a{i}?");
        }

        var future = (one.Storage.Records.Count + 1).ToString(CultureInfo.InvariantCulture);
        (await other.GetAsync("/subjects", ("Federation-Schema-Offset", future))).IsError(503, 503);
    }

    [Fact]
    public async Task A_region_that_cannot_be_reached_is_said_so()
    {
        await using var host = await RegistryHost.StartAsync(options => options with { HomeOf = _ => WriteHome.At(new Uri("http://127.0.0.1:1/")) });
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("a")))
            .IsError(500, 50003, "Error while forwarding register schema request to the leader");
        (await host.GetAsync("/subjects")).Is("[]");
    }

    [Fact]
    public async Task Regions_that_forward_to_each_other_stop()
    {
        await using var host = await RegistryHost.StartAsync(options => options with { HomeOf = _ => WriteHome.At(new Uri("http://127.0.0.1:1/")) });
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("a"), ("Federation-Forwarded", "true"))).IsError(500, 50004, "Leader not known.");
    }

    [Theory]
    [InlineData("POST", "/subjects/s/versions", "{\"schema\":\"a\"}")]
    [InlineData("DELETE", "/subjects/old", null)]
    [InlineData("DELETE", "/subjects/old/versions/1", null)]
    [InlineData("POST", "/subjects/old/versions/1/tags", "{\"metadata\":{\"properties\":{\"a\":\"b\"}}}")]
    [InlineData("POST", "/subjects/gone/undelete", null)]
    [InlineData("PUT", "/config", "{\"compatibility\":\"NONE\"}")]
    [InlineData("PUT", "/config/s", "{\"compatibility\":\"NONE\"}")]
    [InlineData("PUT", "/mode", "{\"mode\":\"READONLY\"}")]
    [InlineData("PUT", "/mode/s", "{\"mode\":\"READONLY\"}")]
    public async Task A_store_that_fails_is_said_so(string method, string path, string? body)
    {
        var storage = new MemorySchemaLog.Storage();
        await using (var before = await RegistryHost.StartAsync(storage: storage))
        {
            await before.RegisterAsync("old", "a");
            await before.RegisterAsync("gone", "a");
            await before.SendAsync("DELETE", "/subjects/gone");
        }

        await using var host = await RegistryHost.StartAsync(options => options with { OpenLog = _ => new BrokenLog(storage, append: null) });
        (await host.SendAsync(method, path, body)).IsError(500, 50001, "Register schema operation failed while writing to the Kafka store");
        (await host.GetAsync("/subjects")).Is("[\"old\"]");
        var health = await host.GetAsync("/health");
        Assert.Equal(HttpStatusCode.OK, health.Status);
        Assert.StartsWith("degraded\nthe schema log of tenant demo: the last write failed: ", health.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_does_not_answer_is_said_so()
    {
        var storage = new MemorySchemaLog.Storage();
        await using (var before = await RegistryHost.StartAsync(storage: storage))
        {
            await before.RegisterAsync("old", "a");
        }

        await using var host = await RegistryHost.StartAsync(options => options with
        {
            OpenLog = _ => new BrokenLog(storage, append: new TaskCompletionSource<long>().Task),
            WriteTimeout = TimeSpan.FromMilliseconds(20),
        });
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("a"))).IsError(500, 50002, "Register operation timed out");
        (await host.SendAsync("POST", "/subjects/old/versions/1/tags", "{\"metadata\":{\"properties\":{\"a\":\"b\"}}}")).IsError(500, 50002);
    }

    [Fact]
    public async Task Nothing_is_answered_before_the_store_was_read()
    {
        await using var host = await RegistryHost.StartAsync(options => options with { OpenLog = _ => new BrokenLog(null, append: null) });
        Assert.Equal("starting\n", (await host.GetAsync("/health")).Text);
        var replies = await Task.WhenAll(Coverage.Required().Where(row => row.Codes.Contains("50001")).Select(row =>
            host.SendAsync(row.Method, row.Path.Replace("{subject}", "s", StringComparison.Ordinal).Replace("{version}", "1", StringComparison.Ordinal)
                .Replace("{id}", "1", StringComparison.Ordinal).Replace("{guid}", "1", StringComparison.Ordinal).Replace("{context}", ".c", StringComparison.Ordinal),
                row.Method is "GET" or "DELETE" ? null : "{}")));
        Assert.All(replies, reply => reply.IsError(500, 50001));
    }

    [Theory]
    [InlineData("PUT", "/config", "{\"compatibility\":\"NONE\"}")]
    [InlineData("PUT", "/config/s", "{\"compatibility\":\"NONE\"}")]
    [InlineData("PUT", "/mode", "{\"mode\":\"READONLY\"}")]
    [InlineData("PUT", "/mode/s", "{\"mode\":\"READONLY\"}")]
    [InlineData("POST", "/subjects/s/versions/1/tags", "{}")]
    [InlineData("POST", "/subjects/s/undelete", null)]
    public async Task Other_writes_are_forwarded_too(string method, string path, string? body)
    {
        await using var host = await RegistryHost.StartAsync(options => options with { HomeOf = _ => WriteHome.At(new Uri("http://127.0.0.1:1/")) });
        (await host.SendAsync(method, path, body)).IsError(500, 50003);
        (await host.SendAsync(method, path, body, ("Federation-Forwarded", "true"))).IsError(500, 50004);
    }

    [Fact]
    public async Task Schema_linking_copies_ids_versions_and_deletions()
    {
        await using var destination = await RegistryHost.StartAsync();
        await using var source = await RegistryHost.StartAsync();
        await source.RegisterAsync("base", "a");
        await source.RegisterAsync("skip", "z");
        await source.RegisterAsync("s", "@b c?", "\"references\":[{\"name\":\"b\",\"subject\":\"base\",\"version\":1}]");
        await source.SendAsync("DELETE", "/subjects/skip");
        var config = $"\"config\":{{\"schema.registry.url\":\"{destination.Node.Url}\",\"basic.auth.user.info\":\"u:p\"}}";
        (await source.SendAsync("POST", "/exporters", $"{{\"name\":\"x\",\"subjects\":[\"base\",\"s\"],\"contextType\":\"CUSTOM\",\"context\":\"copy\",{config}}}")).Is("{\"name\":\"x\"}");
        await UntilAsync(source, "x");
        (await destination.GetAsync("/subjects")).Is("[\":.copy:base\",\":.copy:s\"]");
        (await destination.GetAsync("/subjects/:.copy:s/versions/1")).Is("{\"subject\":\":.copy:s\",\"version\":1,\"id\":3,\"schemaType\":\"AVRO\","
            + "\"references\":[{\"name\":\"b\",\"subject\":\":.copy:base\",\"version\":1}],\"schema\":\"@b c?\"}");
        await source.RegisterAsync("s", "@b c? d?", "\"references\":[{\"name\":\"b\",\"subject\":\"base\",\"version\":1}]");
        await source.SendAsync("DELETE", "/subjects/s/versions/1");
        await UntilAsync(source, "x");
        (await destination.GetAsync("/subjects/:.copy:s/versions")).Is("[2]");
        await source.SendAsync("POST", "/subjects/s/versions/1/undelete");
        await UntilAsync(source, "x");
        (await destination.GetAsync("/subjects/:.copy:s/versions")).Is("[1,2]");
        Assert.Equal(3, (await destination.GetAsync("/subjects/:.copy:s/versions/1")).Json.GetProperty("id").GetInt32());
        (await source.GetAsync("/exporters/x/config")).Is($"{{\"basic.auth.user.info\":\"[hidden]\",\"schema.registry.url\":\"{destination.Node.Url}\"}}");
        (await source.GetAsync("/exporters")).Is("[\"x\"]");
        Assert.Contains("\"contextType\":\"CUSTOM\"", (await source.GetAsync("/exporters/x")).Text);
    }

    /// <summary>The other registry keeps what is referred to until what refers to it is gone; the log has both deletions before the exporter sees one.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("?permanent=true")]
    public async Task Exporters_delete_schemas_that_refer_to_each_other(string permanently)
    {
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync("base", "a");
        await host.RegisterAsync("user", "@b c?", "\"references\":[{\"name\":\"b\",\"subject\":\"base\",\"version\":1}]");
        await host.RegisterAsync("top", "@u", "\"references\":[{\"name\":\"u\",\"subject\":\"user\",\"version\":1}]");
        await host.SendAsync("POST", "/exporters",
            $"{{\"name\":\"x\",\"subjects\":[\"base\",\"user\",\"top\"],\"contextType\":\"CUSTOM\",\"context\":\"copy\",\"config\":{{\"schema.registry.url\":\"{host.Node.Url}\"}}}}");
        await UntilIdleAsync();
        (await host.GetAsync("/subjects?subjectPrefix=:.copy:")).Is("[\":.copy:base\",\":.copy:top\",\":.copy:user\"]");
        await host.SendAsync("PUT", "/exporters/x/pause");
        foreach (var subject in (string[])["top", "user", "base"])
        {
            Assert.Equal(HttpStatusCode.OK, (await host.SendAsync("DELETE", $"/subjects/{subject}")).Status);
            if (permanently.Length > 0)
            {
                Assert.Equal(HttpStatusCode.OK, (await host.SendAsync("DELETE", $"/subjects/{subject}{permanently}")).Status);
            }
        }

        await host.RegisterAsync("base", "a z?");
        await host.SendAsync("PUT", "/exporters/x/resume");
        await UntilIdleAsync();
        (await host.GetAsync("/subjects?subjectPrefix=:.copy:")).Is("[\":.copy:base\"]");

        async Task UntilIdleAsync()
        {
            // What it copies into its own log moves the end on.
            for (var end = -1; end != host.Storage.Records.Count; )
            {
                end = host.Storage.Records.Count;
                await UntilAsync(host, "x");
            }
        }
    }

    [Fact]
    public async Task Exporters_are_paused_changed_and_deleted()
    {
        await using var host = await RegistryHost.StartAsync();
        const string Config = "\"config\":{\"schema.registry.url\":\"http://127.0.0.1:1\"}";
        (await host.GetAsync("/exporters/x")).IsError(404, 40450);
        (await host.SendAsync("POST", "/exporters", $"{{\"name\":\"a b\",{Config}}}")).IsError(409, 40950);
        (await host.SendAsync("POST", "/exporters", "{\"name\":\"x\"}")).IsError(409, 40951);
        (await host.SendAsync("POST", "/exporters", $"{{\"name\":\"x\",\"contextType\":\"CUSTOM\",{Config}}}")).IsError(409, 40951);
        (await host.SendAsync("POST", "/exporters", $"{{\"name\":\"x\",\"subjects\":[],{Config}}}")).IsError(409, 40952);
        (await host.SendAsync("POST", "/exporters", $"{{\"name\":\"x\",{Config}}}")).Is("{\"name\":\"x\"}");
        (await host.SendAsync("POST", "/exporters", $"{{\"name\":\"x\",{Config}}}")).IsError(409, 40960);
        (await host.SendAsync("PUT", "/exporters/x", "{}")).IsError(409, 40963);
        (await host.SendAsync("PUT", "/exporters/x/pause")).Is("{\"name\":\"x\"}");
        Assert.Equal("PAUSED", (await host.GetAsync("/exporters/x/status")).Json.GetProperty("state").GetString());
        (await host.SendAsync("PUT", "/exporters/x", "{\"subjects\":[\"t*\"]}")).Is("{\"name\":\"x\"}");
        (await host.SendAsync("PUT", "/exporters/x/config", "{\"schema.registry.url\":\"ftp://x\"}")).IsError(409, 40951);
        (await host.SendAsync("PUT", "/exporters/x/config", "{\"schema.registry.url\":\"http://127.0.0.1:2\"}")).Is("{\"name\":\"x\"}");
        Assert.Equal("http://127.0.0.1:2", (await host.GetAsync("/exporters/x/config")).Json.GetProperty("schema.registry.url").GetString());
        (await host.SendAsync("PUT", "/exporters/x/reset")).Is("{\"name\":\"x\"}");
        (await host.SendAsync("PUT", "/exporters/x/resume")).Is("{\"name\":\"x\"}");
        (await host.SendAsync("DELETE", "/exporters/x")).IsError(409, 40963);
        await host.SendAsync("PUT", "/exporters/x/pause");
        Assert.Equal(204, (int)(await host.SendAsync("DELETE", "/exporters/x")).Status);
        (await host.GetAsync("/exporters")).Is("[]");
    }

    [Fact]
    public async Task Tenants_export_only_where_they_may()
    {
        await using var host = await RegistryHost.StartAsync(options => options with { MayExportTo = url => url.Host == "allowed.test" });
        (await host.SendAsync("POST", "/exporters", "{\"name\":\"x\",\"config\":{\"schema.registry.url\":\"http://127.0.0.1:1\"}}")).IsError(409, 40951);
        (await host.SendAsync("POST", "/exporters", "{\"name\":\"x\",\"config\":{\"schema.registry.url\":\"http://allowed.test:1\"}}")).Is("{\"name\":\"x\"}");
    }

    /// <summary>Until the exporter has copied all that is in the log now.</summary>
    private static async Task UntilAsync(RegistryHost host, string exporter)
    {
        var last = host.Storage.Records.Count - 1;
        var status = await host.UntilStatusAsync(exporter, now =>
        {
            Assert.False(now.TryGetProperty("trace", out var trace), trace.ToString());
            return now.GetProperty("offset").GetInt64() >= last;
        });
        Assert.Equal("RUNNING", status.GetProperty("state").GetString());
    }

    /// <summary>Fails each append or leaves it under way; without a storage it cannot even be opened.</summary>
    private sealed class BrokenLog(MemorySchemaLog.Storage? storage, Task<long>? append) : ISchemaLog
    {
        private readonly MemorySchemaLog _log = new(storage ?? new());

        public Task<SchemaLogBounds> OpenAsync(CancellationToken cancel) => storage is null ? throw new IOException("gone") : _log.OpenAsync(cancel);

        public Task<long> AppendAsync(IReadOnlyList<SchemaLogEntry> entries, long expectedOffset, CancellationToken cancel) =>
            append is null ? throw new IOException("full") : append.WaitAsync(cancel);

        public Task<SchemaLogPage> ReadAsync(long offset, CancellationToken cancel) => _log.ReadAsync(offset, cancel);

        public ValueTask DisposeAsync() => _log.DisposeAsync();
    }
}
