using System.Net;
using System.Net.Sockets;

namespace Protocol.Transport.Sockets.Portable;

/// <summary>The runtime's sockets, used without waiting, and select.</summary>
internal sealed class PortableSockets : SocketPlatform
{
    public override Poller CreatePoller() => new SelectPoller();

    public override ListenSocket Listen(IPEndPoint bind) => new PortableListenSocket(bind);

    public override StreamSocket BeginConnect(IPEndPoint remote)
    {
        var socket = new Socket(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, Blocking = false };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.Connect(remote);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        return new PortableSocket(socket);
    }
}

/// <summary>An open port whose connections are taken by the runtime.</summary>
internal sealed class PortableListenSocket(IPEndPoint bind) : ListenSocket(bind)
{
    public Socket Socket => Listener;

    public override AcceptResult TryAccept(out StreamSocket? socket, out IPEndPoint remote)
    {
        socket = null;
        remote = EndPoint;
        Socket? accepted = null;
        try
        {
            accepted = Listener.Accept();
            accepted.Blocking = false;
            accepted.NoDelay = true;
            accepted.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            remote = Unmapped((IPEndPoint)accepted.RemoteEndPoint!);
            socket = new PortableSocket(accepted);
            return AcceptResult.Accepted;
        }
        catch (SocketException e)
        {
            accepted?.Dispose();
            return e.SocketErrorCode switch
            {
                SocketError.WouldBlock => AcceptResult.Nobody,
                SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable => AcceptResult.Exhausted,
                _ => AcceptResult.Gone,
            };
        }
    }
}
