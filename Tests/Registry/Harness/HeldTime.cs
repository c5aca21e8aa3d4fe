namespace Tests.Registry.Harness;

/// <summary>The system's clock, with timers that end when a test says so. Thread-safe.</summary>
internal sealed class HeldTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<HeldTimer> _timers = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new HeldTimer(callback, state, dueTime);
        lock (_gate)
        {
            _timers.Add(timer);
        }

        return timer;
    }

    /// <summary>Ends the timers that run for so long.</summary>
    public void End(TimeSpan dueTime)
    {
        HeldTimer[] due;
        lock (_gate)
        {
            due = [.. _timers.Where(timer => timer.DueTime == dueTime)];
            _timers.RemoveAll(timer => timer.DueTime == dueTime);
        }

        Array.ForEach(due, timer => timer.Fire());
    }

    private sealed class HeldTimer(TimerCallback callback, object? state, TimeSpan dueTime) : ITimer
    {
        private volatile bool _isDisposed;

        public TimeSpan DueTime => dueTime;

        public void Fire()
        {
            if (!_isDisposed)
            {
                callback(state);
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() => _isDisposed = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
