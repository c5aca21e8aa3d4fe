using System.Buffers.Binary;
using Kernel;
using Protocol.Transport.Loops;
using Protocol.Wire.Codec;

namespace Protocol.Transport.Connections;

/// <summary>
/// The client's side of one connection. Any thread puts requests in line, under a lock that is held for a few instructions; the loop sends them
/// and matches answers by their order.
/// </summary>
internal sealed class ClientConnection : FrameConnection
{
    /// <summary>Calls that are kept for reuse: as many as a busy connection has under way.</summary>
    private const int MaxFreeCalls = 256;

    private readonly Lock _lock = new();
    private readonly Stack<PendingCall> _free = new();
    private readonly Queue<PendingCall> _underWay = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<PendingCall> _lined = [];
    private List<PendingCall> _taken = [];
    private readonly TurnRequest _turn;
    private readonly bool _isInline;
    private bool _isTurnAsked;
    private IOException? _failure;

    public ClientConnection(EventLoop loop, int maxFrameBytes, bool isInline)
        : base(loop, new FrameReceiver(maxFrameBytes, Limits.UnreceivedResponseBytes))
    {
        _isInline = isInline;
        _turn = new TurnRequest(this);
    }

    /// <summary>Completed when the connection has ended, never failed.</summary>
    public Task Ended => _ended.Task;

    public bool IsOpen => Volatile.Read(ref _failure) is null;

    /// <summary>Answers are always wanted: only those that were asked for come.</summary>
    protected override bool WantsFrames => true;

    /// <summary>Puts a request in line. The frame is owned from here on. A call that has ended already is returned as null.</summary>
    public PendingCall? Send(FrameWriter frame, int correlationId, bool isOneWay)
    {
        PendingCall? call = null;
        var asksForTurn = false;
        lock (_lock)
        {
            if (_failure is null)
            {
                call = _free.TryPop(out var free) ? free : new PendingCall(this);
                call.Begin(frame, correlationId, isOneWay, _isInline || Loop.IsCurrent);
                _lined.Add(call);
                asksForTurn = !Loop.IsCurrent && !_isTurnAsked;
                _isTurnAsked |= asksForTurn;
            }
        }

        if (call is null)
        {
            frame.Dispose();
        }
        else if (Loop.IsCurrent)
        {
            Loop.TurnLater(this);
        }
        else if (asksForTurn)
        {
            Loop.Post(_turn);
        }

        return call;
    }

    /// <summary>A fresh exception with the reason why the connection ended.</summary>
    public IOException Failure() => new(_failure!.Message, _failure.InnerException);

    /// <summary>Takes a call back that nobody holds.</summary>
    public void Recycle(PendingCall call)
    {
        lock (_lock)
        {
            if (_free.Count < MaxFreeCalls)
            {
                _free.Push(call);
            }
        }
    }

    public override void OnSent(Outgoing item)
    {
        var call = (PendingCall)item;
        call.IsSent = true;
        if (call.IsOneWay)
        {
            call.LetGo();
        }
    }

    protected override void BeforeSend()
    {
        lock (_lock)
        {
            (_lined, _taken) = (_taken, _lined);
        }

        foreach (var call in _taken)
        {
            if (!call.IsOneWay)
            {
                _underWay.Enqueue(call);
            }

            Enqueue(call);
        }

        _taken.Clear();
    }

    protected override void OnFrame(ReceivedFrame frame)
    {
        if (frame.Bytes.Length < sizeof(int))
        {
            Refuse(frame, $"an answer of {frame.Bytes.Length} bytes came, which has no correlation id");
            return;
        }

        var correlationId = BinaryPrimitives.ReadInt32BigEndian(frame.Bytes.Span);
        if (!_underWay.TryPeek(out var call) || !call.IsSent)
        {
            Refuse(frame, $"an answer with correlation id {correlationId} came to no request");
        }
        else if (call.CorrelationId != correlationId)
        {
            Refuse(frame, $"an answer with correlation id {correlationId} came, the next one is {call.CorrelationId}");
        }
        else
        {
            _underWay.Dequeue();
            call.Complete(frame);
            call.LetGo();
        }
    }

    protected override void OnReadEnded() => Close(new IOException("the server has closed the connection"));

    protected override void OnRefused(int length) => Close(new IOException($"the server sent {ForeignProtocol.Describe(length)}"));

    protected override void OnDropped(Outgoing item)
    {
        // Those that await an answer are failed by OnClosed: they are all under way.
        if (((PendingCall)item).IsOneWay)
        {
            ((PendingCall)item).LetGo();
        }
    }

    protected override void OnClosed(Exception? reason)
    {
        List<PendingCall> lined;
        lock (_lock)
        {
            _failure = reason is IOException failure and not ConnectionBrokenException ? failure
                : new IOException(reason is null ? "the connection was closed" : $"the connection is broken: {reason.Message}", reason);
            lined = _lined;
            _lined = [];
        }

        foreach (var call in lined)
        {
            call.DropFrame();
            if (call.IsOneWay)
            {
                call.LetGo();
            }
            else
            {
                _underWay.Enqueue(call);
            }
        }

        while (_underWay.TryDequeue(out var call))
        {
            call.Fail(call.Use, Failure());
            call.LetGo();
        }

        _ended.TrySetResult();
    }

    private void Refuse(ReceivedFrame frame, string why)
    {
        frame.Dispose();
        Close(new IOException(why));
    }

    /// <summary>Posted at most once at a time, however many requests are put in line.</summary>
    private sealed class TurnRequest(ClientConnection connection) : LoopWork
    {
        public override void Run()
        {
            lock (connection._lock)
            {
                connection._isTurnAsked = false;
            }

            connection.Loop.TurnLater(connection);
        }
    }
}
