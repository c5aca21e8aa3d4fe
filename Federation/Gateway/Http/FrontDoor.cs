using System.Net;
using Federation.Core.Regions;
using Kernel;
using Kernel.Ids;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Model;

namespace Federation.Gateway.Http;

/// <summary>
/// A region's one HTTP address. `/registry/**` goes to the region's schema registry, and to another region's while that one is unhealthy; all
/// else goes to the region's control API. Routes come from the region table and follow it. Made by a process of its own or embedded; it holds
/// nothing that must survive it.
/// </summary>
public sealed partial class FrontDoor : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly FrontDoorOptions _options;
    private readonly FrontDoorMetrics _metrics;
    private readonly InMemoryConfigProvider _routes;
    private readonly Lock _gate = new();

    private FrontDoor(WebApplication app, FrontDoorOptions options, FrontDoorMetrics metrics, InMemoryConfigProvider routes)
    {
        _app = app;
        _options = options;
        _metrics = metrics;
        _routes = routes;
    }

    /// <summary>Whose door it is.</summary>
    public RegionId Region => _options.Region;

    /// <summary>Where it listens.</summary>
    public Uri Url => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Listens when it returns; whether registries are well it learns by and by. Throws <see cref="IOException"/> when the port is taken.</summary>
    public static async Task<FrontDoor> StartAsync(FrontDoorOptions options, CancellationToken cancel = default)
    {
        var metrics = new FrontDoorMetrics();
        var routes = new InMemoryConfigProvider(RegionRoutes.Routes, RegionRoutes.Clusters(options.Regions.Table, options));
        // Empty: the others read settings of the folder that the process happens to run in, and watch everything below it for changes, our
        // own logs included.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = typeof(FrontDoor).Assembly.GetName().Name });
        builder.Services.AddRouting();
        builder.Services.AddSingleton(options.Loggers);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.StopPatience);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(metrics);
        builder.Services.AddSingleton<IProxyConfigProvider>(routes);
        builder.Services.AddSingleton<ILoadBalancingPolicy, NearestFirst>();
        builder.Services.AddSingleton<IActiveHealthCheckPolicy, ProbeVerdict>();
        builder.Services.AddSingleton<IPassiveHealthCheckPolicy, ConnectVerdict>();
        builder.Services.AddReverseProxy().AddTransforms(RequestRules.Apply).ConfigureHttpClient((_, handler) =>
        {
            handler.ConnectTimeout = Timeout.InfiniteTimeSpan;
            handler.ConnectCallback = (connect, closed) => Upstream.ConnectAsync(connect.DnsEndPoint, options.ConnectTimeout, closed);
        });
        WithoutKeyRing(builder.Services);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = Limits.MaxSchemaRequestBytes;
            kestrel.Limits.MaxConcurrentConnections = Limits.MaxFrontDoorConnections;
            kestrel.Listen(options.Bind, listen => listen.Protocols = HttpProtocols.Http1);
        });
        var app = builder.Build();
        app.Use(new Reception(options.Region, metrics).HandleAsync);
        var failover = new Failover(options.Region, metrics);
        app.MapReverseProxy(pipeline =>
        {
            pipeline.Use(failover.HandleAsync);
            pipeline.UseLoadBalancing();
            pipeline.UsePassiveHealthChecks();
        });
        var door = new FrontDoor(app, options, metrics, routes);
        options.Regions.Changed += door.OnRegionsChanged;
        try
        {
            await app.StartAsync(cancel).ConfigureAwait(false);
        }
        catch
        {
            await door.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        // What changed while the first table was being read.
        door.OnRegionsChanged();
        LogListening(options.CreateLogger(), options.Region, door.Url);
        return door;
    }

    /// <summary>Asks every registry now how it is, and returns when what they say counts.</summary>
    public Task ProbeAsync(CancellationToken cancel = default)
    {
        var clusters = _app.Services.GetRequiredService<IProxyStateLookup>().GetClusters();
        return _app.Services.GetRequiredService<IActiveHealthCheckMonitor>().CheckHealthAsync(clusters).WaitAsync(cancel);
    }

    /// <summary>The regions whose registries requests may go to now, in no order.</summary>
    public IReadOnlyCollection<RegionId> HealthyRegistries() =>
        [.. RegistryCluster()?.DestinationsState.AvailableDestinations.Select(d => new RegionId(d.DestinationId)) ?? []];

    /// <summary>Writes metrics in Prometheus' text format.</summary>
    /// <param name="labels">Put into every metric, as `region="eu"`; empty for none.</param>
    public void WriteMetrics(TextWriter writer, string labels = "")
    {
        var healthy = HealthyRegistries();
        var known = RegistryCluster()?.DestinationsState.AllDestinations.Select(d => new RegionId(d.DestinationId)) ?? [];
        _metrics.Write(writer, labels, [.. known.OrderBy(r => r.Name, StringComparer.Ordinal).Select(r => (r, healthy.Contains(r)))]);
    }

    /// <summary>Stops accepting, answers what is under way for as long as <see cref="FrontDoorOptions.StopPatience"/>, closes everything.</summary>
    public async ValueTask DisposeAsync()
    {
        _options.Regions.Changed -= OnRegionsChanged;
        await _app.StopAsync().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// The proxy's session affinity, which is not used, brings data protection, which would write a key into the user's home at every first
    /// start.
    /// </summary>
    private static void WithoutKeyRing(IServiceCollection services)
    {
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        foreach (var service in services.Where(s => s.ServiceType == typeof(IHostedService)
            && s.ImplementationType?.Namespace?.StartsWith("Microsoft.AspNetCore.DataProtection", StringComparison.Ordinal) == true).ToList())
        {
            services.Remove(service);
        }
    }

    private ClusterState? RegistryCluster() =>
        _app.Services.GetRequiredService<IProxyStateLookup>().TryGetCluster(RegionRoutes.Registry, out var cluster) ? cluster : null;

    private void OnRegionsChanged()
    {
        // Two changes at once: whoever comes last reads the newest table, so an older one is never put over it.
        lock (_gate)
        {
            _routes.Update(RegionRoutes.Routes, RegionRoutes.Clusters(_options.Regions.Table, _options));
        }
    }

    [LoggerMessage(1, LogLevel.Information, "region {Region}: HTTP is served on {Url}")]
    private static partial void LogListening(ILogger logger, RegionId region, Uri url);
}
