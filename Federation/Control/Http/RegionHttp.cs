using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Protocol.Contracts.Control;

namespace Federation.Control.Http;

/// <summary>One region's health, metrics and control API over HTTP, behind the region's front door. Its host starts and stops it.</summary>
public sealed class RegionHttp : IAsyncDisposable
{
    /// <summary>How long a stop waits for requests under way. Those of the front door have been ended before.</summary>
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(1);

    private readonly WebApplication _app;

    private RegionHttp(WebApplication app) => _app = app;

    /// <summary>Where it listens.</summary>
    public Uri Url => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Listens when it returns. Throws <see cref="IOException"/> when the port is taken.</summary>
    public static async Task<RegionHttp> StartAsync(RegionHttpOptions options, CancellationToken cancel = default)
    {
        // Empty: the others read settings of the folder that the process happens to run in, and watch everything below it for changes, our
        // own logs included.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = typeof(RegionHttp).Assembly.GetName().Name });
        builder.Services.AddRouting();
        builder.Services.AddSingleton(options.Loggers);
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = StopPatience);
        builder.Services.Configure<JsonOptions>(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ControlJson.Default);

            // The contract says so, but these options count, not the context's: a member that is misspelt must not be passed over.
            json.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        });

        // What cannot be bound is told by Problems: the handler itself would answer with an empty body.
        builder.Services.Configure<RouteHandlerOptions>(handlers => handlers.ThrowOnBadRequest = true);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = Kernel.Limits.MaxControlEntryBytes;
            kestrel.Listen(options.Bind, listen => listen.Protocols = HttpProtocols.Http1);
        });
        var app = builder.Build();
        app.Use(Problems.CatchAsync);
        HealthEndpoints.Map(app, options);
        TopicEndpoints.Map(app, options);
        MirrorEndpoints.Map(app, options);
        try
        {
            await app.StartAsync(cancel).ConfigureAwait(false);
        }
        catch
        {
            await app.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return new RegionHttp(app);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
    }
}
