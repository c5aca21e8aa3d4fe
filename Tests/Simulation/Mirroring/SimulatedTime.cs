using Kernel.Machines;

namespace Tests.Simulation.Mirroring;

/// <summary>Virtual time and what happens in it. One seed gives one history.</summary>
internal sealed class SimulatedTime
{
    private readonly PriorityQueue<Action, (long Ticks, long Order)> _events = new();
    private long _order;

    public long Ticks { get; private set; }

    public Now Now => new(new Instant(Ticks), 1_700_000_000_000 + (Ticks / TimeSpan.TicksPerMillisecond));

    public void After(TimeSpan delay, Action action) => _events.Enqueue(action, (Ticks + Math.Max(0, delay.Ticks), _order++));

    public void At(Instant at, Action action) => _events.Enqueue(action, (Math.Max(Ticks, at.Ticks), _order++));

    /// <summary>Runs what happens up to the given time from now.</summary>
    public void Run(TimeSpan span)
    {
        var until = Ticks + span.Ticks;
        while (_events.TryPeek(out _, out var at) && at.Ticks <= until)
        {
            Ticks = at.Ticks;
            _events.Dequeue()();
        }

        Ticks = until;
    }
}

/// <summary>Steps a machine, performs its effects and wakes it at its deadline.</summary>
internal sealed class SimulatedReactor<TInput, TEffect>(IReactor<TInput, TEffect> machine, SimulatedTime time, TInput deadlineReached, Action<TEffect> perform)
{
    private readonly Queue<TInput> _inputs = new();
    private readonly Outbox<TEffect> _outbox = new();
    private bool _isStepping;
    private long _armed = long.MaxValue;

    /// <summary>The process is dead: nothing reaches it and nothing leaves it.</summary>
    public bool IsDead { get; set; }

    public void Post(TInput input)
    {
        if (IsDead)
        {
            return;
        }

        _inputs.Enqueue(input);
        if (_isStepping)
        {
            return;
        }

        _isStepping = true;
        while (_inputs.TryDequeue(out var next))
        {
            machine.Step(next, time.Now, _outbox);
            foreach (var effect in _outbox.Effects)
            {
                perform(effect);
            }

            _outbox.Clear();
        }

        _isStepping = false;
        Arm();
    }

    private void Arm()
    {
        if (machine.Deadline is { } deadline && deadline.Ticks < _armed)
        {
            var at = _armed = Math.Max(deadline.Ticks, time.Ticks + 1);
            time.At(new Instant(at), () =>
            {
                if (_armed == at && !IsDead)
                {
                    _armed = long.MaxValue;
                    if (machine.Deadline is { } due && due.Ticks <= time.Ticks)
                    {
                        Post(deadlineReached);
                    }

                    Arm();
                }
            });
        }
    }
}
