using System.Net;
using Broker.Node.Apis;
using Kernel;
using Microsoft.Extensions.Logging;
using Protocol.Transport;

namespace Broker.Node.Listening;

/// <summary>A listener whose port is open. Owned by the node.</summary>
internal sealed class OpenListener : IAsyncDisposable
{
    private readonly ManualResetEventSlim _isOpen = new();
    private FrameServer? _server;
    private Listener _listener;

    private OpenListener(Listener listener) => _listener = listener;

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint => _server!.EndPoint;

    /// <summary>The listener with the port that clients are told.</summary>
    public Listener Listener => _listener;

    /// <summary>Connections that are open now.</summary>
    public int ConnectionCount => _server!.ConnectionCount;

    /// <summary>Opens the port. Throws <see cref="System.Net.Sockets.SocketException"/> when it is taken.</summary>
    public static OpenListener Open(Listener listener, ApiTable apis, NodeMetrics metrics, ListenerLimits limits, ILogger logger)
    {
        var open = new OpenListener(listener);
        open._server = FrameServer.Start(new FrameServerOptions
        {
            Bind = listener.Bind,
            MaxFrameBytes = Math.Min(limits.MaxFrameBytes, Limits.MaxFrameBytes),
            MaxConnections = Math.Min(limits.MaxConnections, Limits.MaxConnectionsPerListener),
            MaxIdle = limits.MaxIdle,
            Logger = logger,
            Accept = accepted => open.Accept(accepted, apis, metrics, logger),
        });
        if (listener.AdvertisedPort == 0)
        {
            open._listener = listener with { AdvertisedPort = open.EndPoint.Port };
        }

        open._isOpen.Set();
        return open;
    }

    /// <summary>Stops listening, and answers what is under way for at most the drain time.</summary>
    public Task StopAsync(TimeSpan drain) => _server!.StopAsync(drain);

    public async ValueTask DisposeAsync()
    {
        await _server!.DisposeAsync().ConfigureAwait(false);
        _isOpen.Dispose();
    }

    private ApiDispatcher Accept(AcceptedConnection accepted, ApiTable apis, NodeMetrics metrics, ILogger logger)
    {
        // A client may be faster than the return of Start; the port that it is to be told is known microseconds later.
        _isOpen.Wait();
        return new ApiDispatcher(apis, new ConnectionState(accepted.Remote.Address.ToString(), _listener), metrics, logger);
    }
}
