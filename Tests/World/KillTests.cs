using System.Collections.Concurrent;
using Confluent.Kafka;
using Kernel.Machines;
using Tests.World.Harness;
using Xunit;

namespace Tests.World;

/// <summary>
/// kill -9 at random moments under acks=all load. What was acknowledged is there afterwards exactly once, in both regions, at dense
/// and equal offsets. KILLS sets the number of kills (20 unless said otherwise), SEED repeats a run.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Partitions = 4;
    private const string Topic = "survivors";

    [Fact]
    public async Task Acknowledged_records_survive_kill_9_exactly_once_in_both_regions()
    {
        var kills = int.Parse(Environment.GetEnvironmentVariable("KILLS") ?? "20");
        var seed = ulong.Parse(Environment.GetEnvironmentVariable("SEED") ?? $"{Random.Shared.NextInt64(1, 1_000_000)}");
        output.WriteLine($"SEED={seed} KILLS={kills}");
        var chance = new Prng(seed);

        await using var federation = new FederationProcess(["eu", "us"]);
        await federation.StartAsync();
        await federation.FedAsync("topic", "create", Topic, "--partitions", $"{Partitions}", "--home", "eu", "--mirror", "us");

        var acknowledged = new ConcurrentDictionary<string, (int Partition, long Offset)>();
        using var stop = new CancellationTokenSource();
        var firstAckSince = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var producers = Enumerable.Range(0, 3).Select(i => ProduceAsync(federation.Gateway("eu"), $"p{i}", new Prng(seed + (ulong)i + 1), acknowledged, () => Volatile.Read(ref firstAckSince).TrySetResult(), stop.Token)).ToList();

        for (var kill = 0; kill < kills; kill++)
        {
            // From the first acknowledgement after the start, so that every kill meets work under way.
            await firstAckSince.Task.WaitAsync(TimeSpan.FromSeconds(60));
            await Task.Delay(chance.Next(300));
            await federation.KillAsync();
            Volatile.Write(ref firstAckSince, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            await federation.StartAsync();
        }

        await firstAckSince.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await stop.CancelAsync();
        await Task.WhenAll(producers);
        output.WriteLine($"{acknowledged.Count} records acknowledged over {kills} kills");
        Assert.True(acknowledged.Count > kills);

        var eu = ReadAll(federation.Gateway("eu"), upTo: null);
        var us = ReadAll(federation.Gateway("us"), upTo: eu.ToDictionary(p => p.Key, p => (long)p.Value.Count));
        for (var partition = 0; partition < Partitions; partition++)
        {
            Assert.Equal(eu[partition], us[partition]);
            Assert.Equal(Enumerable.Range(0, eu[partition].Count).Select(i => (long)i), eu[partition].Select(r => r.Offset));
        }

        var stored = eu.SelectMany(p => p.Value.Select(r => (r.Value, Place: (Partition: p.Key, r.Offset)))).ToList();
        var times = stored.GroupBy(r => r.Value).ToDictionary(g => g.Key, g => g.Count());
        var doubled = times.Where(t => t.Value > 1).Select(t => t.Key).ToList();
        Assert.True(doubled.Count == 0, $"{doubled.Count} records are there more than once");
        var missing = acknowledged.Keys.Where(value => !times.ContainsKey(value)).ToList();
        Assert.True(missing.Count == 0, $"{missing.Count} acknowledged records are gone, such as {missing.FirstOrDefault()?[..20]}");
        foreach (var (value, place) in stored)
        {
            if (acknowledged.TryGetValue(value, out var acked))
            {
                Assert.Equal(acked, place);
            }
        }
    }

    private static async Task ProduceAsync(string bootstrap, string name, Prng chance, ConcurrentDictionary<string, (int, long)> acknowledged, Action onAck, CancellationToken stop)
    {
        var config = new ProducerConfig
        {
            BootstrapServers = bootstrap, EnableIdempotence = true, LingerMs = 1, MessageTimeoutMs = 300_000, SocketTimeoutMs = 10_000, ReconnectBackoffMs = 20, ReconnectBackoffMaxMs = 100,
            RetryBackoffMs = 20, RetryBackoffMaxMs = 100,
        };
        using var producer = new ProducerBuilder<Null, string>(config).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        using var room = new SemaphoreSlim(200);
        var failures = new ConcurrentQueue<Error>();
        for (var n = 0; !stop.IsCancellationRequested && failures.IsEmpty; n++)
        {
            await room.WaitAsync(CancellationToken.None);
            var value = $"{name}-{n}-{new string('x', chance.Next(400))}";
            producer.Produce(Topic, new Message<Null, string> { Value = value }, report =>
            {
                room.Release();
                if (report.Error.IsError)
                {
                    failures.Enqueue(report.Error);
                    return;
                }

                acknowledged[value] = (report.Partition.Value, report.Offset.Value);
                onAck();
            });
        }

        Assert.Equal(0, producer.Flush(TimeSpan.FromSeconds(120)));
        Assert.Empty(failures);
    }

    private static Dictionary<int, List<(long Offset, string Value)>> ReadAll(string bootstrap, Dictionary<int, long>? upTo)
    {
        var config = new ConsumerConfig { BootstrapServers = bootstrap, GroupId = "kill-tests", EnableAutoCommit = false, EnablePartitionEof = true };
        using var consumer = new ConsumerBuilder<Ignore, string>(config).Build();
        var read = Enumerable.Range(0, Partitions).ToDictionary(p => p, _ => new List<(long, string)>());
        consumer.Assign(Enumerable.Range(0, Partitions).Select(p => new TopicPartitionOffset(Topic, p, 0)));
        var open = Enumerable.Range(0, Partitions).Where(p => upTo is null || upTo[p] > 0).ToHashSet();
        var deadline = DateTime.UtcNow.AddSeconds(60);
        while (open.Count > 0)
        {
            Assert.True(DateTime.UtcNow < deadline, $"partitions {string.Join(',', open)} of {bootstrap} are not complete after a minute");
            var result = consumer.Consume(TimeSpan.FromSeconds(1));
            if (result is null)
            {
                continue;
            }

            if (!result.IsPartitionEOF)
            {
                read[result.Partition.Value].Add((result.Offset.Value, result.Message.Value));
            }

            // The source is read to its end; the copy until it holds as much, for the link may still be catching up.
            if (upTo is null ? result.IsPartitionEOF : read[result.Partition.Value].Count >= upTo[result.Partition.Value])
            {
                open.Remove(result.Partition.Value);
            }
        }

        return read;
    }
}
