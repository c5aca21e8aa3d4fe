using System.Net;
using Hosting;
using Kernel;
using Kernel.Ids;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SchemaRegistry.Core.Languages;
using SchemaRegistry.Core.Subjects;
using SchemaRegistry.Service.Http;
using SchemaRegistry.Service.Linking;
using SchemaRegistry.Service.Log;
using SchemaRegistry.Service.State;
using SchemaRegistry.Service.Tenants;

namespace SchemaRegistry.Service;

/// <summary>How a registry node runs.</summary>
public sealed record RegistryOptions
{
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>0 takes a free one.</summary>
    public int Port { get; init; } = 8081;

    /// <summary>The log of a tenant.</summary>
    public required Func<string, ISchemaLog> OpenLog { get; init; }

    /// <summary>Tenants and rights; by default one tenant that is open to all.</summary>
    public ITenantDirectory Directory { get; init; } = new OpenDirectory(TenantId.Development.Name);

    /// <summary>Tenants whose logs are read at the start, not when first asked for; null for all that the directory knows.</summary>
    public IReadOnlyCollection<string>? Tenants { get; init; }

    public RegistrySettings Settings { get; init; } = new();

    public Func<SchemaType, ISchemaLanguage> Languages { get; init; } = SchemaLanguages.Of;

    /// <summary>Folder for snapshots; null for none.</summary>
    public string? DataFolder { get; init; }

    /// <summary>
    /// Where a tenant's log is written, asked for each write and in each round of the exporters; by default here. From any thread; must not throw.
    /// </summary>
    public Func<string, WriteHome> HomeOf { get; init; } = static _ => WriteHome.Here;

    /// <summary>
    /// The registry that a tenant's requests go to while its mode is FORWARD (a move to another registry); null for none: then writes are refused
    /// in that mode with 42205, as any mode but READWRITE refuses them.
    /// </summary>
    public Uri? ForwardTo { get; init; }

    /// <summary>kafkastore.timeout.ms: after it a write is answered with 50002. It may still happen.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long an exporter's target may take to be asked whether it is this very registry: whoever sets the exporter up waits for it. One that was silent
    /// is asked again before the first copy.
    /// </summary>
    public TimeSpan ExporterProbeTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Port of /metrics alone, which names tenants; null: on the main port where the registry is open to all, else nowhere.</summary>
    public int? MetricsPort { get; init; }

    /// <summary>
    /// Where tenants may export to. An address that a tenant chooses is asked from inside the operator's network, so by default only an open
    /// (development) registry exports.
    /// </summary>
    public Func<Uri, bool>? MayExportTo { get; init; }

    public Clock Clock { get; init; } = Clock.System;

    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;
}

/// <summary>A schema registry that runs: the REST API over HTTP, each tenant's state over its log.</summary>
public sealed class RegistryNode : IAsyncDisposable
{
    private readonly WebApplication _web;
    private readonly TenantRegistries _registries;
    private readonly HttpClient[] _clients;
    private int _isDisposed;

    private RegistryNode(WebApplication web, TenantRegistries registries, HttpClient[] clients, RegistryMetrics metrics)
    {
        _web = web;
        _registries = registries;
        _clients = clients;
        Metrics = metrics;
        Url = new Uri(web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    /// <summary>Where it listens.</summary>
    public Uri Url { get; }

    public RegistryMetrics Metrics { get; }

    /// <summary>A tenant's registry, to be asked without HTTP.</summary>
    public TenantRegistry Registry(string tenant) => _registries.Of(tenant).Registry;

    /// <summary>All counters, in the text format of Prometheus.</summary>
    public string MetricsText() => Metrics.Text(_registries.Opened.Select(tenant => tenant.Registry));

    /// <summary>Starts to listen. Does not wait for the logs: requests do. Throws <see cref="IOException"/> when the port is taken.</summary>
    public static async Task<RegistryNode> StartAsync(RegistryOptions options, CancellationToken cancel = default)
    {
        var forwarding = Client(Limits.MaxSchemaForwardedAnswerBytes);
        var exporting = Client(Limits.MaxSchemaExportAnswerBytes);
        exporting.Timeout = ExporterRunner.RequestTimeout;
        var probing = Client(Limits.MaxSchemaExportAnswerBytes);
        probing.Timeout = Timeout.InfiniteTimeSpan;
        var forward = options.ForwardTo is { } other ? new PrimaryForwarder(other, forwarding, isSameLog: false) : null;
        var registries = new TenantRegistries(tenant => Open(tenant, options, exporting, probing), forwarding, forward);
        TenantRegistry[]? atStart = null;
        var metrics = new RegistryMetrics();
        var handler = new RegistryHttp(options.Directory, registries, metrics, options.Loggers.CreateLogger("SchemaRegistry.Http"));
        var isOpen = options.Directory is OpenDirectory;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(options.Loggers);
        builder.Services.AddRequestDecompression(bodies =>
        {
            foreach (var other in bodies.DecompressionProviders.Keys.Where(name => name != RegistryHttp.BodyEncoding).ToArray())
            {
                bodies.DecompressionProviders.Remove(other);
            }
        });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = Limits.MaxSchemaRequestBytes;
            kestrel.Listen(options.Address, options.Port);
            if (options.MetricsPort is { } port)
            {
                kestrel.Listen(options.Address, port);
            }
        });
        var web = builder.Build();

        // What comes out of it is bounded by the same limit as what comes in.
        web.UseRequestDecompression();
        web.Run(http => http.Request.Path.Value switch
        {
            "/metrics" when isOpen || http.Connection.LocalPort == options.MetricsPort =>
                http.Response.WriteAsync(metrics.Text(registries.Opened.Select(tenant => tenant.Registry))),
            "/health" => HealthAsync(http, atStart, registries, isOpen),
            _ => handler.HandleAsync(http),
        });
        await web.StartAsync(cancel);
        atStart = [.. (options.Tenants ?? options.Directory.Names).Select(tenant => registries.Of(tenant).Registry)];
        return new RegistryNode(web, registries, [forwarding, exporting, probing], metrics);
    }

    /// <summary>Stops. A second time has no effect.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        await _web.StopAsync();
        await _web.DisposeAsync();
        await _registries.DisposeAsync();
        foreach (var client in _clients)
        {
            client.Dispose();
        }
    }

    private static HttpClient Client(int maxAnswerBytes) =>
        new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(2), AllowAutoRedirect = false })
        {
            MaxResponseContentBufferSize = maxAnswerBytes,
        };

    private static Tenant Open(string tenant, RegistryOptions options, HttpClient exporting, HttpClient probing)
    {
        WriteHome Home() => options.HomeOf(tenant);
        var registry = new TenantRegistry(tenant, options.OpenLog(tenant), new TenantRegistryOptions
        {
            Languages = options.Languages,
            Settings = options.Settings,
            Clock = options.Clock,
            Home = Home,
            WriteTimeout = options.WriteTimeout,
            Logger = options.Loggers.CreateLogger("SchemaRegistry.State"),
            Snapshot = options.DataFolder is { } folder ? new SnapshotFile(Path.Combine(folder, $"{Uri.EscapeDataString(tenant)}.schemas")) : null,
        });
        var mayExportTo = options.MayExportTo ?? (_ => options.Directory is OpenDirectory);
        var probe = new OwnRegistryProbe(probing, options.ExporterProbeTimeout, options.Clock.Provider);
        return new Tenant(registry, new ExporterRunner(registry, () => options.OpenLog(tenant), Home, exporting, probe, mayExportTo, options.Clock), Home);
    }

    /// <summary>
    /// 503 until all registries that are opened at the start have known what their logs held, 200 from then on: a tenant whose log is lost later must
    /// not take the others out of service. Degraded is said in words then, with the reasons where the registry is open to all: elsewhere nobody is
    /// told which tenants there are, and /metrics says whose log it is.
    /// </summary>
    private static Task HealthAsync(HttpContext http, TenantRegistry[]? atStart, TenantRegistries registries, bool isOpen)
    {
        var isReady = atStart is not null && Array.TrueForAll(atStart, registry => registry.HasCaughtUp);
        http.Response.StatusCode = isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        var troubles = isReady ? Troubles(registries, isOpen) : "";
        return http.Response.WriteAsync(!isReady ? "starting\n" : troubles.Length > 0 ? $"degraded\n{troubles}" : "ready\n");
    }

    private static string Troubles(TenantRegistries registries, bool isOpen)
    {
        TenantRegistry[] opened = [.. registries.Opened.Select(tenant => tenant.Registry)];
        var troubled = opened.Where(registry => registry.Trouble is not null).ToArray();
        return troubled.Length == 0 ? ""
            : !isOpen ? $"the schema logs of {troubled.Length} of {opened.Length} tenants cannot be read or written\n"
            : string.Concat(troubled.Select(registry => $"the schema log of tenant {registry.Tenant}: {registry.Trouble}\n"));
    }
}
