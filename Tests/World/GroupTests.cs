using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;
using Tests.World.Harness;
using Xunit;

namespace Tests.World;

/// <summary>A group of three consumers at us' gateway: one is killed, the others take over; after a restart of everything it resumes where it had committed.</summary>
public sealed class GroupTests
{
    private const string Topic = "grouped";
    private const string Group = "three";
    private const int Partitions = 6;

    [Fact]
    public async Task A_group_survives_the_death_of_a_member_and_a_restart()
    {
        var kcat = RealParts.Program("kcat");
        await using var federation = new FederationProcess(["eu", "us"]);
        await federation.StartAsync();
        await federation.FedAsync("topic", "create", Topic, "--partitions", $"{Partitions}", "--home", "eu", "--mirror", "us");
        var members = new List<Member>();
        try
        {
            for (var i = 0; i < 3; i++)
            {
                members.Add(new Member(kcat, federation.Gateway("us")));
            }

            await ProduceAsync(federation, 0, 300);
            await Wait.UntilAsync(() => Task.FromResult(members.Sum(m => m.Read.Count) >= 300 && members.TrueForAll(m => m.Partitions.Count == 2)), TimeSpan.FromSeconds(60),
                () => $"three members do not share {Partitions} partitions: {string.Join(" | ", members.Select(m => m.Describe()))}");

            // Dead without a word: the group notices by the session timeout.
            var dead = members[0];
            members.RemoveAt(0);
            dead.Dispose();
            await ProduceAsync(federation, 300, 600);
            await Wait.UntilAsync(
                () => Task.FromResult(members.Sum(m => m.Partitions.Count) == Partitions && Seen(members, dead).IsSupersetOf(Range(300, 600))),
                TimeSpan.FromSeconds(60),
                () => $"two members did not take over: {string.Join(" | ", members.Select(m => m.Describe()))}");
            Assert.True(Seen(members, dead).IsSupersetOf(Range(0, 600)));
        }
        finally
        {
            foreach (var member in members)
            {
                member.Stop();
            }
        }

        var before = Committed(federation.Gateway("us"));
        Assert.Equal(600, before.Values.Sum());
        await federation.KillAsync();
        await federation.StartAsync();
        Assert.Equal(before, Committed(federation.Gateway("us")));

        await ProduceAsync(federation, 600, 700);
        using var consumer = new ConsumerBuilder<Ignore, string>(new ConsumerConfig
        {
            BootstrapServers = federation.Gateway("us"), GroupId = Group, AutoOffsetReset = AutoOffsetReset.Earliest, EnableAutoCommit = false,
        }).Build();
        consumer.Subscribe(Topic);
        var read = new HashSet<int>();
        while (read.Count < 100)
        {
            var result = consumer.Consume(TimeSpan.FromSeconds(30));
            Assert.NotNull(result);
            Assert.True(read.Add(int.Parse(result.Message.Value, CultureInfo.InvariantCulture)));
        }

        Assert.Equal(Range(600, 700), read.Order());
        consumer.Close();
    }

    private static IEnumerable<int> Range(int from, int to) => Enumerable.Range(from, to - from);

    private static HashSet<int> Seen(List<Member> members, Member dead) => [.. members.Append(dead).SelectMany(m => m.Read)];

    private static async Task ProduceAsync(FederationProcess federation, int from, int to)
    {
        using var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = federation.Gateway("eu"), EnableIdempotence = true }).Build();
        await Task.WhenAll(Range(from, to).Select(n => producer.ProduceAsync(new TopicPartition(Topic, n % Partitions), new Message<Null, string> { Value = $"{n}" })));
    }

    private static Dictionary<int, long> Committed(string bootstrap)
    {
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = bootstrap, GroupId = Group }).Build();
        return consumer.Committed(Enumerable.Range(0, Partitions).Select(p => new TopicPartition(Topic, p)), TimeSpan.FromSeconds(30))
            .ToDictionary(o => o.Partition.Value, o => Math.Max(0, o.Offset.Value));
    }

    /// <summary>A member in a process of its own, so that it can die like one. It commits what it printed.</summary>
    private sealed class Member : IDisposable
    {
        private readonly Process _process;
        private readonly ConcurrentQueue<(int Partition, int Number)> _lines = new();
        private readonly ConcurrentQueue<string> _errors = new();

        public Member(string kcat, string bootstrap)
        {
            var start = new ProcessStartInfo(kcat,
                ["-b", bootstrap, "-G", Group, "-u", "-f", "%p %s\\n", "-X", "session.timeout.ms=6000", "-X", "heartbeat.interval.ms=500", "-X", "auto.commit.interval.ms=200", "-X", "auto.offset.reset=earliest", Topic])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            _process = Process.Start(start)!;
            _process.OutputDataReceived += (_, line) =>
            {
                if (line.Data?.Split(' ') is [var partition, var number])
                {
                    _lines.Enqueue((int.Parse(partition, CultureInfo.InvariantCulture), int.Parse(number, CultureInfo.InvariantCulture)));
                }
            };
            _process.ErrorDataReceived += (_, line) => _errors.Enqueue(line.Data ?? "");
            _process.BeginOutputReadLine();
            _process.BeginErrorReadLine();
        }

        public IReadOnlyCollection<int> Read => [.. _lines.Select(l => l.Number)];

        /// <summary>What kcat last said it was assigned ("assigned: grouped [0], grouped [1]").</summary>
        public IReadOnlyCollection<int> Partitions =>
            [.. (_errors.LastOrDefault(e => e.Contains("assigned:", StringComparison.Ordinal)) ?? "").Split('[').Skip(1).Select(p => int.Parse(p.Split(']')[0], CultureInfo.InvariantCulture))];

        public string Describe() => $"{Read.Count} read, partitions {string.Join(',', Partitions)}, {string.Join("; ", _errors.TakeLast(3))}";

        /// <summary>SIGTERM: kcat commits and leaves.</summary>
        public void Stop()
        {
            Signal.End(_process);
            _process.WaitForExit();
            _process.Dispose();
        }

        /// <summary>kill -9.</summary>
        public void Dispose()
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
        }
    }
}
