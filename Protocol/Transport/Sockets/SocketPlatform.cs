using System.Net;
using Protocol.Transport.Sockets.Linux;
using Protocol.Transport.Sockets.Portable;

namespace Protocol.Transport.Sockets;

/// <summary>
/// Makes sockets and the pollers that can watch them. On Linux they are the kernel's own calls (epoll, readv, sendmsg, sendfile); elsewhere
/// the runtime's sockets and select, which is right for a developer's machine and slow with thousands of connections.
/// </summary>
internal abstract class SocketPlatform
{
    /// <summary>The best one for this machine.</summary>
    public static SocketPlatform Native { get; } = OperatingSystem.IsLinux() ? new LinuxSockets() : new PortableSockets();

    public abstract Poller CreatePoller();

    /// <summary>Throws <see cref="System.Net.Sockets.SocketException"/> when the address cannot be had.</summary>
    public abstract ListenSocket Listen(IPEndPoint bind);

    /// <summary>Begins to connect: the socket is ready for writing once that has succeeded or failed. Throws <see cref="System.Net.Sockets.SocketException"/>.</summary>
    public abstract StreamSocket BeginConnect(IPEndPoint remote);
}
