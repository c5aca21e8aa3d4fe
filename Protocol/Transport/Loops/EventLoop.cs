using Protocol.Transport.Connections;
using Protocol.Transport.Sockets;

namespace Protocol.Transport.Loops;

/// <summary>
/// One thread that owns connections: it waits until their sockets are ready, reads, calls handlers, and sends. What it owns needs no locks.
/// Other threads reach it by posting work. A call that blocks on this thread stalls every connection of the loop.
/// </summary>
internal sealed class EventLoop
{
    /// <summary>Read at a frame's boundary goes here first, so that idle connections hold no buffer.</summary>
    private const int ScratchBytes = 64 * 1024;

    [ThreadStatic]
    private static EventLoop? _current;

    private readonly Lock _lock = new();
    private readonly Poller _poller;
    private readonly Thread _thread;
    private readonly List<FrameConnection> _due = [];
    private readonly List<FrameConnection> _turning = [];
    private LoopWork? _postedHead;
    private LoopWork? _postedTail;
    private bool _waiting;
    private bool _isStopped;

    public EventLoop(SocketPlatform platform, string name)
    {
        Platform = platform;
        _poller = platform.CreatePoller();
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>The loop whose thread this is; null on any other thread.</summary>
    public static EventLoop? Current => _current;

    public SocketPlatform Platform { get; }

    public bool IsCurrent => _current == this;

    public Poller Poller => _poller;

    public LoopTimers Timers { get; } = new();

    /// <summary>For the loop's thread: bytes that were read and not taken yet. Valid until the next read of any connection.</summary>
    public byte[] Scratch { get; } = GC.AllocateUninitializedArray<byte>(ScratchBytes, pinned: true);

    public OutputGather Gather { get; } = new();

    /// <summary>Answers that nobody uses at the moment.</summary>
    public Stack<ResponseSlot> FreeSlots { get; } = new();

    /// <summary>Has the work done on the loop's thread, in the order of the calls. Any thread. False, and nothing is done, when the loop has been stopped.</summary>
    public bool Post(LoopWork work)
    {
        bool wake;
        lock (_lock)
        {
            if (_isStopped)
            {
                return false;
            }

            work.Next = null;
            if (_postedTail is null)
            {
                _postedHead = work;
            }
            else
            {
                _postedTail.Next = work;
            }

            _postedTail = work;
            wake = _waiting;
            _waiting = false;
        }

        if (wake)
        {
            _poller.Wake();
        }

        return true;
    }

    public bool Post(Action action) => Post(new LoopAction(action));

    /// <summary>Gives the connection its turn before the loop sleeps again: many answers then leave in one call. The loop's thread only.</summary>
    public void TurnLater(FrameConnection connection)
    {
        if (!connection.IsDue)
        {
            connection.IsDue = true;
            _due.Add(connection);
        }
    }

    /// <summary>Ends the thread after what it is doing. Its connections must have been closed.</summary>
    public void Stop()
    {
        Post(EndThread);
        if (!IsCurrent)
        {
            _thread.Join();
        }
    }

    private void Run()
    {
        _current = this;
        while (!_isStopped)
        {
            _poller.Wait(SleepMs());
            RunPosted();
            Timers.FireDue();
            TakeTurns();
        }

        _poller.Dispose();
    }

    private void EndThread()
    {
        lock (_lock)
        {
            _isStopped = true;
        }
    }

    private int SleepMs()
    {
        if (_due.Count > 0)
        {
            return 0;
        }

        var sleepMs = Timers.SleepMs();
        lock (_lock)
        {
            _waiting = _postedHead is null;
            return _waiting ? sleepMs : 0;
        }
    }

    private void RunPosted()
    {
        LoopWork? work;
        lock (_lock)
        {
            _waiting = false;
            work = _postedHead;
            _postedHead = _postedTail = null;
        }

        while (work is not null)
        {
            // Whoever runs may be posted again.
            var next = work.Next;
            work.Next = null;
            work.Run();
            work = next;
        }
    }

    /// <summary>One turn for each that is due. Whoever becomes due meanwhile waits until sockets have been looked at: nobody starves the others.</summary>
    private void TakeTurns()
    {
        _turning.AddRange(_due);
        _due.Clear();
        foreach (var connection in _turning)
        {
            connection.IsDue = false;
            connection.Turn();
        }

        _turning.Clear();
    }
}
