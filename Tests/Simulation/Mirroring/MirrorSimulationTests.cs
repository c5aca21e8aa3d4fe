using System.Collections.Immutable;
using Federation.Core.Homes;
using Federation.Core.Mirroring;
using Kernel.Ids;
using Kernel.Machines;

namespace Tests.Simulation.Mirroring;

/// <summary>
/// Whatever breaks, a copy is a prefix of the source's committed log with the same bytes at the same offsets, and once nothing breaks any more it
/// becomes equal. SEED repeats one history, SEEDS says how many are tried.
/// </summary>
public class MirrorSimulationTests
{
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(30);

    /// <param name="isLossy">Brokers of the source come back without what they had committed, and write others: no copy holds both, and a copy that
    /// holds what is lost says so.</param>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Copies_are_prefixes_and_become_equal_whatever_breaks(bool isLossy)
    {
        foreach (var seed in Seeds())
        {
            try
            {
                RunHistory(seed, isLossy);
            }
            catch (Exception e)
            {
                Assert.Fail($"SEED={seed}: {e}");
            }
        }
    }

    [Fact]
    public void One_seed_gives_one_history() => Assert.Equal(RunHistory(7), RunHistory(7));

    private static IEnumerable<ulong> Seeds()
    {
        if (ulong.TryParse(Environment.GetEnvironmentVariable("SEED"), out var one))
        {
            return [one];
        }

        var count = int.TryParse(Environment.GetEnvironmentVariable("SEEDS"), out var wanted) ? wanted : 100;
        return Enumerable.Range(1, count).Select(i => (ulong)i);
    }

    private static string RunHistory(ulong seed, bool isLossy = false)
    {
        var prng = new Prng(seed * 7919);
        var link = new SimulatedLink(seed) { OneWay = TimeSpan.FromMilliseconds(prng.Next(40)) };
        var topics = Enumerable.Range(0, 1 + prng.Next(3)).Select(i => $"t{i}").ToList();
        foreach (var topic in topics)
        {
            var partitions = 1 + prng.Next(4);
            link.Cluster.Topics.Add($"demo.{topic}", new($"demo.{topic}", prng.NextGuid(), partitions, brokers: 2));
            Declare(link, topic, partitions, epoch: 1);
        }

        for (var i = 0; i < 400; i++)
        {
            Happen(link, topics[prng.Next(topics.Count)], prng, isLossy);
            link.Time.Run(TimeSpan.FromMilliseconds(prng.Next(40)));
        }

        link.IsPartitioned = false;
        foreach (var topic in link.Cluster.Topics.Values)
        {
            for (var p = 0; p < topic.Logs.Count; p++)
            {
                // A copy that has more than the source is not at odds with it before the source has written as much.
                while (topic.Logs[p].HasLost && topic.Logs[p].End <= link.Copies.Find(topic.Name, p)?.End)
                {
                    topic.Logs[p].Append(2, 1 + prng.Next(3000), link.Time.Now.WallMs, prng);
                }

                topic.Logs[p].CommitAll();
            }
        }

        link.Time.Run(Calm);
        try
        {
            AssertSettled(link);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException(
                $"{string.Join("\n", link.Log.TakeLast(20))}\n{string.Join("\n", link.Machine.Status(link.Time.Now))}\n\nthe source sees:\n{string.Join("\n", link.SourceMachine?.Status(link.Time.Now) ?? [])}", e);
        }

        return string.Join(";", link.Machine.Status(link.Time.Now)) + link.Time.Ticks + string.Join("\n", link.Log);
    }

    private static void AssertSettled(SimulatedLink link)
    {
        foreach (var topic in link.Cluster.Topics.Values)
        {
            for (var p = 0; p < topic.Logs.Count; p++)
            {
                var copy = link.Copies.Find(topic.Name, p);
                Assert.True(copy is not null, $"{topic.Name}-{p} has no copy");
                if (link.Machine.Status(link.Time.Now).First(s => s.Topic == topic.Name && s.Partition == p).Error is not null && topic.Logs[p].HasLost)
                {
                    continue;
                }

                copy.AssertEqualToSource($"{topic.Name}-{p}");
            }
        }

        if (link.Cluster.Topics.Values.Any(t => t.Logs.Exists(l => l.HasLost)))
        {
            return;
        }

        Assert.All(link.Machine.Status(link.Time.Now), s => Assert.True(s is { State: MirrorState.Following, LagMs: 0, LagRecords: 0, Error: null }, s.ToString()));
        Assert.All(link.SourceMachine!.Status(link.Time.Now), s => Assert.True(s is { State: MirrorState.Following, LagMs: 0, LagRecords: 0 }, s.ToString()));
        Assert.Equal(0, link.LivePayloads);

        // Two streams' windows at most are alive, one batch beyond the limit each, and what the dying stream's fetches held.
        Assert.True(link.MostLiveBytes <= 3 * (link.Settings.WindowBytes + 4000), $"{link.MostLiveBytes} bytes were alive at once");
    }

    private static void Declare(SimulatedLink link, string name, int partitions, long epoch) =>
        link.Declare(new FederatedTopic(
            new TenantId("demo"), name, partitions, SimulatedLink.Eu, [SimulatedLink.Us], epoch, ImmutableSortedDictionary<string, string>.Empty));

    private static void Happen(SimulatedLink link, string name, Prng prng, bool isLossy)
    {
        var topic = link.Cluster.Topics[$"demo.{name}"];
        var log = topic.Logs[prng.Next(topic.Logs.Count)];
        switch (prng.Next(100))
        {
            case < 55:
                for (var i = prng.Next(6); i >= 0; i--)
                {
                    // Batches of one length begin at a copy's end again when the log has lost some; others are found by that alone.
                    log.Append(isLossy ? 2 : 1 + prng.Next(20), prng.Next(3000), link.Time.Now.WallMs, prng);
                }

                break;
            case < 75:
                log.CommitAll();
                break;
            case < 80:
                log.DeleteBefore(log.Start + prng.Next((int)(log.HighWatermark - log.Start) + 1));
                break;
            case < 83:
                link.Break(isNoticed: prng.Chance(0.7));
                break;
            case < 85:
                link.RestartDestination();
                break;
            case < 87:
                link.Copies.Restart(TimeSpan.FromMilliseconds(prng.Next(500)));
                break;
            case < 89:
                link.Cluster.Restart(prng.Next(2), TimeSpan.FromMilliseconds(prng.Next(prng.Chance(0.2) ? 6000 : 500)));
                break;
            case < 91:
                topic.Leaders[prng.Next(topic.Leaders.Count)] = prng.Next(2);
                log.LeaderEpoch++;
                break;
            case < 93:
                link.IsPartitioned = prng.Chance(0.5);
                break;
            case < 94 when topic.Logs.Count < 6:
                topic.Logs.Add(new());
                topic.Leaders.Add(prng.Next(2));
                Declare(link, name, topic.Logs.Count, link.Image.Topics[topic.Name].FencingEpoch);
                break;
            case < 96:
                Declare(link, name, topic.Logs.Count, link.Image.Topics[topic.Name].FencingEpoch + 1);
                break;
            case < 97:
                link.Time.Run(TimeSpan.FromSeconds(prng.Next(8)));
                break;
            case < 99 when isLossy:
                var index = topic.Logs.IndexOf(log);
                if (prng.Chance(0.5))
                {
                    link.Cluster.Restart(topic.Leaders[index], TimeSpan.FromMilliseconds(prng.Next(500)));
                }
                else
                {
                    topic.Leaders[index] = 1 - topic.Leaders[index];
                    log.LeaderEpoch++;
                }

                log.LoseEnd(batches: 1 + prng.Next(4));
                break;
        }
    }
}
