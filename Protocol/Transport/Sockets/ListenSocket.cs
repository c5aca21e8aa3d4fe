using System.Net;
using System.Net.Sockets;

namespace Protocol.Transport.Sockets;

/// <summary>What came of one attempt to accept.</summary>
internal enum AcceptResult
{
    Accepted,

    /// <summary>Nobody waits.</summary>
    Nobody,

    /// <summary>One gave up before it was accepted; there may be more.</summary>
    Gone,

    /// <summary>The process or the machine is out of descriptors or memory: trying again at once would only burn time.</summary>
    Exhausted,
}

/// <summary>An open port. Opened with the runtime's socket, which knows every platform's addresses; how connections are taken from it differs.</summary>
internal abstract class ListenSocket : PollSource
{
    /// <summary>Connections that the kernel completes before they are accepted; Linux cuts it to net.core.somaxconn (4096).</summary>
    private const int Backlog = 4096;

    protected ListenSocket(IPEndPoint bind)
    {
        Listener = new Socket(bind.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (bind.Address.Equals(IPAddress.IPv6Any))
            {
                Listener.DualMode = true;
            }

            // Linux hands both down to accepted connections, which saves calls for each.
            Listener.NoDelay = true;
            Listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            Listener.Blocking = false;
            Listener.Bind(bind);
            Listener.Listen(Backlog);
            EndPoint = (IPEndPoint)Listener.LocalEndPoint!;
        }
        catch
        {
            Listener.Dispose();
            throw;
        }
    }

    public IPEndPoint EndPoint { get; }

    protected Socket Listener { get; }

    /// <summary>Takes one connection that waits; never blocks.</summary>
    public abstract AcceptResult TryAccept(out StreamSocket? socket, out IPEndPoint remote);

    public override void Close() => Listener.Dispose();

    protected static IPEndPoint Unmapped(IPEndPoint remote) =>
        remote.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(remote.Address.MapToIPv4(), remote.Port) : remote;
}
