using Kernel.Machines;

namespace Federation.Core.Mirroring;

/// <summary>How long to wait after the n-th failure in a row: doubling from the shortest to the longest wait, the upper half of it by chance.</summary>
public static class Backoff
{
    // 2^20 times the shortest wait is above any longest one.
    private const int MaxDoublings = 20;

    /// <param name="failures">Failures in a row, 1 or above.</param>
    /// <returns>Between half of the wait and the whole wait, never above <paramref name="longest"/>.</returns>
    public static TimeSpan After(int failures, TimeSpan shortest, TimeSpan longest, Prng prng)
    {
        var doublings = Math.Clamp(failures - 1, 0, MaxDoublings);
        var wait = Math.Min(longest.Ticks, shortest.Ticks * (double)(1L << doublings));
        return new TimeSpan((long)(wait * (0.5 + (prng.NextDouble() / 2))));
    }
}
