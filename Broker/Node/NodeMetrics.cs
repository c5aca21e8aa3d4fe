using System.Diagnostics;
using System.Globalization;
using Protocol.Wire;

namespace Broker.Node;

/// <summary>What the node counts of its requests. Any thread adds; numbers read together may be a request apart.</summary>
public sealed class NodeMetrics
{
    // Public keys are below 128; the two private ones share the slot behind them.
    private const int PrivateSlot = 128;

    private readonly long[] _requests = new long[PrivateSlot + 1];
    private readonly long[] _elapsed = new long[PrivateSlot + 1];
    private long _refused;

    /// <summary>Frames that could not be read or are not served, and requests that failed: their connections were closed.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>A moment, for <see cref="Answered"/>.</summary>
    public static long Now => Stopwatch.GetTimestamp();

    /// <summary>Counts a request that has been answered.</summary>
    /// <param name="since"><see cref="Now"/> when it arrived.</param>
    public void Answered(ApiKey key, long since)
    {
        var slot = SlotOf(key);
        Interlocked.Increment(ref _requests[slot]);
        Interlocked.Add(ref _elapsed[slot], Stopwatch.GetTimestamp() - since);
    }

    /// <summary>Counts a connection that is closed for what it sent.</summary>
    public void CountRefused() => Interlocked.Increment(ref _refused);

    /// <summary>Requests answered of an API.</summary>
    public long RequestsOf(ApiKey key) => Volatile.Read(ref _requests[SlotOf(key)]);

    /// <summary>Writes the counters in Prometheus' text format.</summary>
    /// <param name="labels">Put into every metric, as `region="eu"`; empty for none.</param>
    public void Write(TextWriter writer, string labels)
    {
        var prefix = labels.Length == 0 ? "" : labels + ",";
        writer.Write("# TYPE broker_request_seconds summary\n");
        for (var slot = 0; slot <= PrivateSlot; slot++)
        {
            var count = Volatile.Read(ref _requests[slot]);
            if (count > 0)
            {
                var api = slot == PrivateSlot ? "Private" : ((ApiKey)slot).ToString();
                var seconds = (double)Volatile.Read(ref _elapsed[slot]) / Stopwatch.Frequency;
                writer.Write($"broker_request_seconds_count{{{prefix}api=\"{api}\"}} {count.ToString(CultureInfo.InvariantCulture)}\n");
                writer.Write($"broker_request_seconds_sum{{{prefix}api=\"{api}\"}} {seconds.ToString("F6", CultureInfo.InvariantCulture)}\n");
            }
        }

        Write(writer, labels, "broker_connections_refused_total", "counter", Refused);
    }

    /// <summary>Writes one number.</summary>
    public static void Write(TextWriter writer, string labels, string name, string type, long value)
    {
        writer.Write($"# TYPE {name} {type}\n");
        var number = value.ToString(CultureInfo.InvariantCulture);
        writer.Write(labels.Length == 0 ? $"{name} {number}\n" : $"{name}{{{labels}}} {number}\n");
    }

    private static int SlotOf(ApiKey key) => (short)key is >= 0 and < PrivateSlot ? (int)key : PrivateSlot;
}
