using System.Net;
using Microsoft.Extensions.Logging;

namespace Protocol.Transport;

/// <summary>What a server is told of a connection that it accepts.</summary>
/// <param name="Remote">The client's address.</param>
/// <param name="Id">A number that no other connection of the process has.</param>
public readonly record struct AcceptedConnection(IPEndPoint Remote, long Id);

/// <summary>How a frame server listens.</summary>
public sealed record FrameServerOptions
{
    /// <summary>Where to listen; port 0 takes a free one.</summary>
    public required IPEndPoint Bind { get; init; }

    /// <summary>Makes the handler of an accepted connection. It must not block.</summary>
    public required Func<AcceptedConnection, IConnectionHandler> Accept { get; init; }

    /// <summary>A longer frame, or one whose length is negative or zero, closes the connection before its body is read.</summary>
    public int MaxFrameBytes { get; init; } = Kernel.Limits.MaxFrameBytes;

    /// <summary>Connections at once; more are closed on arrival with one log line.</summary>
    public int MaxConnections { get; init; } = Kernel.Limits.MaxConnectionsPerListener;

    /// <summary>One line for each connection that is closed for what it sent; nothing for ordinary ends.</summary>
    public required ILogger Logger { get; init; }
}

/// <summary>
/// Accepts connections and turns their bytes into frames of the Kafka protocol (a four-byte length, then the body). Owned by the host that
/// opened it. Frames of one connection reach its <see cref="IConnectionHandler"/> in order; answers leave in the order of the requests.
/// </summary>
public sealed class FrameServer : IAsyncDisposable
{
    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; } = new(IPAddress.Loopback, 0);

    /// <summary>Connections that are open now.</summary>
    public int ConnectionCount => 0;

    /// <summary>Opens the port; connections are accepted when it returns. Throws <see cref="System.Net.Sockets.SocketException"/> when the port is taken.</summary>
    public static FrameServer Start(FrameServerOptions options) => throw new NotImplementedException();

    /// <summary>Stops accepting and reading, lets what is under way be answered for at most the drain time, then closes everything.</summary>
    public Task StopAsync(TimeSpan drain) => throw new NotImplementedException();

    public async ValueTask DisposeAsync() => await StopAsync(TimeSpan.Zero).ConfigureAwait(false);
}
