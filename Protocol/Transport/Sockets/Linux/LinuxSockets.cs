using System.Net;
using System.Net.Sockets;

namespace Protocol.Transport.Sockets.Linux;

/// <summary>Sockets by the kernel's own calls.</summary>
internal sealed unsafe class LinuxSockets : SocketPlatform
{
    public LinuxSockets()
    {
        // sendfile has no MSG_NOSIGNAL: a client that went away must be an error, not the end of the process.
        _ = Libc.Signal(Libc.SIGPIPE, Libc.SigIgnore);
    }

    public override Poller CreatePoller() => new EpollPoller();

    public override ListenSocket Listen(IPEndPoint bind) => new LinuxListenSocket(bind);

    public override StreamSocket BeginConnect(IPEndPoint remote)
    {
        var family = remote.AddressFamily == AddressFamily.InterNetworkV6 ? Libc.AF_INET6 : Libc.AF_INET;
        var descriptor = Libc.Socket(family, Libc.SOCK_STREAM | Libc.NonBlocking | Libc.CloseOnExec, Libc.IPPROTO_TCP);
        if (descriptor < 0)
        {
            throw ToException(Libc.Errno);
        }

        var on = 1;
        _ = Libc.SetSocketOption(descriptor, Libc.IPPROTO_TCP, Libc.TCP_NODELAY, &on, sizeof(int));
        _ = Libc.SetSocketOption(descriptor, Libc.SOL_SOCKET, Libc.SO_KEEPALIVE, &on, sizeof(int));
        var address = remote.Serialize();
        fixed (byte* bytes = address.Buffer.Span)
        {
            if (Libc.Connect(descriptor, bytes, (uint)address.Size) < 0 && Libc.Errno is not (Libc.EINPROGRESS or Libc.EINTR))
            {
                var failure = ToException(Libc.Errno);
                _ = Libc.Close(descriptor);
                throw failure;
            }
        }

        return new LinuxSocket(descriptor);
    }

    /// <summary>The runtime's error for the kernel's, as far as callers tell them apart.</summary>
    internal static SocketException ToException(int errno)
    {
        var error = errno switch
        {
            Libc.ECONNREFUSED => SocketError.ConnectionRefused,
            Libc.ETIMEDOUT => SocketError.TimedOut,
            Libc.EHOSTUNREACH => SocketError.HostUnreachable,
            Libc.ENETUNREACH => SocketError.NetworkUnreachable,
            Libc.EMFILE or Libc.ENFILE => SocketError.TooManyOpenSockets,
            _ => SocketError.SocketError,
        };
        return new SocketException((int)error, Libc.Describe(errno));
    }
}

/// <summary>An open port whose connections are taken by accept4, non-blocking from the start.</summary>
internal sealed unsafe class LinuxListenSocket(IPEndPoint bind) : ListenSocket(bind)
{
    private const int MaxAddressBytes = 128;

    private readonly byte[] _address = new byte[MaxAddressBytes];

    /// <summary>The runtime never sees this descriptor do anything asynchronous, so its own poller knows nothing of it.</summary>
    public int Descriptor => (int)Listener.SafeHandle.DangerousGetHandle();

    public override AcceptResult TryAccept(out StreamSocket? socket, out IPEndPoint remote)
    {
        socket = null;
        remote = EndPoint;
        int descriptor;
        var length = (uint)MaxAddressBytes;
        fixed (byte* address = _address)
        {
            descriptor = Libc.Accept(Descriptor, address, &length, Libc.NonBlocking | Libc.CloseOnExec);
        }

        if (descriptor < 0)
        {
            return Libc.Errno switch
            {
                Libc.EAGAIN => AcceptResult.Nobody,
                Libc.EMFILE or Libc.ENFILE or Libc.ENOBUFS or Libc.ENOMEM => AcceptResult.Exhausted,
                _ => AcceptResult.Gone,
            };
        }

        socket = new LinuxSocket(descriptor);
        remote = Parse(_address);
        return AcceptResult.Accepted;
    }

    /// <summary>struct sockaddr_in or sockaddr_in6: family, port in network order, then the address (behind the flow label for IPv6).</summary>
    private static IPEndPoint Parse(ReadOnlySpan<byte> address)
    {
        var port = (address[2] << 8) | address[3];
        return BitConverter.ToUInt16(address) == Libc.AF_INET6
            ? Unmapped(new IPEndPoint(new IPAddress(address.Slice(8, 16)), port))
            : new IPEndPoint(new IPAddress(address.Slice(4, 4)), port);
    }
}
