using System.Diagnostics;

namespace Federation.Cli.Schemas;

/// <summary>Says on standard error how far long work is, once a second. Any thread may count.</summary>
internal sealed class ProgressLine(TextWriter to, string what, int total)
{
    private readonly Lock _lock = new();
    private long _said = Stopwatch.GetTimestamp();
    private int _done;

    public void Count()
    {
        var done = Interlocked.Increment(ref _done);
        lock (_lock)
        {
            if (Stopwatch.GetElapsedTime(_said) >= TimeSpan.FromSeconds(1))
            {
                _said = Stopwatch.GetTimestamp();
                to.WriteLine($"fed: {what}: {done} of {total}");
            }
        }
    }
}
