using System.Globalization;
using System.Text;
using SchemaRegistry.Service;
using SchemaRegistry.Service.Log;
using SchemaRegistry.Service.Tenants;
using Xunit;

namespace Tests.Registry.Service;

/// <summary>Where the log is written, which moves; and what a registry says of itself meanwhile.</summary>
public class HomeTests
{
    [Fact]
    public async Task Who_becomes_home_writes_and_exports_itself()
    {
        await using var destination = await RegistryHost.StartAsync();
        await using var us = await RegistryHost.StartAsync();
        var home = new Box(WriteHome.At(us.Node.Url));
        await using var eu = await RegistryHost.StartAsync(options => options with { HomeOf = _ => home.Value }, us.Storage);
        (await eu.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("a1?"))).Is("{\"id\":1}");
        Assert.Equal(1, RequestsOf(us));

        home.Value = WriteHome.Unknown;
        (await eu.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("a2?"))).IsError(500, 50004, "Leader not known.");
        (await eu.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("a1?"))).Is("{\"id\":1}");
        Assert.Single(us.Storage.Records, record => Encoding.UTF8.GetString(record.Key).Contains("\"SCHEMA\"", StringComparison.Ordinal));

        home.Value = WriteHome.Here;
        (await eu.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("a2?"))).Is("{\"id\":2}");
        await eu.SendAsync("POST", "/exporters",
            $"{{\"name\":\"x\",\"contextType\":\"NONE\",\"subjects\":[\"*\"],\"config\":{{\"schema.registry.url\":\"{destination.Node.Url}\"}}}}");
        await eu.UntilStatusAsync("x", status =>
        {
            Assert.False(status.TryGetProperty("trace", out var trace), trace.ToString());
            return status.GetProperty("state").GetString() == "RUNNING";
        });

        (await destination.GetAsync("/subjects/s/versions")).Is("[1,2]");
        Assert.Equal(1, RequestsOf(us));
    }

    /// <summary>Nobody who got 200 must be told here that there is no such schema.</summary>
    [Fact]
    public async Task A_write_that_does_not_arrive_here_is_no_success()
    {
        await using var us = await RegistryHost.StartAsync();
        await using var eu = await RegistryHost.StartAsync(options => options with { HomeOf = _ => WriteHome.At(us.Node.Url) });
        var reply = await eu.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("a"));
        reply.IsError(500, 50002);
        Assert.Equal((us.Storage.Records.Count - 1).ToString(CultureInfo.InvariantCulture), reply.Offset);
        (await us.GetAsync("/subjects/s/versions")).Is("[1]");
    }

    [Fact]
    public async Task Offsets_of_another_registry_mean_nothing_here()
    {
        await using var other = await RegistryHost.StartAsync();
        await using var host = await RegistryHost.StartAsync(options => options with { ForwardTo = other.Node.Url });
        await host.SendAsync("PUT", "/mode/:.__GLOBAL:", "{\"mode\":\"FORWARD\"}");
        for (var i = 1; i <= 5; i++)
        {
            await other.RegisterAsync("s", $"a{i}?");
        }

        var reply = await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("b?"));
        reply.Is("{\"id\":6}");
        Assert.Null(reply.Offset);
    }

    [Fact]
    public async Task A_lost_log_takes_one_tenant_out_and_not_the_node()
    {
        var all = "\"permissions\":[{\"operations\":[\"*\"]}]";
        var users = $"\"users\":[{{\"name\":\"u\",\"password\":\"{FileTenantDirectory.Hash("p")}\",{all}}}]";
        var directory = FileTenantDirectory.Parse(Encoding.UTF8.GetBytes($"{{\"tenants\":[{{\"name\":\"lost\",{users}}},{{\"name\":\"well\",{users}}}]}}"));
        var log = new LosableLog();
        await using var host = await RegistryHost.StartAsync(options => options with
        {
            Directory = directory,
            OpenLog = tenant => tenant == "lost" ? log : new MemorySchemaLog(new MemorySchemaLog.Storage()),
        });
        Assert.Equal("starting\n", (await host.GetAsync("/health")).Text);
        log.MayOpen.SetResult();
        await host.Node.Registry("lost").CaughtUp;
        await host.Node.Registry("well").CaughtUp;
        Assert.Equal("ready\n", (await host.GetAsync("/health")).Text);

        log.Lost.SetResult();
        await Patience.UntilAsync(() => Task.FromResult(host.Node.Registry("lost").CaughtUp.IsCompleted), isCompleted => !isCompleted);

        // Nobody is told which tenants there are.
        (await host.GetAsync("/health")).Is("degraded\nthe schema logs of 1 of 2 tenants cannot be read or written\n");
        Assert.Contains("schema_registry_log_in_trouble{tenant=\"lost\"} 1", host.Node.MetricsText(), StringComparison.Ordinal);
        Assert.Contains("schema_registry_log_in_trouble{tenant=\"well\"} 0", host.Node.MetricsText(), StringComparison.Ordinal);
        Assert.Contains("schema_registry_ready{tenant=\"lost\"} 0", host.Node.MetricsText(), StringComparison.Ordinal);
        Assert.Contains("schema_registry_ready{tenant=\"well\"} 1", host.Node.MetricsText(), StringComparison.Ordinal);
        await host.Node.DisposeAsync();
    }

    private static int RequestsOf(RegistryHost host) =>
        host.Node.MetricsText().Split('\n').Where(line => line.StartsWith("schema_registry_requests_total{", StringComparison.Ordinal))
            .Sum(line => int.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));

    private sealed class Box(WriteHome value)
    {
        private readonly Lock _gate = new();
        private WriteHome _value = value;

        public WriteHome Value
        {
            get
            {
                lock (_gate)
                {
                    return _value;
                }
            }

            set
            {
                lock (_gate)
                {
                    _value = value;
                }
            }
        }
    }

    /// <summary>Opens when it may, is lost when a test says so, and is never opened again.</summary>
    private sealed class LosableLog : ISchemaLog
    {
        private readonly MemorySchemaLog _log = new(new MemorySchemaLog.Storage());

        public TaskCompletionSource MayOpen { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Lost { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task<SchemaLogBounds> OpenAsync(CancellationToken cancel)
        {
            await MayOpen.Task.WaitAsync(cancel);
            return Lost.Task.IsCompleted ? throw new IOException("gone") : await _log.OpenAsync(cancel);
        }

        public Task<long> AppendAsync(IReadOnlyList<SchemaLogEntry> entries, long expectedOffset, CancellationToken cancel) =>
            _log.AppendAsync(entries, expectedOffset, cancel);

        public async Task<SchemaLogPage> ReadAsync(long offset, CancellationToken cancel)
        {
            await Lost.Task.WaitAsync(cancel);
            throw new SchemaLogLostException("cut");
        }

        public ValueTask DisposeAsync() => _log.DisposeAsync();
    }
}
