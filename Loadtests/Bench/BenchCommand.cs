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
        return await Regions.StartAsync(["eu", "us"], OwnPortOffset, options.Flush).ConfigureAwait(false);
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
}
