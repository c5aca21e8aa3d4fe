using System.Threading.Tasks.Sources;
using Protocol.Transport;

namespace Broker.Node.Waiting;

/// <summary>
/// A request under way whose answer may come later: one object that is the request's state, its timer, its work item and what the
/// transport awaits, made once and used again. Whoever may still call it holds it; when the last hold is released it is recycled, so a
/// commit or a timer that comes late never meets another request.
/// </summary>
public abstract class AnswerSource : WheelTimer, IThreadPoolWorkItem, IValueTaskSource<Answer>
{
    private ManualResetValueTaskSourceCore<Answer> _core;
    private TimingWheel? _wheel;
    private int _holds;

    /// <summary>Completes the request. On a pool thread, so that whoever woke it (a flusher, the timing wheel, a producer) goes on with its own work.</summary>
    public abstract void Execute();

    Answer IValueTaskSource<Answer>.GetResult(short token)
    {
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            Release();
        }
    }

    ValueTaskSourceStatus IValueTaskSource<Answer>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<Answer>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    protected internal sealed override void OnTimer()
    {
        OnTimeout();
        Release();
    }

    /// <summary>The time of <see cref="StartTimer"/> is over. It must not block.</summary>
    protected abstract void OnTimeout();

    /// <summary>Forgets the request and goes back to where it came from. Nobody holds it.</summary>
    protected abstract void Recycle();

    /// <summary>Begins a request, with one hold for whoever awaits the answer.</summary>
    protected void Begin() => _holds = 1;

    /// <summary>Somebody more may call it.</summary>
    protected void Hold() => Interlocked.Increment(ref _holds);

    /// <summary>Somebody will not call it any more.</summary>
    protected void Release()
    {
        if (Interlocked.Decrement(ref _holds) == 0)
        {
            _core.Reset();
            _wheel = null;
            Recycle();
        }
    }

    /// <summary>Calls <see cref="OnTimeout"/> after the delay, unless it is stopped.</summary>
    protected void StartTimer(TimingWheel wheel, TimeSpan delay)
    {
        _wheel = wheel;
        Hold();
        wheel.Schedule(this, delay);
    }

    /// <summary>Stops the timer if it was started; it may be firing just now.</summary>
    protected void StopTimer()
    {
        if (_wheel is not null && _wheel.Cancel(this))
        {
            Release();
        }
    }

    /// <summary>What the transport awaits when the answer comes later.</summary>
    protected ValueTask<Answer> Later() => new(this, _core.Version);

    /// <summary>Gives the answer, once; the awaiter goes on within the call.</summary>
    protected void Deliver(Answer answer) => _core.SetResult(answer);

    /// <summary>Fails the request, once: the transport closes the connection.</summary>
    protected void Fail(Exception cause) => _core.SetException(cause);
}
