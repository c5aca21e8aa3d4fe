using Broker.Node.Listening;

namespace Broker.Node.Apis;

/// <summary>What the node knows of one connection. Written by requests of that connection, in arrival order.</summary>
/// <param name="clientHost">The client's address without port, as shown in group descriptions.</param>
/// <param name="listener">The listener that accepted the connection: its advertised endpoint is what this client is told.</param>
public sealed class ConnectionState(string clientHost, Listener listener)
{
    public string ClientHost { get; } = clientHost;

    public Listener Listener { get; } = listener;
}
