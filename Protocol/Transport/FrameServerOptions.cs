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

    /// <summary>
    /// A connection on which nothing has come or gone for so long is closed without a word, at most an eighth later, unless its handler still has a
    /// request: its client may have vanished with its machine. Negative: never.
    /// </summary>
    public TimeSpan MaxIdle { get; init; } = TimeSpan.FromMilliseconds(Kernel.Limits.ConnectionMaxIdleMs);

    /// <summary>One line for each connection that is closed for what it sent; nothing for ordinary ends.</summary>
    public required ILogger Logger { get; init; }

    /// <summary>The threads on which the connections live; null: those that the process shares.</summary>
    public EventLoops? Loops { get; init; }
}
