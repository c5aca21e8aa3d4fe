namespace Loadtests.Measure;

/// <summary>The middle of some figures; the mean of the two middle ones when they are even in number. Pure.</summary>
internal static class Median
{
    /// <summary>Throws <see cref="ArgumentOutOfRangeException"/> for no figures.</summary>
    public static double Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
