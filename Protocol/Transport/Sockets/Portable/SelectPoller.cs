using System.Net;
using System.Net.Sockets;

namespace Protocol.Transport.Sockets.Portable;

/// <summary>select over the runtime's sockets. Each wait costs as much as there are sockets: enough for a developer's machine.</summary>
internal sealed class SelectPoller : Poller
{
    /// <summary>Longest single wait; select counts in microseconds, which do not reach far.</summary>
    private const int MaxWaitMs = 60_000;

    private readonly Dictionary<Socket, (PollSource Source, Interest Interest)> _watched = [];
    private readonly List<Socket> _read = [];
    private readonly List<Socket> _write = [];
    private readonly List<Socket> _failed = [];
    private readonly Socket _wake;
    private int _nextIndex;

    public SelectPoller()
    {
        // A datagram socket connected to itself: a wake-up is a datagram, and a full buffer means that one is waiting already.
        _wake = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        _wake.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _wake.Connect(_wake.LocalEndPoint!);
        _wake.Blocking = false;
    }

    public override void Add(PollSource source, Interest interest)
    {
        source.PollIndex = _nextIndex++ & int.MaxValue;
        _watched[SocketOf(source)] = (source, interest);
    }

    public override void Change(PollSource source, Interest interest) => _watched[SocketOf(source)] = (source, interest);

    public override void Remove(PollSource source)
    {
        if (source.PollIndex >= 0)
        {
            _watched.Remove(SocketOf(source));
            source.PollIndex = -1;
        }
    }

    public override void Wait(int timeoutMs)
    {
        _read.Clear();
        _write.Clear();
        _failed.Clear();
        _read.Add(_wake);
        foreach (var (socket, watched) in _watched)
        {
            if ((watched.Interest & Interest.Read) != 0)
            {
                _read.Add(socket);
            }

            if ((watched.Interest & Interest.Write) != 0)
            {
                // A refused connection is an exception on Windows and writable elsewhere.
                _write.Add(socket);
                _failed.Add(socket);
            }
        }

        Socket.Select(_read, _write, _failed, TimeSpan.FromMilliseconds(timeoutMs < 0 ? MaxWaitMs : Math.Min(timeoutMs, MaxWaitMs)));
        if (_read.Remove(_wake))
        {
            Span<byte> told = stackalloc byte[16];
            while (_wake.Receive(told, SocketFlags.None, out var error) > 0 && error == SocketError.Success)
            {
            }
        }

        Tell(_read, Interest.Read);
        Tell(_write, Interest.Write);
        Tell(_failed, Interest.Read | Interest.Write);
    }

    public override void Wake() => _wake.Send([1], SocketFlags.None, out _);

    public override void Dispose() => _wake.Dispose();

    private static Socket SocketOf(PollSource source) => source is PortableSocket socket ? socket.Socket : ((PortableListenSocket)source).Socket;

    private void Tell(List<Socket> sockets, Interest ready)
    {
        foreach (var socket in sockets)
        {
            // An earlier sink may have removed it meanwhile.
            if (_watched.TryGetValue(socket, out var watched))
            {
                watched.Source.Sink!.OnReady(ready);
            }
        }
    }
}
