using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Loadtests.Bench;
using Loadtests.Measure;

namespace Loadtests.Registry;

/// <summary>
/// `registry`: the schema registry of one region that holds so many schemas, and bare Kestrel in turn with it. Prints
/// Markdown; progress goes to standard error. The region's process is measured whole: its broker, gateway and link are in it.
/// </summary>
internal static class RegistryBenchCommand
{
    private const string BareName = "bare Kestrel, the same bytes";
    private const int PortOffset = 7_500;
    private const int RegistryPort = 8081 + PortOffset;
    private const int BarePort = 8083 + PortOffset;

    public static async Task<int> RunAsync(RegistryBenchOptions options)
    {
        Console.WriteLine($"{options.Connections} connections, one request under way each; {Environment.ProcessorCount} processors shared by server and client; one region, flush batch");
        Console.WriteLine();
        Console.WriteLine("| schemas | what | requests/s | per second of server CPU | p50 ms | p99 ms | of bare, requests/s | of bare, per CPU |");
        Console.WriteLine("|---:|---|---:|---:|---:|---:|---:|---:|");
        var notes = new List<string>();
        foreach (var schemas in options.Schemas)
        {
            await MeasureAsync(options, schemas, notes).ConfigureAwait(false);
        }

        Console.WriteLine();
        notes.ForEach(note => Console.WriteLine($"- {note}"));
        return 0;
    }

    private static async Task MeasureAsync(RegistryBenchOptions options, int schemas, List<string> notes)
    {
        Progress($"{schemas} schemas: registering");
        await using var region = await Regions.StartAsync(["eu"], PortOffset, "os").ConfigureAwait(false);
        var since = Stopwatch.GetTimestamp();
        var ids = Fill(schemas, options.Connections);
        var took = Stopwatch.GetElapsedTime(since);
        notes.Add($"{schemas} schemas: registered in {took.TotalSeconds:F1} s ({schemas / took.TotalSeconds:F0}/s, flush os); resident {Resident(region.Pid):F0} MB after it");
        var killed = await region.RestartAsync("batch", isKill: true).ConfigureAwait(false);
        notes.Add($"{schemas} schemas: ready {killed.TotalSeconds:F2} s after kill -9, first schema by id {FirstAnswer(ids[0]).TotalMilliseconds:F0} ms later; resident {Resident(region.Pid):F0} MB");
        var stopped = await region.RestartAsync("batch", isKill: false).ConfigureAwait(false);
        notes.Add($"{schemas} schemas: ready {stopped.TotalSeconds:F2} s after a clean stop, first schema by id {FirstAnswer(ids[0]).TotalMilliseconds:F0} ms later; resident {Resident(region.Pid):F0} MB");

        var workloads = Workloads(options, schemas, ids);
        var results = workloads.ToDictionary(w => w.What, _ => new List<ClosedLoopResult>());
        var bodyBytes = Length(HttpConnection.Request("GET", $"/schemas/ids/{ids[0]}"));
        for (var round = 1; round <= options.Rounds; round++)
        {
            foreach (var (what, next) in workloads)
            {
                Progress($"{schemas} schemas, round {round} of {options.Rounds}: {what}");
                results[what].Add(next is null ? Bare(options, bodyBytes) : Load(options, RegistryPort, region.Pid, next));
            }
        }

        var bare = results[BareName];
        workloads.ForEach(w => Row(schemas, w.What, results[w.What], bare));
    }

    /// <summary>What is asked for, in the order of the table; null for the bare endpoint.</summary>
    private static List<(string What, Func<int, int, byte[]>? Next)> Workloads(RegistryBenchOptions options, int schemas, List<int> ids)
    {
        var byId = ids.ConvertAll(id => HttpConnection.Request("GET", $"/schemas/ids/{id}"));
        var chance = new ThreadLocal<Random>(() => new Random(1));
        var registered = new int[options.Connections];
        int Any() => chance.Value!.Next(schemas);
        byte[] Post(string path, int schema, string text) => HttpConnection.Request("POST", string.Format(CultureInfo.InvariantCulture, path, SchemaSet.Subject(schema)), SchemaSet.Body(text));
        byte[] Known(string path, int schema) => Post(path, schema, SchemaSet.Text(schema));
        byte[] Next(string path, int schema) => Post(path, schema, SchemaSet.Next(schema));
        return
        [
            (BareName, null),
            ("schema by id", (_, _) => byId[Any()]),
            ("latest version", (_, _) => HttpConnection.Request("GET", $"/subjects/{SchemaSet.Subject(Any())}/versions/latest")),
            ("lookup", (_, _) => Known("/subjects/{0}", Any())),
            ("compatibility check", (_, _) => Next("/compatibility/subjects/{0}/versions/latest", Any())),
            ("register what is there", (_, _) => Known("/subjects/{0}/versions", Any())),

            // Subjects of their own, after all that were filled.
            ("register new", (connection, _) => Known("/subjects/{0}/versions",
                schemas + (((registered[connection]++ * options.Connections) + connection + 1) * SchemaSet.VersionsPerSubject))),
        ];
    }

    private static ClosedLoopResult Load(RegistryBenchOptions options, int port, int pid, Func<int, int, byte[]> next)
    {
        var result = ClosedLoop.Run(port, pid, options.Connections, TimeSpan.FromSeconds(options.WarmUpSeconds), TimeSpan.FromSeconds(options.Seconds), next);
        return result.Unexpected == 0 ? result : throw new InvalidOperationException($"{result.Unexpected} answers were not 200");
    }

    private static ClosedLoopResult Bare(RegistryBenchOptions options, int bodyBytes)
    {
        using var bare = BareEndpoint.Start(BarePort, bodyBytes);
        var request = HttpConnection.Request("GET", "/schemas/ids/1");
        var result = Load(options, BarePort, bare.Id, (_, _) => request);
        bare.StandardInput.Close();
        bare.WaitForExit();
        return result;
    }

    /// <summary>Registers all; their ids. Subjects are shared out among the connections, versions go in their order.</summary>
    private static List<int> Fill(int schemas, int connections)
    {
        var ids = new int[schemas];
        var done = 0;
        Parallel.For(0, connections, new ParallelOptions { MaxDegreeOfParallelism = connections }, connection =>
        {
            using var http = new HttpConnection(RegistryPort);
            for (var schema = 0; schema < schemas; schema++)
            {
                if (schema / SchemaSet.VersionsPerSubject % connections != connection)
                {
                    continue;
                }

                var (status, body) = http.Ask(HttpConnection.Request("POST", $"/subjects/{SchemaSet.Subject(schema)}/versions", SchemaSet.Body(SchemaSet.Text(schema))));
                if (status != 200)
                {
                    throw new InvalidOperationException($"schema {schema} is refused: {status} {System.Text.Encoding.UTF8.GetString(body.Span)}");
                }

                using var answer = JsonDocument.Parse(body);
                ids[schema] = answer.RootElement.GetProperty("id").GetInt32();
                if (Interlocked.Increment(ref done) is var n && n % 10_000 == 0)
                {
                    Progress($"{n} of {schemas}");
                }
            }
        });
        return [.. ids];
    }

    private static int Length(byte[] request)
    {
        using var http = new HttpConnection(RegistryPort);
        return http.Ask(request).Body.Length;
    }

    private static TimeSpan FirstAnswer(int id)
    {
        var since = Stopwatch.GetTimestamp();
        using var http = new HttpConnection(RegistryPort);
        var (status, _) = http.Ask(HttpConnection.Request("GET", $"/schemas/ids/{id}"));
        return status == 200 ? Stopwatch.GetElapsedTime(since) : throw new InvalidOperationException($"id {id} is gone: {status}");
    }

    private static double Resident(int pid)
    {
        using var process = Process.GetProcessById(pid);
        return process.WorkingSet64 / 1e6;
    }

    private static void Row(int schemas, string what, List<ClosedLoopResult> rounds, List<ClosedLoopResult> bare)
    {
        double Of(Func<ClosedLoopResult, double> figure) => Median.Of(rounds.Select(figure));
        string Ms(double percentile) => Of(r => r.Latency.Millis(percentile)).ToString("F2", CultureInfo.InvariantCulture);

        // Round by round, because what a machine gives changes from one minute to the next.
        string Ratio(Func<ClosedLoopResult, double> figure) => Median.Of(rounds.Zip(bare, (r, b) => figure(r) / figure(b))).ToString("F2", CultureInfo.InvariantCulture);
        Console.WriteLine($"| {schemas} | {what} | {Of(r => r.PerSecond):F0} | {Of(r => r.PerServerCore):F0} | {Ms(50)} | {Ms(99)} | {Ratio(r => r.PerSecond)} | {Ratio(r => r.PerServerCore)} |");
    }

    private static void Progress(string text) => Console.Error.WriteLine($"registry: {text}");
}
