using System.Collections.Concurrent;
using System.Diagnostics;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Kernel.Machines;
using Tests.World.Harness;
using Xunit;

namespace Tests.World;

/// <summary>
/// In flush mode batch an acknowledgement means on disk: a power cut takes nothing back, and a disk that fails to sync ends the acknowledgements.
/// CUTS sets the number of power cuts, SEED repeats a run.
/// </summary>
public sealed class DurabilityTests(ITestOutputHelper output)
{
    private const string Topic = "durable";
    private const int Partitions = 3;

    [Fact]
    public async Task A_power_cut_takes_back_nothing_that_was_acknowledged()
    {
        var cuts = int.Parse(Environment.GetEnvironmentVariable("CUTS") ?? "8");
        var seed = ulong.Parse(Environment.GetEnvironmentVariable("SEED") ?? $"{Random.Shared.NextInt64(1, 1_000_000)}");
        output.WriteLine($"SEED={seed} CUTS={cuts}");
        var chance = new Prng(seed);
        await using var volume = await LoopVolume.CreateAsync(megabytes: 512);
        await using var broker = new BrokerProcess(Path.Combine(volume.MountPoint, "data"));
        await broker.StartAsync();
        await CreateTopicAsync(broker);
        var acknowledged = new ConcurrentDictionary<string, (int Partition, long Offset)>();
        for (var cut = 0; cut < cuts; cut++)
        {
            using var load = new Load(broker.Bootstrap, $"cut{cut}", acknowledged);
            await load.UntilAcknowledged(1 + chance.Next(3000));

            // A real cut ends the process with the disk. Here the process would live on for a moment, and the kernel (6.18) lets an fdatasync that is
            // under way when the shutdown ioctl comes return success although its journal commit was thrown away; three threads that write and
            // sync see it in one of some forty cuts, without any broker. So the process falls silent first.
            broker.Freeze();
            volume.CutPower();
            await broker.KillAsync();
            load.Stop();
            await volume.RemountAsync();
            await broker.StartAsync();
            AssertAllThere(broker.Bootstrap, acknowledged);
        }

        output.WriteLine($"{acknowledged.Count} records acknowledged over {cuts} power cuts");
    }

    [Fact]
    public async Task A_disk_that_cannot_sync_ends_the_acknowledgements()
    {
        var strace = RealParts.Program("strace");
        var folder = Directory.CreateTempSubdirectory("federation-eio-").FullName;
        try
        {
            await using var broker = new BrokerProcess(folder);
            await broker.StartAsync();
            await CreateTopicAsync(broker);
            var acknowledged = new ConcurrentDictionary<string, (int Partition, long Offset)>();
            using (var load = new Load(broker.Bootstrap, "eio", acknowledged))
            {
                await load.UntilAcknowledged(500);
                using var injector = Process.Start(new ProcessStartInfo(strace,
                    ["-f", "-qq", "-p", $"{broker.Id}", "-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:error=EIO", "-o", "/dev/null"]) { RedirectStandardError = true })!;
                try
                {
                    // Every partition fails sooner or later, and a failed log stays silent although the injector goes away.
                    await load.UntilSilent();
                }
                finally
                {
                    if (!injector.HasExited)
                    {
                        injector.Kill();
                    }

                    await injector.WaitForExitAsync();
                }

                var atFailure = acknowledged.Count;
                await load.UntilRefused(50);
                Assert.Equal(atFailure, acknowledged.Count);
            }

            await broker.KillAsync();
            await broker.StartAsync();
            AssertAllThere(broker.Bootstrap, acknowledged);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task CreateTopicAsync(BrokerProcess broker)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.Bootstrap }).Build();
        await admin.CreateTopicsAsync([new TopicSpecification { Name = Topic, NumPartitions = Partitions, ReplicationFactor = 1 }]);
    }

    private static void AssertAllThere(string bootstrap, IReadOnlyDictionary<string, (int Partition, long Offset)> acknowledged)
    {
        using var consumer = new ConsumerBuilder<Ignore, string>(new ConsumerConfig { BootstrapServers = bootstrap, GroupId = "durability", EnableAutoCommit = false, EnablePartitionEof = true }).Build();
        consumer.Assign(Enumerable.Range(0, Partitions).Select(p => new TopicPartitionOffset(Topic, p, 0)));
        var found = new Dictionary<string, (int Partition, long Offset)>();
        var next = new long[Partitions];
        for (var ended = 0; ended < Partitions;)
        {
            var result = consumer.Consume(TimeSpan.FromSeconds(30));
            Assert.NotNull(result);
            if (result.IsPartitionEOF)
            {
                ended++;
                continue;
            }

            Assert.Equal(next[result.Partition.Value]++, result.Offset.Value);
            found[result.Message.Value] = (result.Partition.Value, result.Offset.Value);
        }

        var gone = acknowledged.Where(a => !found.ContainsKey(a.Key)).Select(a => $"{a.Key} at {a.Value}").ToList();
        Assert.True(gone.Count == 0, $"{gone.Count} acknowledged records are gone, the logs end at {string.Join(", ", next)}: {string.Join("; ", gone.Take(10))}");
        foreach (var (value, place) in acknowledged)
        {
            Assert.Equal(place, found[value]);
        }
    }

    /// <summary>Produces until it is stopped, and counts what came of it. Nothing is retried: each answer is what the broker said of that record.</summary>
    private sealed class Load : IDisposable
    {
        private readonly IProducer<Null, string> _producer;
        private readonly CancellationTokenSource _stop = new();
        private readonly SemaphoreSlim _room = new(300);
        private readonly Task _loop;
        private long _acks;
        private long _refusals;

        public Load(string bootstrap, string name, ConcurrentDictionary<string, (int, long)> acknowledged)
        {
            _producer = new ProducerBuilder<Null, string>(new ProducerConfig
            {
                BootstrapServers = bootstrap, Acks = Acks.All, LingerMs = 0, MessageSendMaxRetries = 0, MessageTimeoutMs = 3000, ReconnectBackoffMs = 20, ReconnectBackoffMaxMs = 100,
            }).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
            _loop = Task.Run(async () =>
            {
                for (var n = 0; !_stop.IsCancellationRequested; n++)
                {
                    await _room.WaitAsync();
                    var value = $"{name}-{n}";
                    _producer.Produce(new TopicPartition(Topic, n % Partitions), new Message<Null, string> { Value = value }, report =>
                    {
                        if (report.Error.IsError || report.Status != PersistenceStatus.Persisted)
                        {
                            Interlocked.Increment(ref _refusals);
                        }
                        else
                        {
                            acknowledged[value] = (report.Partition.Value, report.Offset.Value);
                            Interlocked.Increment(ref _acks);
                        }

                        _room.Release();
                    });
                }
            });
        }

        public Task UntilAcknowledged(int count) => UntilAsync(() => Interlocked.Read(ref _acks) >= count, "no acknowledgements");

        /// <summary>Until a whole room of records in a row was refused: nothing under way can be acknowledged any more.</summary>
        public async Task UntilSilent()
        {
            while (true)
            {
                var acks = Interlocked.Read(ref _acks);
                var refusals = Interlocked.Read(ref _refusals);
                await UntilAsync(() => Interlocked.Read(ref _refusals) >= refusals + 400 || Interlocked.Read(ref _acks) > acks, "neither acknowledged nor refused");
                if (Interlocked.Read(ref _acks) == acks)
                {
                    return;
                }
            }
        }

        public Task UntilRefused(int more)
        {
            var from = Interlocked.Read(ref _refusals);
            return UntilAsync(() => Interlocked.Read(ref _refusals) >= from + more, "not refused");
        }

        public void Stop()
        {
            _stop.Cancel();
            _loop.Wait();
            _producer.Flush(TimeSpan.FromSeconds(30));
        }

        public void Dispose()
        {
            Stop();
            _producer.Dispose();
            _room.Dispose();
            _stop.Dispose();
        }

        private static Task UntilAsync(Func<bool> condition, string otherwise) => Wait.UntilAsync(() => Task.FromResult(condition()), TimeSpan.FromSeconds(90), () => otherwise);
    }
}
