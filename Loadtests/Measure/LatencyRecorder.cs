using HdrHistogram;

namespace Loadtests.Measure;

/// <summary>Latencies in microseconds up to a minute, three significant digits. Safe for several threads.</summary>
public sealed class LatencyRecorder
{
    private static readonly long MaxMicros = 60_000_000;
    private readonly LongConcurrentHistogram _histogram = new(1, MaxMicros, 3);

    /// <summary>Adds one latency; negative ones count as zero, longer ones than a minute as a minute.</summary>
    public void Record(TimeSpan latency) => _histogram.RecordValue(Math.Clamp((long)latency.TotalMicroseconds, 1, MaxMicros));

    public long Count => _histogram.TotalCount;

    /// <summary>The latency at a percentile (0 to 100), in milliseconds; NaN without values.</summary>
    public double Millis(double percentile) => Count == 0 ? double.NaN : _histogram.GetValueAtPercentile(percentile) / 1000.0;
}
