using System.Diagnostics;
using Kernel.Machines;
using Xunit;

namespace Tests.Fuzz;

/// <summary>
/// Runs a target with ever new chances for a while: FUZZ_SECONDS for each target, 2 unless set. The seed of a run is printed, that of a failure is
/// in its message; SEED begins with it again.
/// </summary>
internal static class FuzzRun
{
    private const double DefaultSeconds = 2;

    /// <summary>Calls the target until the time is over, at least once.</summary>
    /// <param name="maxAllocated">What one call may allocate at most in bytes, given the bytes that it was fed.</param>
    /// <param name="target">Feeds random bytes to something; returns how many. What it throws is a finding.</param>
    public static void Repeat(Func<int, long> maxAllocated, Func<Prng, int> target)
    {
        var seconds = double.TryParse(Environment.GetEnvironmentVariable("FUZZ_SECONDS"), out var given) ? given : DefaultSeconds;
        var seed = ulong.TryParse(Environment.GetEnvironmentVariable("SEED"), out var chosen) ? chosen : (ulong)Random.Shared.NextInt64();
        TestContext.Current.TestOutputHelper?.WriteLine($"SEED={seed}");
        var clock = Stopwatch.StartNew();
        long runs = 0;
        do
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            int fed;
            try
            {
                fed = target(new Prng(seed));
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"SEED={seed} finds it at once: {e.Message}", e);
            }

            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated <= maxAllocated(fed), $"SEED={seed}: {allocated} bytes were allocated for {fed}");
            seed++;
            runs++;
        }
        while (clock.Elapsed.TotalSeconds < seconds);

        TestContext.Current.TestOutputHelper?.WriteLine($"{runs} runs");
    }
}
