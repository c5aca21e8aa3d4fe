using System.Numerics;
using Hosting;
using Kernel.Machines;

namespace Broker.Node.Waiting;

/// <summary>
/// All timeouts of the node: a hierarchical timing wheel of 1 ms ticks. Scheduling and cancelling are O(1) and allocate nothing; between
/// deadlines it sleeps (one system timer, armed for the earliest occupied slot), so an idle node costs no CPU. A timer never fires early;
/// it may fire late by a tick and by what the callbacks before it take. Safe for several threads.
/// </summary>
public sealed class TimingWheel : IDisposable
{
    private const int Levels = 6;
    private const int SlotBits = 6;
    private const int SlotsPerLevel = 1 << SlotBits;

    // Six levels of 64 slots reach 2^36 ms; half of it (a year) leaves room for a wheel whose position lags behind the clock.
    private const long MaxDelayTicks = 1L << ((Levels * SlotBits) - 1);

    private readonly Lock _lock = new();
    private readonly Clock _clock;
    private readonly long _startTicks;
    private readonly ITimer _systemTimer;
    private readonly WheelTimer?[] _slots = new WheelTimer?[Levels * SlotsPerLevel];
    private readonly ulong[] _occupied = new ulong[Levels];
    private readonly List<WheelTimer> _due = [];
    private long _tick;
    private long _armedTick = long.MaxValue;
    private int _count;
    private bool _firing;
    private bool _disposed;

    public TimingWheel(Clock clock)
    {
        _clock = clock;
        _startTicks = clock.Monotonic.Ticks;
        _systemTimer = clock.Provider.CreateTimer(static wheel => ((TimingWheel)wheel!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Timers that are waiting.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Calls the timer after at least <paramref name="delay"/> (not positive: as soon as possible; over a year: after a year). A timer that is waiting is moved.</summary>
    public void Schedule(WheelTimer timer, TimeSpan delay)
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            if (timer.Slot >= 0)
            {
                Unlink(timer);
            }

            if (_count == 0 && !_firing)
            {
                _tick = CurrentTick();
            }

            // Rounded up, and one more because the present tick has already begun: never early.
            var bounded = Math.Clamp(delay.Ticks, 0, MaxDelayTicks * TimeSpan.TicksPerMillisecond);
            var delayTicks = (bounded + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond;
            timer.DeadlineTick = CurrentTick() + delayTicks + 1;
            Link(timer);
            if (!_firing)
            {
                Arm();
            }
        }
    }

    /// <summary>Calls the action after at least <paramref name="delay"/>; the returned timer can be cancelled.</summary>
    public WheelTimer Schedule(TimeSpan delay, Action action)
    {
        var timer = new ActionTimer(action);
        Schedule(timer, delay);
        return timer;
    }

    /// <summary>True when the timer was waiting and will not be called any more; false when it has been or is just being called, or never was scheduled.</summary>
    public bool Cancel(WheelTimer timer)
    {
        lock (_lock)
        {
            if (timer.Slot < 0)
            {
                return false;
            }

            Unlink(timer);
            return true;
        }
    }

    /// <summary>Stops. Timers that wait are never called.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
        }

        _systemTimer.Dispose();
    }

    private long CurrentTick() => (_clock.Monotonic.Ticks - _startTicks) / TimeSpan.TicksPerMillisecond;

    private void Fire()
    {
        lock (_lock)
        {
            if (_firing || _disposed)
            {
                return;
            }

            _firing = true;
            _armedTick = long.MaxValue;
        }

        while (true)
        {
            lock (_lock)
            {
                _due.Clear();
                CollectDue(CurrentTick());
                if (_due.Count == 0)
                {
                    _firing = false;
                    Arm();
                    return;
                }
            }

            foreach (var timer in _due)
            {
                timer.OnTimer();
            }
        }
    }

    /// <summary>Moves the wheel to <paramref name="now"/>, slot by occupied slot, and takes out what is due.</summary>
    private void CollectDue(long now)
    {
        while (_count > 0)
        {
            var (level, slot, start) = NextOccupied();
            if (start > now)
            {
                break;
            }

            _tick = Math.Max(_tick, start);
            var timer = TakeSlot(level, slot);
            while (timer is not null)
            {
                var next = timer.Next;
                timer.Next = timer.Previous = null;
                timer.Slot = -1;
                _count--;
                if (timer.DeadlineTick <= now)
                {
                    _due.Add(timer);
                }
                else
                {
                    Link(timer);
                }

                timer = next;
            }
        }

        _tick = Math.Max(_tick, now);
    }

    private WheelTimer? TakeSlot(int level, int slot)
    {
        var index = (level << SlotBits) + slot;
        var head = _slots[index];
        _slots[index] = null;
        _occupied[level] &= ~(1UL << slot);
        return head;
    }

    /// <summary>The occupied slot whose time begins first, and that time.</summary>
    private (int Level, int Slot, long StartTick) NextOccupied()
    {
        var best = (Level: -1, Slot: 0, StartTick: long.MaxValue);
        for (var level = 0; level < Levels; level++)
        {
            if (_occupied[level] == 0)
            {
                continue;
            }

            // Slots are looked at in the order of time: from the wheel's present position on, once around.
            var shift = level * SlotBits;
            var position = (int)((_tick >> shift) & (SlotsPerLevel - 1));
            var ahead = BitOperations.TrailingZeroCount(BitOperations.RotateRight(_occupied[level], position));
            var start = ((_tick >> shift) + ahead) << shift;
            if (start < best.StartTick)
            {
                best = (level, (position + ahead) & (SlotsPerLevel - 1), start);
            }
        }

        return best;
    }

    private void Link(WheelTimer timer)
    {
        // A timer lies on the lowest level whose one turn, from the present position, reaches its deadline.
        var at = Math.Max(_tick, timer.DeadlineTick);
        var level = 0;
        while (level < Levels - 1 && (at >> (level * SlotBits)) - (_tick >> (level * SlotBits)) >= SlotsPerLevel)
        {
            level++;
        }

        var slot = (int)((at >> (level * SlotBits)) & (SlotsPerLevel - 1));
        var index = (level << SlotBits) + slot;
        timer.Slot = index;
        timer.Previous = null;
        timer.Next = _slots[index];
        if (timer.Next is { } head)
        {
            head.Previous = timer;
        }

        _slots[index] = timer;
        _occupied[level] |= 1UL << slot;
        _count++;
    }

    private void Unlink(WheelTimer timer)
    {
        var index = timer.Slot;
        if (timer.Previous is { } previous)
        {
            previous.Next = timer.Next;
        }
        else
        {
            _slots[index] = timer.Next;
            if (timer.Next is null)
            {
                _occupied[index >> SlotBits] &= ~(1UL << (index & (SlotsPerLevel - 1)));
            }
        }

        if (timer.Next is { } next)
        {
            next.Previous = timer.Previous;
        }

        timer.Next = timer.Previous = null;
        timer.Slot = -1;
        _count--;
    }

    /// <summary>
    /// Arms the system timer for the earliest slot, if it is not armed for that time or an earlier one: a wake-up too many finds nothing
    /// due and sleeps again, which is cheaper than disarming at each cancel.
    /// </summary>
    private void Arm()
    {
        if (_count == 0 || _disposed)
        {
            return;
        }

        var start = NextOccupied().StartTick;
        if (start >= _armedTick)
        {
            return;
        }

        _armedTick = start;
        var dueMs = Math.Max(0, start - CurrentTick());
        _systemTimer.Change(TimeSpan.FromMilliseconds(Math.Min(dueMs, int.MaxValue - 1)), Timeout.InfiniteTimeSpan);
    }

    private sealed class ActionTimer(Action action) : WheelTimer
    {
        protected internal override void OnTimer() => action();
    }
}
