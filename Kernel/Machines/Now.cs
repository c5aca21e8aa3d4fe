namespace Kernel.Machines;

/// <summary>A point on a clock that never goes back. Only differences mean anything; it does not survive a restart.</summary>
/// <param name="Ticks">100 ns units since an arbitrary start.</param>
public readonly record struct Instant(long Ticks) : IComparable<Instant>
{
    public int CompareTo(Instant other) => Ticks.CompareTo(other.Ticks);

    /// <summary>Saturates: with a span without an end it is a time that never comes.</summary>
    public static Instant operator +(Instant at, TimeSpan span) =>
        new(span.Ticks > long.MaxValue - Math.Max(0, at.Ticks) ? long.MaxValue : at.Ticks + span.Ticks);

    public static TimeSpan operator -(Instant later, Instant earlier) => new(later.Ticks - earlier.Ticks);
    public static bool operator <(Instant a, Instant b) => a.Ticks < b.Ticks;
    public static bool operator >(Instant a, Instant b) => a.Ticks > b.Ticks;
    public static bool operator <=(Instant a, Instant b) => a.Ticks <= b.Ticks;
    public static bool operator >=(Instant a, Instant b) => a.Ticks >= b.Ticks;
}

/// <summary>The time of one step, read once by the host: machines never ask for it.</summary>
/// <param name="Monotonic">For timeouts and leases.</param>
/// <param name="WallMs">Milliseconds since the Unix epoch, for what people and records see. It may jump.</param>
public readonly record struct Now(Instant Monotonic, long WallMs);
