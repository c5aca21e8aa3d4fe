using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Loadtests.Load;
using Loadtests.Measure;

namespace Loadtests.Bench;

/// <summary>
/// `bench`: the broker directly, the same through the gateway, and the mirror, in one run, as ratios. Flat out first, then an open
/// loop at the same rate in each place. Prints one Markdown table; progress goes to standard error.
/// </summary>
internal static class BenchCommand
{
    private const int OwnPortOffset = 7_000;
    private const string NoValue = "–";

    public static async Task<int> RunAsync(BenchOptions options)
    {
        await using var own = options.Direct is null ? await StartOwnAsync(options).ConfigureAwait(false) : null;
        if (own is not null)
        {
            options = options with
            {
                Direct = $"127.0.0.1:{19092 + OwnPortOffset}",
                Gateway = $"127.0.0.1:{9092 + OwnPortOffset}",
                Mirror = $"127.0.0.1:{9192 + OwnPortOffset}",
                Url = $"http://127.0.0.1:{8080 + OwnPortOffset}",
                Pids = [own.Pid],
            };
        }

        var table = new BenchTable(options);
        var run = $"{DateTime.UtcNow:HHmmss}";
        var places = new List<(string Name, string Bootstrap, string Topic)>();
        await CreateAsync(options.Direct!, $"bench-direct-{run}", options.Partitions).ConfigureAwait(false);
        places.Add(("direct", options.Direct!, $"bench-direct-{run}"));
        if (options.Gateway is { } gateway)
        {
            await CreateAsync(gateway, $"bench-gateway-{run}", options.Partitions).ConfigureAwait(false);
            places.Add(("gateway", gateway, $"bench-gateway-{run}"));
        }

        var warmUp = TimeSpan.FromSeconds(options.WarmUpSeconds);
        var measured = TimeSpan.FromSeconds(options.Seconds);
        var slowest = double.MaxValue;
        foreach (var (name, bootstrap, topic) in places)
        {
            Progress($"{name}: flat out for {options.Seconds} s");
            var cost = options.Pids.Select(pid => new ProcessCost(pid)).ToList();
            cost.ForEach(c => c.Start());
            var produced = await FlatOut.ProduceAsync(bootstrap, topic, options.ValueBytes, warmUp, measured).ConfigureAwait(false);
            var spent = cost.ConvertAll(c => c.Stop());
            var gigabytes = produced.MegabytesPerSecond * (options.Seconds + options.WarmUpSeconds) / 1000;
            table.Produce(name, produced, spent.Sum(s => s.Cpu.TotalSeconds) / gigabytes, spent.Sum(s => s.ResidentBytes));
            Progress($"{name}: reading for {options.Seconds} s");
            cost.ForEach(c => c.Start());
            var read = await FlatOut.ConsumeAsync(bootstrap, topic, options.Partitions, measured).ConfigureAwait(false);
            spent = cost.ConvertAll(c => c.Stop());
            table.Consume(name, read, spent.Sum(s => s.Cpu.TotalSeconds) / (read * options.Seconds / 1000));
            slowest = Math.Min(slowest, produced.RecordsPerSecond);
        }

        // Half load of the slowest of them, so that it is half or less of each. The places take turns, because machines have moods.
        var rate = options.Rate > 0 ? options.Rate : slowest / 2;
        var rounds = places.ToDictionary(place => place.Name, _ => new List<OpenLoopResult>());
        for (var round = 1; round <= options.Rounds; round++)
        {
            foreach (var (name, bootstrap, topic) in places)
            {
                Progress($"{name}: {rate:F0} records/s for {options.Seconds} s, round {round} of {options.Rounds}");
                rounds[name].Add(await OpenLoop.RunAsync(bootstrap, bootstrap, topic, options.Partitions, options.ValueBytes, rate, warmUp, measured).ConfigureAwait(false));
            }
        }

        foreach (var (name, _, _) in places)
        {
            table.OpenLoop(name, rate, rounds[name]);
        }

        if (places.Count == 2)
        {
            table.Pairs(places[1].Name, rounds[places[1].Name], rounds[places[0].Name]);
        }

        if (options.Mirror is { } mirror && options.Gateway is { } source && options.Url is { } url)
        {
            var topic = $"bench-mirror-{run}";
            await Regions.CreateTopicAsync(url, topic, options.Partitions, ["us"]).ConfigureAwait(false);
            await WaitForTopicAsync(mirror, topic).ConfigureAwait(false);
            await WaitForTopicAsync(source, topic).ConfigureAwait(false);
            var mirrorRate = options.MirrorMegabytes * 1e6 / options.ValueBytes;
            Progress($"mirror: {options.MirrorMegabytes} MB/s for {options.Seconds} s");
            var cost = options.Pids.Select(pid => new ProcessCost(pid)).ToList();
            cost.ForEach(c => c.Start());
            var result = await OpenLoop.RunAsync(source, mirror, topic, options.Partitions, options.ValueBytes, mirrorRate, warmUp, measured).ConfigureAwait(false);
            var cpu = cost.Sum(c => c.Stop().Cpu.TotalSeconds);
            table.OpenLoop("mirror (written in eu, read in us)", mirrorRate, [result]);
            table.Note($"mirror: {cpu / (result.Sent * (double)options.ValueBytes / 1e9):F2} CPU s/GB for producing, mirroring and reading together");
        }

        table.Print(Console.Out);
        return table.Failed ? 1 : 0;
    }

    private static async Task<Regions> StartOwnAsync(BenchOptions options)
    {
        Progress($"starting two regions, flush {options.Flush}");
        return await Regions.StartAsync(OwnPortOffset, options.Flush).ConfigureAwait(false);
    }

    private static async Task CreateAsync(string bootstrap, string topic, int partitions)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrap }).Build();
        await admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = partitions, ReplicationFactor = 1 }]).ConfigureAwait(false);
        await WaitForTopicAsync(bootstrap, topic).ConfigureAwait(false);
    }

    private static async Task WaitForTopicAsync(string bootstrap, string topic)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrap }).Build();
        for (var attempt = 0; attempt < 400; attempt++)
        {
            var found = admin.GetMetadata(topic, TimeSpan.FromSeconds(10)).Topics.Single();
            if (found.Error.Code == ErrorCode.NoError && found.Partitions.Count > 0 && found.Partitions.TrueForAll(p => p.Leader >= 0))
            {
                return;
            }

            await Task.Delay(25).ConfigureAwait(false);
        }

        throw new InvalidOperationException($"{topic} has no leaders at {bootstrap}");
    }

    private static void Progress(string text) => Console.Error.WriteLine($"bench: {text}");

    /// <summary>The table of one run, filled as the run goes on.</summary>
    private sealed class BenchTable(BenchOptions options)
    {
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
            string Of(Func<OpenLoopResult, LatencyRecorder> latency, double percentile) => Ms(Median(rounds.Select(r => latency(r).Millis(percentile))));
            var endToEnd = Median(rounds.Select(r => r.EndToEnd.Millis(99)));
            _directOpen = _directOpen == 0 ? endToEnd : _directOpen;
            _rows.Add([name, $"open loop at {rate:F0}/s", $"{rate:F0}", $"{rate * options.ValueBytes / 1e6:F1}", Of(r => r.Ack, 50), Of(r => r.Ack, 99), Of(r => r.Ack, 99.9),
                Of(r => r.EndToEnd, 50), Of(r => r.EndToEnd, 99), Of(r => r.EndToEnd, 99.9), NoValue, Ratio(endToEnd / _directOpen)]);
            _notes.Add($"{name}: {rounds.Sum(r => r.Sent)} sent, {rounds.Sum(r => r.Acknowledged)} acknowledged, {rounds.Sum(r => r.Read)} read, {rounds.Sum(r => r.Failed)} failed; "
                + $"the generator itself was late by p99 {Median(rounds.Select(r => r.SenderLag.Millis(99))):F2} ms");
        }

        /// <summary>What a place adds to another, round by round: the two ran one after the other.</summary>
        public void Pairs(string name, IReadOnlyList<OpenLoopResult> rounds, IReadOnlyList<OpenLoopResult> direct)
        {
            string Added(string what, Func<OpenLoopResult, LatencyRecorder> latency)
            {
                var added = rounds.Zip(direct, (r, d) => latency(r).Millis(99) - latency(d).Millis(99)).ToList();
                return $"{what} {string.Join(", ", added.Select(a => $"{a:+0.00;-0.00}"))} (median {Median(added):+0.00;-0.00})";
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

        private static double Median(IEnumerable<double> values)
        {
            var sorted = values.Order().ToList();
            return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
        }

        private static string Ratio(double ratio) => ratio.ToString("F2", CultureInfo.InvariantCulture);
    }
}
