namespace Loadtests.Load;

/// <summary>
/// When records fall due at a fixed rate, whatever the system under test does. Latency counts from the due time, not from when the
/// generator got round to sending: a stall is charged to every record that it delayed (coordinated omission). Pure.
/// </summary>
/// <param name="RatePerSecond">Records per second, above 0.</param>
public readonly record struct OpenLoopSchedule(double RatePerSecond)
{
    /// <summary>The due time of record number <paramref name="index"/> (from 0), in ticks of 100 ns after the start.</summary>
    public long DueTicks(long index) => (long)(index / RatePerSecond * TimeSpan.TicksPerSecond);

    /// <summary>How many records are due at <paramref name="elapsedTicks"/> after the start.</summary>
    public long DueBy(long elapsedTicks) => elapsedTicks < 0 ? 0 : (long)(elapsedTicks / (double)TimeSpan.TicksPerSecond * RatePerSecond) + 1;
}
