using System.Collections.Concurrent;
using Broker.Core.Groups;
using Broker.Node.Partitions;
using Broker.Node.Waiting;
using Hosting;
using Kernel;
using Kernel.Machines;
using Microsoft.Extensions.Logging;
using Protocol.Wire;

namespace Broker.Node.Groups;

/// <summary>
/// Owns the groups of one partition of __consumer_offsets. Requests stand in a queue; whichever thread finds the shard free works the
/// queue off, its own request included, so that a request without company costs no thread hop, and the records of those that came
/// together share a batch. Answers that speak of records are given once these are committed.
/// </summary>
internal sealed partial class GroupShard : WheelTimer, ICommitWaiter, IThreadPoolWorkItem
{
    // So many requests are worked off before their records leave, even when ever more are coming.
    private const int MaxRequestsPerBatch = 256;

    private readonly ConcurrentQueue<Work> _work = new();
    private readonly Dictionary<long, GroupWaiter> _waiters = [];
    private readonly Outbox<GroupEffect> _outbox = new();
    private readonly GroupSettings _settings;
    private readonly GroupBatchWriter _writer;
    private readonly TimingWheel _wheel;
    private readonly IGroupLog _log;
    private readonly Clock _clock;
    private readonly ILogger _logger;
    private readonly string _name;
    private readonly Action<GroupShard>? _whenStopped;

    private GroupMachine? _machine;
    private long _committed;
    private int _busy;
    private volatile int _refusal = (int)ErrorCode.CoordinatorLoadInProgress;
    private Instant? _scheduledFor;
    private bool _isStopped;

    /// <param name="whenStopped">
    /// Called once when the shard stops by itself though its log goes on: another shard over the log is to take its place. Its requests are
    /// refused with COORDINATOR_LOAD_IN_PROGRESS until then.
    /// </param>
    public GroupShard(
        IGroupLog log, string name, GroupSettings settings, TimingWheel wheel, Clock clock, ILogger logger, Action<GroupShard>? whenStopped = null)
    {
        _log = log;
        _whenStopped = whenStopped;
        _name = name;
        _settings = settings;
        _wheel = wheel;
        _clock = clock;
        _logger = logger;
        _writer = new GroupBatchWriter(log, this);
    }

    /// <summary>What requests are refused with before the machine sees them: COORDINATOR_LOAD_IN_PROGRESS, or why the shard has stopped.</summary>
    public ErrorCode Refusal => (ErrorCode)_refusal;

    /// <summary>The log that the shard stands on, and its name.</summary>
    public (IGroupLog Log, string Name) Place => (_log, _name);

    /// <summary>Asks the machine. The request is in its place in the queue when the call returns.</summary>
    /// <param name="request">The number that the input carries; never used twice.</param>
    public ValueTask<GroupReply> SubmitAsync(GroupInput input, long request)
    {
        if (Refusal is var refusal and not ErrorCode.None)
        {
            return new(new GroupReply.Plain(refusal));
        }

        var waiter = new GroupWaiter();
        _work.Enqueue(new Work(input, request, waiter));
        WorkOff();
        return waiter.Task;
    }

    /// <summary>Tells the machine something that nobody waits for. Does not run it on the calling thread.</summary>
    public void Post(GroupInput input)
    {
        _work.Enqueue(new Work(input));
        Wake();
    }

    /// <summary>Stops: whoever waits, and whoever comes, is answered with the error.</summary>
    public void Close(ErrorCode error)
    {
        _work.Enqueue(new Work(Stop: error));
        Wake();
    }

    public void OnCommitted(int tag, ErrorCode error)
    {
        // Perhaps within our own append; then the queue is worked off right after it.
        _work.Enqueue(new Work(Tag: tag, IsCommit: true, Stop: error));
        Wake();
    }

    void IThreadPoolWorkItem.Execute() => WorkOff();

    protected internal override void OnTimer()
    {
        _work.Enqueue(new Work(GroupInput.Tick.Instance, IsTimer: true));
        Wake();
    }

    /// <summary>Has somebody work the queue off: the present owner, or a pool thread.</summary>
    private void Wake()
    {
        // An owner looks at the queue once more after it has let go. So if one is seen here, it has not looked yet and will see ours.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _busy) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private void WorkOff()
    {
        while (!_work.IsEmpty)
        {
            if (Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
            {
                return;
            }

            try
            {
                WorkOffOwned();
            }
            finally
            {
                Interlocked.Exchange(ref _busy, 0);
            }
        }
    }

    private void WorkOffOwned()
    {
        var taken = 0;
        while (_work.TryDequeue(out var work))
        {
            try
            {
                Do(work);
                if (_machine is not null && (_work.IsEmpty || ++taken % MaxRequestsPerBatch == 0))
                {
                    _writer.Flush();
                    if (_writer.Error != ErrorCode.None)
                    {
                        Stop(ToClients(_writer.Error), null);
                    }
                    else
                    {
                        RewriteWhenLarge();
                    }
                }
            }
            catch (Exception e)
            {
                // What the machine holds now is not what the log says. A restart replays the log.
                Stop(ErrorCode.CoordinatorNotAvailable, e);
            }
        }

        Schedule();
    }

    private void Do(in Work work)
    {
        if (work.Loaded is { } ledger)
        {
            Serve(ledger, work.LoadedBytes);
            if (work.TopicExists is { } exists)
            {
                Reconcile(exists);
            }
        }
        else if (work.IsCommit)
        {
            if (work.Stop != ErrorCode.None)
            {
                Stop(ToClients(work.Stop), null);
                return;
            }

            // The tag is the low half of the sequence; fewer than 2^31 are under way.
            _committed = Math.Max(_committed, _committed + unchecked(work.Tag - (int)_committed));
            Step(new GroupInput.Committed(_committed));
        }
        else if (work.Stop != ErrorCode.None)
        {
            Stop(work.Stop, null, isOrderly: !work.IsFailure);
        }
        else if (work.TopicExists is { } topicExists)
        {
            Reconcile(topicExists);
        }
        else if (work.IsRewritten)
        {
            EndRewrite(work.LoadedBytes);
        }
        else if (_machine is null)
        {
            work.Waiter?.Complete(new GroupReply.Plain(Refusal));
        }
        else
        {
            if (work.IsTimer)
            {
                _scheduledFor = null;
            }

            if (work.Waiter is { } waiter)
            {
                _waiters.Add(work.Request, waiter);
            }

            Step(work.Input!);
        }
    }

    private void Step(GroupInput input)
    {
        if (_machine is null)
        {
            return;
        }

        var now = _clock.Now;
        _machine.Step(input, now, _outbox);
        foreach (var effect in _outbox.Effects)
        {
            switch (effect)
            {
                case GroupEffect.Append append:
                    _writer.Add(append.Sequence, append.Records, now.WallMs);
                    break;
                case GroupEffect.Answer answer:
                    var isWaiting = _waiters.Remove(answer.Request, out var waiter);
                    Ensure.That(isWaiting, "a request is answered once");
                    waiter!.Complete(answer.Reply);
                    break;
            }
        }

        _outbox.Clear();
    }

    private void Stop(ErrorCode error, Exception? cause, bool isOrderly = false)
    {
        if (_isStopped)
        {
            // Nobody takes its place after an orderly end.
            _refusal = isOrderly ? (int)error : _refusal;
            return;
        }

        _isStopped = true;
        var isReplaced = !isOrderly && _whenStopped is not null && !_log.HasEnded;
        if (!isOrderly)
        {
            LogStopped(_logger, cause, _name, error);
        }

        _refusal = (int)(isReplaced ? ErrorCode.CoordinatorLoadInProgress : error);
        _machine = null;
        _wheel.Cancel(this);
        _writer.Dispose();
        _outbox.Clear();
        var reply = new GroupReply.Plain(error);
        foreach (var waiter in _waiters.Values)
        {
            waiter.Complete(reply);
        }

        _waiters.Clear();
        if (isReplaced)
        {
            _whenStopped!(this);
        }
    }

    private void Schedule()
    {
        if (_machine?.Deadline is { } deadline && (_scheduledFor is not { } at || deadline < at))
        {
            _scheduledFor = deadline;
            _wheel.Schedule(this, deadline - _clock.Monotonic);
        }
    }

    /// <summary>What clients are told of a log's error: whatever makes them look for the coordinator again.</summary>
    private static ErrorCode ToClients(ErrorCode error) => error switch
    {
        ErrorCode.KafkaStorageError or ErrorCode.NotLeaderOrFollower => ErrorCode.NotCoordinator,
        _ => ErrorCode.CoordinatorNotAvailable,
    };

    [LoggerMessage(LogLevel.Warning, "{Shard}: stops serving its groups with {Error}")]
    private static partial void LogStopped(ILogger logger, Exception? cause, string shard, ErrorCode error);

    /// <summary>Something in the queue; which parts are set says what.</summary>
    private readonly record struct Work(
        GroupInput? Input = null,
        long Request = 0,
        GroupWaiter? Waiter = null,
        bool IsTimer = false,
        bool IsCommit = false,
        int Tag = 0,
        ErrorCode Stop = ErrorCode.None,
        bool IsFailure = false,
        GroupLedger? Loaded = null,
        long LoadedBytes = 0,
        bool IsRewritten = false,
        Func<TopicKey, bool>? TopicExists = null);
}
