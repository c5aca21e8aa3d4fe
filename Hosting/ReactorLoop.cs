using Kernel.Machines;

namespace Hosting;

/// <summary>
/// Owns one reactor: steps it, performs its effects in order, wakes it at its deadline. There is no thread of its own: whoever posts an input runs
/// the machine, unless somebody is at it already, who then takes that input too. Between calls it holds inputs that nobody has taken yet.
/// </summary>
/// <param name="deadlineReached">The input that means "your deadline has come".</param>
/// <param name="perform">Performs one effect. It must not block; it may post.</param>
/// <param name="dropped">Told of inputs that come after the end, for what they own; null: they own nothing.</param>
/// <param name="failed">The machine or an effect threw: the loop has stopped, because its state can no longer be trusted.</param>
public sealed class ReactorLoop<TInput, TEffect>(
    IReactor<TInput, TEffect> machine, Clock clock, TInput deadlineReached, Action<TEffect> perform, Action<TInput>? dropped, Action<Exception> failed) : IDisposable
{
    private readonly Lock _inboxGate = new();
    private readonly Lock _machineGate = new();
    private readonly Queue<TInput> _inbox = new();
    private readonly Outbox<TEffect> _outbox = new();
    private ITimer? _timer;
    private Instant? _armedFor;
    private bool _isStepping;
    private bool _isClosed;

    /// <summary>Raised after inputs were taken and their effects performed, on the thread that did it. It must not block or throw.</summary>
    public event Action? Stepped;

    /// <summary>Gives the machine an input. It has been taken when the call returns, or will be by the thread that is at it.</summary>
    public void Post(TInput input)
    {
        lock (_inboxGate)
        {
            if (!_isClosed)
            {
                _inbox.Enqueue(input);
                if (_isStepping)
                {
                    return;
                }

                _isStepping = true;
            }
            else
            {
                dropped?.Invoke(input);
                return;
            }
        }

        Drain();
    }

    /// <summary>Looks at the machine between two steps.</summary>
    public T Read<T>(Func<T> read)
    {
        lock (_machineGate)
        {
            return read();
        }
    }

    /// <summary>Ends it: what is under way is finished, what comes later is dropped.</summary>
    public void Dispose()
    {
        lock (_inboxGate)
        {
            _isClosed = true;
            while (_inbox.TryDequeue(out var input))
            {
                dropped?.Invoke(input);
            }

            _timer?.Dispose();
            _timer = null;
        }
    }

    private void Drain()
    {
        try
        {
            while (true)
            {
                TInput input;
                lock (_inboxGate)
                {
                    if (!_inbox.TryDequeue(out input!))
                    {
                        // Armed before the next thread may step, so that two never arm at once.
                        Arm(machine.Deadline);
                        _isStepping = false;
                        break;
                    }
                }

                lock (_machineGate)
                {
                    machine.Step(input, clock.Now, _outbox);
                }

                foreach (var effect in _outbox.Effects)
                {
                    perform(effect);
                }

                _outbox.Clear();
            }
        }
        catch (Exception e)
        {
            Dispose();
            failed(e);
            return;
        }

        Stepped?.Invoke();
    }

    // A deadline that moves away leaves the timer as it is: it fires early and is set anew, which is rarer than the deadline's moves.
    private void Arm(Instant? deadline)
    {
        if (_isClosed || deadline is not { } at || at >= _armedFor)
        {
            return;
        }

        _armedFor = at;
        var wait = at - clock.Monotonic;
        wait = wait < TimeSpan.Zero ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Ceiling(Math.Min(wait.TotalMilliseconds, int.MaxValue)));
        _timer ??= clock.Provider.CreateTimer(static loop => ((ReactorLoop<TInput, TEffect>)loop!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private void Fire()
    {
        lock (_inboxGate)
        {
            _armedFor = null;
        }

        Post(deadlineReached);
    }
}
