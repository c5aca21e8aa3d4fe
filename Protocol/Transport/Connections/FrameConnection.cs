using Protocol.Transport.Loops;
using Protocol.Transport.Sockets;

namespace Protocol.Transport.Connections;

/// <summary>
/// One socket on one loop: reads frames while its side wants them, sends what is in line, and watches the socket for exactly what it waits for.
/// Everything happens on the loop's thread. Once closed it stays closed and holds no memory.
/// </summary>
internal abstract class FrameConnection(EventLoop loop, FrameReceiver receiver) : IReadySink
{
    /// <summary>After so many bytes read at one go other connections get their turn.</summary>
    private const int ReadBudgetBytes = 1024 * 1024;

    private readonly SendQueue _sendQueue = new();
    private StreamSocket? _socket;
    private Interest _watched;
    private bool _isBlocked;
    private long _lastActiveMs = Environment.TickCount64;

    public EventLoop Loop => loop;

    /// <summary>Whether the loop has it in line for a turn.</summary>
    public bool IsDue { get; set; }

    /// <summary>How long nothing has come or gone. Any thread may ask.</summary>
    protected long SilentMs => Environment.TickCount64 - Volatile.Read(ref _lastActiveMs);

    protected bool IsClosed { get; private set; }

    /// <summary>Whether the peer has ended its side of the stream.</summary>
    protected bool IsReadEnded { get; private set; }

    /// <summary>Whether everything that was put in line has been handed to the kernel.</summary>
    protected bool IsAllSent => _sendQueue.IsEmpty;

    /// <summary>Whether frames are wanted now.</summary>
    protected abstract bool WantsFrames { get; }

    private bool CanRead => !IsClosed && !IsReadEnded && WantsFrames;

    /// <summary>Begins, on the loop's thread. The connection owns the socket from now on, which no poller watches yet.</summary>
    public void Open(StreamSocket socket)
    {
        if (IsClosed)
        {
            socket.Close();
            return;
        }

        _socket = socket;
        socket.Sink = this;
        try
        {
            loop.Poller.Add(socket, _watched = Interest.Read);
        }
        catch (IOException e)
        {
            // The machine's limit of watched descriptors.
            Close(e);
        }
    }

    public void OnReady(Interest ready)
    {
        NoteActivity();
        if ((ready & Interest.Broken) != 0 && !CanRead)
        {
            // Nothing to read that would say why, and nobody to send to.
            Close(null);
            return;
        }

        _isBlocked &= (ready & Interest.Write) == 0;
        Run((ready & Interest.Read) != 0);
    }

    /// <summary>Called before the loop sleeps, after <see cref="EventLoop.TurnLater"/>.</summary>
    public void Turn() => Run(isReadable: false);

    /// <summary>An item's bytes have all been handed to the kernel, and its frame has been disposed. Must not close the connection: see <see cref="OnFlushed"/>.</summary>
    public abstract void OnSent(Outgoing item);

    /// <summary>Closes the socket and gives everything back. May be called again.</summary>
    /// <param name="reason">Why; null for an ordinary end.</param>
    public void Close(Exception? reason)
    {
        if (IsClosed)
        {
            return;
        }

        IsClosed = true;
        if (_socket is { } socket)
        {
            loop.Poller.Remove(socket);
            socket.Close();
        }

        receiver.Drop();
        _sendQueue.Drop(OnDropped);
        OnClosed(reason);
    }

    /// <summary>Takes one frame and owns it.</summary>
    protected abstract void OnFrame(ReceivedFrame frame);

    /// <summary>The peer sends nothing more; what it sent before has been handled or waits until frames are wanted again.</summary>
    protected abstract void OnReadEnded();

    /// <summary>A frame's length was refused. The connection is closed afterwards.</summary>
    protected abstract void OnRefused(int length);

    /// <summary>An item was dropped unsent; its frame has been disposed.</summary>
    protected abstract void OnDropped(Outgoing item);

    /// <summary>Called once.</summary>
    protected abstract void OnClosed(Exception? reason);

    /// <summary>What other threads have put in line is to be taken over now.</summary>
    protected virtual void BeforeSend()
    {
    }

    /// <summary>Something has been sent, or there was nothing to send.</summary>
    protected virtual void OnFlushed()
    {
    }

    /// <summary>Something has come or gone now.</summary>
    protected void NoteActivity() => Volatile.Write(ref _lastActiveMs, Environment.TickCount64);

    /// <summary>Puts an item in line. It leaves with the turn that is under way or the next one.</summary>
    protected void Enqueue(Outgoing item) => _sendQueue.Add(item);

    private void Run(bool isReadable)
    {
        try
        {
            Pump();
            if (isReadable)
            {
                Read();
            }

            if (!IsClosed)
            {
                receiver.KeepRest();
                Watch();
            }
        }
        catch (Exception e)
        {
            // Whatever goes wrong on a connection ends this connection and not the loop.
            Close(e);
        }
    }

    /// <summary>Handles what was received and sends what that leads to, until one of them has to wait.</summary>
    private void Pump()
    {
        do
        {
            while (CanRead && receiver.TryNext(out var frame))
            {
                OnFrame(frame!);
            }

            if (IsClosed)
            {
                return;
            }

            Send();
            if (receiver.IsRefused && !IsClosed)
            {
                OnRefused(receiver.BadLength);
                Close(null);
            }
        }
        while (CanRead && receiver.HasRest);
    }

    private void Read()
    {
        var budget = ReadBudgetBytes;
        var isDrained = false;
        while (!isDrained && budget > 0 && CanRead && !receiver.HasRest)
        {
            var received = receiver.Receive(_socket!, loop.Scratch, out isDrained);
            switch (received)
            {
                case StreamSocket.WouldBlock:
                    return;
                case StreamSocket.Failed:
                    Close(new ConnectionBrokenException(_socket!.Failure));
                    return;
                case 0:
                    IsReadEnded = true;
                    OnReadEnded();
                    return;
                default:
                    budget -= received;
                    Pump();
                    break;
            }
        }
    }

    private void Send()
    {
        BeforeSend();
        if (!_isBlocked && !_sendQueue.IsEmpty && _socket is { } socket)
        {
            switch (_sendQueue.Flush(socket, loop.Gather, this))
            {
                case SendResult.Blocked:
                    _isBlocked = true;
                    break;
                case SendResult.Yield:
                    loop.TurnLater(this);
                    break;
                case SendResult.Failed:
                    Close(new ConnectionBrokenException(socket.Failure));
                    return;
            }
        }

        OnFlushed();
    }

    private void Watch()
    {
        var wanted = (CanRead ? Interest.Read : 0) | (_isBlocked ? Interest.Write : 0);
        if (wanted != _watched)
        {
            _watched = wanted;
            loop.Poller.Change(_socket!, wanted);
        }
    }
}

/// <summary>The kernel says that the connection is gone: the ordinary way for one to end, not worth a log line.</summary>
internal sealed class ConnectionBrokenException(string message) : IOException(message);
