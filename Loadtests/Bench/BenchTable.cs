using System.Globalization;
using Loadtests.Load;
using Loadtests.Measure;

namespace Loadtests.Bench;

/// <summary>The table of one run, filled as the run goes on.</summary>
internal sealed class BenchTable(BenchOptions options)
{
    private const string NoValue = "–";
    private readonly List<string[]> _rows = [];
    private readonly List<string> _notes = [];
    private FlatOutResult? _direct;
    private double _directRead;
    private double _directOpen;

    public bool Failed { get; private set; }

    public void Produce(string name, FlatOutResult result, double cpuPerGigabyte, long residentBytes)
    {
        _direct ??= result;
        Failed |= result.Failed > 0;
        _rows.Add([name, "produce, flat out", $"{result.RecordsPerSecond:F0}", $"{result.MegabytesPerSecond:F1}", Ms(result.Ack, 50), Ms(result.Ack, 99), Ms(result.Ack, 99.9),
            NoValue, NoValue, NoValue, $"{cpuPerGigabyte:F2}", Ratio(result.MegabytesPerSecond / _direct.MegabytesPerSecond)]);
        _notes.Add($"{name}: resident {residentBytes / 1e6:F0} MB after producing");
    }

    public void Consume(string name, double megabytesPerSecond, double cpuPerGigabyte)
    {
        _directRead = _directRead == 0 ? megabytesPerSecond : _directRead;
        _rows.Add([name, "consume, flat out", $"{megabytesPerSecond * 1e6 / options.ValueBytes:F0}", $"{megabytesPerSecond:F1}", NoValue, NoValue, NoValue, NoValue, NoValue, NoValue,
            $"{cpuPerGigabyte:F2}", Ratio(megabytesPerSecond / _directRead)]);
    }

    /// <summary>The row of a place: the median of its rounds, figure by figure.</summary>
    public void OpenLoop(string name, double rate, IReadOnlyList<OpenLoopResult> rounds)
    {
        Failed |= rounds.Any(r => r.Failed > 0 || r.Read < r.Acknowledged);
        string Of(Func<OpenLoopResult, LatencyRecorder> latency, double percentile) => Ms(Median.Of(rounds.Select(r => latency(r).Millis(percentile))));
        var endToEnd = Median.Of(rounds.Select(r => r.EndToEnd.Millis(99)));
        _directOpen = _directOpen == 0 ? endToEnd : _directOpen;
        _rows.Add([name, $"open loop at {rate:F0}/s", $"{rate:F0}", $"{rate * options.ValueBytes / 1e6:F1}", Of(r => r.Ack, 50), Of(r => r.Ack, 99), Of(r => r.Ack, 99.9),
            Of(r => r.EndToEnd, 50), Of(r => r.EndToEnd, 99), Of(r => r.EndToEnd, 99.9), NoValue, Ratio(endToEnd / _directOpen)]);
        _notes.Add($"{name}: {rounds.Sum(r => r.Sent)} sent, {rounds.Sum(r => r.Acknowledged)} acknowledged, {rounds.Sum(r => r.Read)} read, {rounds.Sum(r => r.Failed)} failed; "
            + $"the generator itself was late by p99 {Median.Of(rounds.Select(r => r.SenderLag.Millis(99))):F2} ms");
    }

    /// <summary>What a place adds to another, round by round: the two ran one after the other.</summary>
    public void Pairs(string name, IReadOnlyList<OpenLoopResult> rounds, IReadOnlyList<OpenLoopResult> direct)
    {
        string Added(string what, Func<OpenLoopResult, LatencyRecorder> latency)
        {
            var added = rounds.Zip(direct, (r, d) => latency(r).Millis(99) - latency(d).Millis(99)).ToList();
            return $"{what} {string.Join(", ", added.Select(a => $"{a:+0.00;-0.00}"))} (median {Median.Of(added):+0.00;-0.00})";
        }

        _notes.Add($"{name} adds to p99, round by round, in ms: {Added("ack", r => r.Ack)}; {Added("end to end", r => r.EndToEnd)}");
    }

    public void Note(string text) => _notes.Add(text);

    public void Print(TextWriter writer)
    {
        writer.WriteLine($"{options.ValueBytes} B values, {options.Partitions} partitions, acks=all, idempotent, flush {options.Flush}; {Environment.ProcessorCount} processors shared by servers and clients; times in ms");
        writer.WriteLine();
        writer.WriteLine("| place | load | records/s | MB/s | ack p50 | ack p99 | ack p99.9 | end to end p50 | p99 | p99.9 | server CPU s/GB | ratio to direct |");
        writer.WriteLine("|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        _rows.ForEach(row => writer.WriteLine($"| {string.Join(" | ", row)} |"));
        writer.WriteLine();
        _notes.ForEach(note => writer.WriteLine($"- {note}"));
    }

    private static string Ms(LatencyRecorder latency, double percentile) => Ms(latency.Millis(percentile));

    private static string Ms(double milliseconds) => milliseconds.ToString("F2", CultureInfo.InvariantCulture);

    private static string Ratio(double ratio) => ratio.ToString("F2", CultureInfo.InvariantCulture);
}
