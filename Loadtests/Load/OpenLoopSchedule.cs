namespace Loadtests.Load;

/// <summary>
/// When records fall due at a fixed rate, whatever the system under test does. Latency counts from the due time, not from when the
/// generator got round to sending: a stall is charged to every record that it delayed (coordinated omission). Pure.
/// </summary>
/// <param name="RatePerSecond">Records per second, above 0.</param>
public readonly record struct OpenLoopSchedule(double RatePerSecond)
{
    /// <summary>
    /// Records leave in step with this tick, as a producer's linger has them leave: one batch for all that fell due in it. What falls due while a
    /// batch is being sent would otherwise follow at once as a batch of two or three, each with its own request and its own flush to the disk.
    /// </summary>
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    /// <summary>The due time of record number <paramref name="index"/> (from 0), in ticks of 100 ns after the start.</summary>
    public long DueTicks(long index) => (long)(index / RatePerSecond * TimeSpan.TicksPerSecond);

    /// <summary>How many records are due at <paramref name="elapsedTicks"/> after the start.</summary>
    public long DueBy(long elapsedTicks) => elapsedTicks < 0 ? 0 : (long)(elapsedTicks / (double)TimeSpan.TicksPerSecond * RatePerSecond) + 1;

    /// <summary>How many records were due at the last whole tick at or before <paramref name="elapsedTicks"/> after the start.</summary>
    public long DueByTick(long elapsedTicks) => DueBy(elapsedTicks < 0 ? elapsedTicks : elapsedTicks - (elapsedTicks % Tick.Ticks));
}
