namespace Protocol.Transport.Loops;

/// <summary>Something that a loop calls when its time has come. Scheduling it again moves it. Only the loop's thread may touch it.</summary>
internal sealed class LoopTimer(Action fire)
{
    /// <summary>Never: the timer is not scheduled.</summary>
    internal const long Idle = long.MaxValue;

    /// <summary>When it is due, on the clock of <see cref="Environment.TickCount64"/>.</summary>
    internal long DueMs { get; set; } = Idle;

    internal void Fire() => fire();
}

/// <summary>The timers of one loop: a heap, in which a timer that was moved leaves its old entry behind until that is due.</summary>
internal sealed class LoopTimers
{
    private readonly PriorityQueue<LoopTimer, long> _heap = new();

    /// <summary>Calls the timer not before the delay has passed.</summary>
    public void Schedule(LoopTimer timer, TimeSpan delay)
    {
        // Rounded up, and one more because the present millisecond has already begun.
        var delayMs = (long)Math.Min(int.MaxValue, Math.Ceiling(Math.Max(0, delay.TotalMilliseconds)));
        timer.DueMs = Environment.TickCount64 + delayMs + 1;
        _heap.Enqueue(timer, timer.DueMs);
    }

    /// <summary>It is not called, and what it calls is not held any longer. Takes time with the number of timers.</summary>
    public void Cancel(LoopTimer timer)
    {
        timer.DueMs = LoopTimer.Idle;
        while (_heap.Remove(timer, out _, out _))
        {
        }
    }

    /// <summary>How long the loop may sleep; -1 for ever.</summary>
    public int SleepMs()
    {
        while (_heap.TryPeek(out var timer, out var dueMs))
        {
            if (timer.DueMs == dueMs)
            {
                return (int)Math.Clamp(dueMs - Environment.TickCount64, 0, int.MaxValue);
            }

            _heap.Dequeue();
        }

        return -1;
    }

    public void FireDue()
    {
        while (_heap.TryPeek(out var timer, out var dueMs) && dueMs <= Environment.TickCount64)
        {
            _heap.Dequeue();
            if (timer.DueMs == dueMs)
            {
                timer.DueMs = LoopTimer.Idle;
                timer.Fire();
            }
        }
    }
}
