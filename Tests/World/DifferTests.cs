using System.Diagnostics;
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

    // Kafka shows records to consumers when the system has them. With --flush batch they are shown when they are on the disk, which a fetch right behind an
    // acks=1 answer may come before.

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
        await using var broker = new BrokerProcess(Path.Combine(folder, "ours"), ["--flush", "os", .. AsTheOracle.SelectMany(setting => new[] { "--set", setting })]);
        try
        {
            var oracle = (await Run.AsyncOk(cluster, ["up", kafka, "--port", $"{FreePair()}"])).Trim();
            await broker.StartAsync();
            var allow = Path.Combine(AppContext.BaseDirectory, "differ-allow.txt");
            var only = Environment.GetEnvironmentVariable("DIFFER_ONLY");
            var found = Path.Combine(folder, "found.json");
            var start = new ProcessStartInfo(differ,
                ["--a", oracle, "--b", broker.Bootstrap, "--quiet", "--json", found, "--allow", allow, "--only", only ?? Scenarios])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var printed = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            output.WriteLine(printed.Length > 20_000 ? printed[^20_000..] : printed);
            Assert.True(process.ExitCode == 0, $"differ ended with {process.ExitCode}:\n{await errors}\n{string.Join('\n', printed.Split('\n').Where(l => l.StartsWith("DIFF", StringComparison.Ordinal) || l.StartsWith("BROKEN", StringComparison.Ordinal)).Take(40))}");
            if (only is null)
            {
                var unused = Unused(allow, found);
                Assert.True(unused.Count == 0, $"Nothing differs any more as these lines allow; take them out:\n{string.Join('\n', unused)}");
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
    private static List<string> Unused(string allow, string found)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(found));
        var steps = json.RootElement.GetProperty("steps").EnumerateArray().Where(step => step.TryGetProperty("differences", out _));
        var differences = steps.SelectMany(step => step.GetProperty("differences").EnumerateArray().Select(difference =>
            $"{Text(step, "id")} {Text(difference, "pointer")}: A={Text(difference, "a")} B={Text(difference, "b")}")).ToList();
        return [.. File.ReadLines(allow)
            .Where(line => line.Length > 0 && line[0] != '#')
            .Where(line => !differences.Exists(difference => Regex.IsMatch(difference, line[..line.IndexOf(" # ", StringComparison.Ordinal)])))];
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
