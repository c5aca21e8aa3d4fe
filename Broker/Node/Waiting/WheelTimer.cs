namespace Broker.Node.Waiting;

/// <summary>
/// Something that a <see cref="TimingWheel"/> calls when its time has come. It is its own list node, so that scheduling and cancelling
/// allocate nothing. One wheel at a time; it may be scheduled again after it ran or was cancelled.
/// </summary>
public abstract class WheelTimer
{
    internal WheelTimer? Next;
    internal WheelTimer? Previous;
    internal long DeadlineTick;

    /// <summary>Index of the slot that holds the timer, over all levels; -1 when it is not scheduled. Guarded by the wheel's lock.</summary>
    internal int Slot = -1;

    /// <summary>The time has come. Called without the wheel's lock on a pool thread; it must not block, because other timers wait behind it.</summary>
    protected internal abstract void OnTimer();
}
