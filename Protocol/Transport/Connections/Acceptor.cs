using Protocol.Transport.Loops;
using Protocol.Transport.Sockets;

namespace Protocol.Transport.Connections;

/// <summary>An open port on a loop: takes connections as they come and hands them to its server.</summary>
internal sealed class Acceptor(FrameServer server, EventLoop loop, ListenSocket socket) : IReadySink
{
    /// <summary>Taken at one go, so that a rush of clients does not stall those that are connected.</summary>
    private const int MaxAtOnce = 64;

    /// <summary>Out of descriptors, the queue stays full: asking again and again would burn a processor.</summary>
    private static readonly TimeSpan ExhaustedPause = TimeSpan.FromMilliseconds(100);

    private bool _isClosed;

    /// <summary>Begins, on the loop's thread.</summary>
    public void Open()
    {
        socket.Sink = this;
        loop.Poller.Add(socket, Interest.Read);
    }

    public void OnReady(Interest ready)
    {
        for (var i = 0; i < MaxAtOnce && !_isClosed; i++)
        {
            switch (socket.TryAccept(out var accepted, out var remote))
            {
                case AcceptResult.Accepted:
                    server.Admit(accepted!, remote);
                    break;
                case AcceptResult.Nobody:
                    return;
                case AcceptResult.Exhausted:
                    server.OnExhausted();
                    loop.Poller.Change(socket, Interest.None);
                    loop.Timers.Schedule(new LoopTimer(Resume), ExhaustedPause);
                    return;
            }
        }
    }

    /// <summary>On the loop's thread.</summary>
    public void Close()
    {
        _isClosed = true;
        loop.Poller.Remove(socket);
        socket.Close();
    }

    private void Resume()
    {
        if (!_isClosed)
        {
            loop.Poller.Change(socket, Interest.Read);
        }
    }
}
