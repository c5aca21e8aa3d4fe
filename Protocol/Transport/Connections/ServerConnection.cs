using System.Net;
using Kernel;
using Microsoft.Extensions.Logging;
using Protocol.Transport.Loops;

namespace Protocol.Transport.Connections;

/// <summary>
/// The server's side of one connection: hands frames to the handler in order, keeps answers in the order of their requests, and stops reading
/// while too much is under way or answered and not taken by the client, while the client is muted, and when the end is near.
/// </summary>
internal sealed class ServerConnection(FrameServer server, EventLoop loop, AcceptedConnection accepted, FrameServerOptions options)
    : FrameConnection(loop, new FrameReceiver(options.MaxFrameBytes, Limits.UnreceivedFrameBytes))
{
    private readonly IConnectionHandler _handler = options.Accept(accepted);
    private readonly ILogger _log = options.Logger;
    private readonly CancellationTokenSource _closed = new();
    private ResponseSlot? _first;
    private ResponseSlot? _last;
    private int _underWay;
    private long _underWayBytes;
    private long _unsentBytes;
    private int _mutes;
    private bool _isEnding;
    private bool _hasSaidGoodbye;
    private Exception? _failure;

    protected override bool WantsFrames =>
        !_isEnding && _mutes == 0 && _underWay < Limits.MaxInFlightPerConnection && _underWayBytes < Limits.MaxInFlightBytesPerConnection
        && _unsentBytes < Limits.MaxUnsentAnswerBytesPerConnection;

    /// <summary>Reads nothing more and closes once what is under way has been answered.</summary>
    public void Drain()
    {
        _isEnding = true;
        Loop.TurnLater(this);
    }

    /// <summary>Whether nothing has come or gone for so long. Any thread may ask; only the loop's thread knows whether it may be closed for it.</summary>
    public bool IsSilent(TimeSpan limit) => SilentMs >= limit.TotalMilliseconds;

    /// <summary>Closes the connection if it is silent still and its handler has no request of it. On the loop's thread.</summary>
    public void CloseIfSilent(TimeSpan limit)
    {
        // Answers that the client does not take hold no connection: they are in line behind no unanswered request.
        if (_first is null && IsSilent(limit))
        {
            Close(null);
        }
    }

    /// <summary>The answer to a request that had to wait is there, or its handler has failed.</summary>
    public void OnAnswered(ResponseSlot slot, Exception? failure)
    {
        if (IsClosed)
        {
            slot.DropFrame();
            slot.Release();
        }
        else
        {
            Prepare(slot, failure);
            Loop.TurnLater(this);
        }
    }

    public override void OnSent(Outgoing item)
    {
        var slot = (ResponseSlot)item;
        NoteActivity();
        _underWay--;
        _underWayBytes -= slot.RequestBytes;
        _unsentBytes -= slot.AnswerBytes;
        _hasSaidGoodbye |= slot.CloseAfter;
        if (slot.Mute > TimeSpan.Zero)
        {
            Loop.Timers.Schedule(new LoopTimer(Unmute), slot.Mute);
        }

        slot.Release();
    }

    protected override void OnFrame(ReceivedFrame frame)
    {
        var slot = ResponseSlot.Take(this, frame.Bytes.Length);
        _underWay++;
        _underWayBytes += slot.RequestBytes;
        if (_last is null)
        {
            _first = slot;
        }
        else
        {
            _last.Later = slot;
        }

        _last = slot;
        try
        {
            if (slot.Follow(_handler.HandleAsync(frame, _closed.Token)))
            {
                Prepare(slot, null);
            }
        }
        catch (Exception e)
        {
            Prepare(slot, e);
        }
    }

    /// <summary>Answers leave as soon as nothing before them is missing.</summary>
    protected override void BeforeSend()
    {
        while (_first is { IsAnswered: true } slot)
        {
            _first = slot.Later;
            slot.Later = null;
            if (_first is null)
            {
                _last = null;
            }

            // From here on it is the client that may be silent: the request may have waited for longer than that.
            NoteActivity();
            Enqueue(slot);
        }
    }

    protected override void OnFlushed()
    {
        if (_failure is not null || _hasSaidGoodbye || (_isEnding && _underWay == 0))
        {
            Close(_failure);
        }
    }

    protected override void OnReadEnded()
    {
        // The client may have ended only its own side: what is under way is still answered, if that does not take long.
        _isEnding = true;
        if (_underWay == 0)
        {
            Close(null);
        }
        else
        {
            Loop.Timers.Schedule(new LoopTimer(() => Close(null)), TimeSpan.FromMilliseconds(Limits.HalfClosedMs));
        }
    }

    protected override void OnRefused(int length)
    {
        TransportLog.LengthRefused(_log, accepted.Remote, ForeignProtocol.Describe(length));
        _handler.OnRefused();
    }

    protected override void OnDropped(Outgoing item) => ((ResponseSlot)item).Release();

    protected override void OnClosed(Exception? reason)
    {
        if (reason is not (null or ConnectionBrokenException))
        {
            TransportLog.ConnectionFailed(_log, accepted.Remote, reason);
        }

        for (var slot = _first; slot is not null;)
        {
            // Those that are not answered yet find the connection closed when they are.
            var next = slot.Later;
            slot.Later = null;
            if (slot.IsAnswered)
            {
                slot.DropFrame();
                slot.Release();
            }

            slot = next;
        }

        _first = _last = null;
        Guarded(_closed.Cancel);
        Guarded(_handler.OnClosed);
        server.Forget(this);
    }

    private void Guarded(Action cleanUp)
    {
        try
        {
            cleanUp();
        }
        catch (Exception e)
        {
            TransportLog.CloseFailed(_log, accepted.Remote, e);
        }
    }

    private void Prepare(ResponseSlot slot, Exception? failure)
    {
        if (failure is not null)
        {
            _failure ??= failure;
            _isEnding = true;
            return;
        }

        _isEnding |= slot.CloseAfter;
        _unsentBytes += slot.AnswerBytes;
        if (slot.Mute > TimeSpan.Zero)
        {
            _mutes++;
        }
    }

    private void Unmute()
    {
        _mutes--;
        Loop.TurnLater(this);
    }
}
