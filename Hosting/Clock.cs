using Kernel.Machines;

namespace Hosting;

/// <summary>The only bridge from <see cref="TimeProvider"/> to the time that machines are given.</summary>
public sealed class Clock(TimeProvider provider)
{
    private readonly double _ticksPerStamp = (double)TimeSpan.TicksPerSecond / provider.TimestampFrequency;

    /// <summary>The machine's own clock.</summary>
    public static Clock System { get; } = new(TimeProvider.System);

    /// <summary>The provider, for delays.</summary>
    public TimeProvider Provider => provider;

    /// <summary>Both clocks, read now.</summary>
    public Now Now => new(Monotonic, WallMs);

    /// <summary>The monotonic clock.</summary>
    public Instant Monotonic => new((long)(provider.GetTimestamp() * _ticksPerStamp));

    /// <summary>Milliseconds since the Unix epoch.</summary>
    public long WallMs => provider.GetUtcNow().ToUnixTimeMilliseconds();
}
