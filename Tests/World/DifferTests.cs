using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tests.World.Harness;
using Xunit;

namespace Tests.World;

/// <summary>
/// The same requests to Apache Kafka and to our broker: no difference is left but those in `differ-allow.txt`, each with its reason, and
/// every line of that file is still needed. DIFFER_ONLY limits it to scenarios by regex.
/// </summary>
public sealed class DifferTests(ITestOutputHelper output)
{
    // The scenarios of the APIs that the broker serves; KIP-848 and share groups, transactions and administration beyond it come with their own issues.
    private const string Scenarios = "^(01|02|03|04|05|06|07|08|09|10|11|15)";

    // How often scenarios with a finding are run once more: see DifferRun.Findings.
    private const int Repeats = 3;

    // What the oracle's start script sets for a single broker; both must have the same, and tell the same sources for it.
    private static readonly string[] AsTheOracle =
    [
        "group.initial.rebalance.delay.ms=0",
        "offsets.topic.num.partitions=5",
        "offsets.topic.replication.factor=1",
        "transaction.state.log.num.partitions=5",
        "transaction.state.log.replication.factor=1",
        "transaction.state.log.min.isr=1",
        "share.coordinator.state.topic.num.partitions=5",
        "share.coordinator.state.topic.replication.factor=1",
        "share.coordinator.state.topic.min.isr=1",
    ];

    [Fact]
    public async Task Our_broker_answers_as_Apache_Kafka_does()
    {
        RealParts.Program("java");
        var differ = RealParts.SharedFile("peers/differ/run");
        var cluster = RealParts.SharedFile("peers/kafka/bin/cluster");
        var folder = Directory.CreateTempSubdirectory("federation-differ-").FullName;
        var kafka = Path.Combine(folder, "kafka");

        // Kafka shows records to consumers when the system has them. With --flush batch they are shown when they are on the disk, which a fetch right behind an
        // acks=1 answer may come before.
        await using var broker = new BrokerProcess(Path.Combine(folder, "ours"), ["--flush", "os", .. AsTheOracle.SelectMany(setting => new[] { "--set", setting })]);
        try
        {
            var oracle = (await Run.AsyncOk(cluster, ["up", kafka, "--port", $"{FreePair()}"])).Trim();
            await broker.StartAsync();
            var allow = Path.Combine(AppContext.BaseDirectory, "differ-allow.txt");
            var only = Environment.GetEnvironmentVariable("DIFFER_ONLY");
            var runs = new List<DifferRun>();
            var reports = new List<string>();
            var findings = await FindingsAsync(only ?? Scenarios);
            for (var again = 0; again < Repeats && findings.Count > 0; again++)
            {
                output.WriteLine($"once more, to tell a late read of Kafka's from a difference:\n{string.Join('\n', findings)}");
                findings = await FindingsAsync($"^({string.Join('|', findings.Select(DifferRun.Scenario).Distinct())})$");
            }

            Assert.True(findings.Count == 0, string.Join('\n', findings.Take(40)));
            if (only is null)
            {
                var unused = Unused(allow, reports);
                Assert.True(unused.Count == 0, $"Nothing differs any more as these lines allow; take them out:\n{string.Join('\n', unused)}");
            }

            async Task<IReadOnlyList<string>> FindingsAsync(string scenarios)
            {
                var report = Path.Combine(folder, $"report-{runs.Count}.json");
                var ended = await Run.AsyncToEnd(differ,
                    ["--a", oracle, "--b", broker.Bootstrap, "--dump", "--json", report, "--allow", allow, "--only", scenarios], TimeSpan.FromMinutes(10));
                var tables = Math.Max(0, ended.Output.IndexOf("\nAPI  ", StringComparison.Ordinal));
                Assert.True(ended.ExitCode is 0 or 1 or 2 && tables > 0, $"differ ended with {ended.ExitCode} and without its tables:\n{ended.Errors}");
                output.WriteLine(ended.Output[tables..]);
                reports.Add(await File.ReadAllTextAsync(report));
                runs.Add(DifferRun.Of(ended.Output, reports[^1]));
                return DifferRun.Findings(runs);
            }
        }
        finally
        {
            await Run.AsyncOk(cluster, ["down", kafka]);
            await broker.KillAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The lines that allow nothing: they would hide the next difference of their kind.</summary>
    private static List<string> Unused(string allow, IReadOnlyList<string> reports)
    {
        var differences = reports.SelectMany(Differences).ToList();
        return [.. File.ReadLines(allow)
            .Where(line => line.Length > 0 && line[0] != '#')
            .Where(line => !differences.Exists(difference => Regex.IsMatch(difference, line[..line.IndexOf(" # ", StringComparison.Ordinal)])))];
    }

    private static List<string> Differences(string report)
    {
        using var json = JsonDocument.Parse(report);
        var steps = json.RootElement.GetProperty("steps").EnumerateArray().Where(step => step.TryGetProperty("differences", out _));
        return [.. steps.SelectMany(step => step.GetProperty("differences").EnumerateArray().Select(difference =>
            $"{Text(step, "id")} {Text(difference, "pointer")}: A={Text(difference, "a")} B={Text(difference, "b")}"))];
    }

    private static string? Text(JsonElement of, string name) => of.GetProperty(name).GetString();

    /// <summary>A port whose successor is free too: Kafka's controller takes it.</summary>
    private static int FreePair()
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            using var first = new TcpListener(IPAddress.Loopback, 0);
            first.Start();
            var port = ((IPEndPoint)first.LocalEndpoint).Port;
            try
            {
                using var second = new TcpListener(IPAddress.Loopback, port + 1);
                second.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has the next one; try another pair.
            }
        }

        throw new InvalidOperationException("no two neighbouring free ports");
    }
}
