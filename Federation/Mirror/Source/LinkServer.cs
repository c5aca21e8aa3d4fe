using System.Net;
using Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Federation.Mirror.Source;

/// <summary>The listener of the link: Kestrel with nothing but the gRPC service on HTTP/2 without TLS.</summary>
internal sealed class LinkServer : IAsyncDisposable
{
    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(5);

    private readonly WebApplication _app;

    private LinkServer(WebApplication app, IPEndPoint endPoint)
    {
        _app = app;
        EndPoint = endPoint;
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Opens the port. Throws <see cref="IOException"/> when it is taken.</summary>
    public static async Task<LinkServer> StartAsync(IPEndPoint bind, LinkService service, CancellationToken cancel)
    {
        // Empty: the others read settings of the folder that the process happens to run in, and watch everything below it for changes, our
        // own logs included.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddLogging();
        builder.Services.AddGrpc(o => o.MaxReceiveMessageSize = Limits.MaxLinkMessageBytes);
        builder.Services.AddSingleton(service);

        // The process belongs to whoever embeds this; its signals are not Kestrel's.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(o =>
        {
            o.Listen(bind, l => l.Protocols = HttpProtocols.Http2);
            o.AddServerHeader = false;
            o.Limits.MaxRequestBodySize = null;

            // A stream is quiet for as long as nothing is produced, and slow when the copy's disk is: credits bound it, not rates.
            o.Limits.MinRequestBodyDataRate = null;
            o.Limits.MinResponseDataRate = null;
            o.Limits.MaxResponseBufferSize = 1024 * 1024;
            o.Limits.Http2.KeepAlivePingDelay = PingDelay;
            o.Limits.Http2.KeepAlivePingTimeout = PingDelay;
        });
        var app = builder.Build();
        app.MapGrpcService<LinkService>();
        try
        {
            await app.StartAsync(cancel).ConfigureAwait(false);
        }
        catch
        {
            await app.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new(app, new IPEndPoint(bind.Address, new Uri(address).Port));
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await _app.StopAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Connections that do not end by themselves are closed with the server.
        }

        await _app.DisposeAsync().ConfigureAwait(false);
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
