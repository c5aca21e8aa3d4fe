using System.Net;
using Hosting;
using Kernel;
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
    public ITenantDirectory Directory { get; init; } = new OpenDirectory("demo");

    /// <summary>Tenants whose logs are read at the start, not when first asked for.</summary>
    public IReadOnlyList<string> Tenants { get; init; } = ["demo"];

    public RegistrySettings Settings { get; init; } = new();

    public Func<SchemaType, ISchemaLanguage> Languages { get; init; } = SchemaLanguages.Of;

    /// <summary>Folder for snapshots; null for none.</summary>
    public string? DataFolder { get; init; }

    /// <summary>Where writes go when another region writes the tenants' logs; null when this one does.</summary>
    public Uri? Primary { get; init; }

    public Clock Clock { get; init; } = Clock.System;

    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;
}

/// <summary>A schema registry that runs: the REST API over HTTP, each tenant's state over its log.</summary>
public sealed class RegistryNode : IAsyncDisposable
{
    private readonly WebApplication _web;
    private readonly TenantRegistries _registries;
    private readonly HttpClient _client;

    private RegistryNode(WebApplication web, TenantRegistries registries, HttpClient client, RegistryMetrics metrics)
    {
        _web = web;
        _registries = registries;
        _client = client;
        Metrics = metrics;
        Url = new Uri(web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    /// <summary>Where it listens.</summary>
    public Uri Url { get; }

    public RegistryMetrics Metrics { get; }

    /// <summary>A tenant's registry, to be asked without HTTP.</summary>
    public TenantRegistry Registry(string tenant) => _registries.Of(tenant);

    /// <summary>Starts to listen. Does not wait for the logs: requests do. Throws <see cref="IOException"/> when the port is taken.</summary>
    public static async Task<RegistryNode> StartAsync(RegistryOptions options, CancellationToken cancel = default)
    {
        var client = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(2), AllowAutoRedirect = false });
        var primary = options.Primary is { } uri ? new PrimaryForwarder(uri, client) : null;
        var registries = new TenantRegistries(tenant => Open(tenant, options), primary);
        var metrics = new RegistryMetrics();
        var handler = new RegistryHttp(options.Directory, registries, metrics, options.Loggers.CreateLogger("SchemaRegistry.Http"));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(options.Loggers);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = Limits.MaxSchemaRequestBytes;
            kestrel.Listen(options.Address, options.Port);
        });
        var web = builder.Build();
        web.Run(http => http.Request.Path.Value switch
        {
            "/metrics" => http.Response.WriteAsync(metrics.Text(registries.Opened)),
            "/health" => HealthAsync(http, registries),
            _ => handler.HandleAsync(http),
        });
        await web.StartAsync(cancel);
        foreach (var tenant in options.Tenants)
        {
            registries.Of(tenant);
        }

        return new RegistryNode(web, registries, client, metrics);
    }

    public async ValueTask DisposeAsync()
    {
        await _web.StopAsync();
        await _web.DisposeAsync();
        await _registries.DisposeAsync();
        _client.Dispose();
    }

    private static TenantRegistry Open(string tenant, RegistryOptions options) => new(tenant, options.OpenLog(tenant), new TenantRegistryOptions
    {
        Languages = options.Languages,
        Settings = options.Settings,
        Clock = options.Clock,
        Logger = options.Loggers.CreateLogger("SchemaRegistry.State"),
        Snapshot = options.DataFolder is { } folder ? new SnapshotFile(Path.Combine(folder, $"{Uri.EscapeDataString(tenant)}.schemas")) : null,
    });

    /// <summary>200 once all opened registries know what their logs held; 503 before.</summary>
    private static Task HealthAsync(HttpContext http, TenantRegistries registries)
    {
        var isReady = registries.Opened.All(registry => registry.CaughtUp.IsCompletedSuccessfully);
        http.Response.StatusCode = isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return http.Response.WriteAsync(isReady ? "ready\n" : "starting\n");
    }
}
