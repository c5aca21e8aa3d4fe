using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Kernel.Machines;
using Tests.World.Harness;
using Xunit;

namespace Tests.World;

/// <summary>
/// kill -9 at random moments while eight clients register schemas through the registries of both regions, and delete some. What was answered
/// holds for ever. KILLS sets the number of kills, twice over (a kill here costs more than one of the broker's test), SEED repeats a run.
/// </summary>
public sealed class RegistryKillTests(ITestOutputHelper output)
{
    private const int Clients = 8;
    private const int Subjects = 12;
    private const int Fields = 9;
    private const string Doomed = "doomed";

    private static readonly HttpClient Http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromSeconds(5) }) { Timeout = TimeSpan.FromSeconds(15) };

    private readonly ConcurrentQueue<string> _wrongs = new();

    /// <summary>Every answered registration: subject, text, id.</summary>
    private readonly ConcurrentQueue<(string Subject, string Text, int Id)> _answered = new();

    private TaskCompletionSource _firstAnswer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task What_a_registry_answered_survives_kill_9()
    {
        var kills = Math.Max(1, int.Parse(Environment.GetEnvironmentVariable("KILLS") ?? "20") / 2);
        var seed = ulong.Parse(Environment.GetEnvironmentVariable("SEED") ?? $"{Random.Shared.NextInt64(1, 1_000_000)}");
        output.WriteLine($"SEED={seed} kills={kills}");
        var chance = new Prng(seed);

        await using var federation = new FederationProcess(["eu", "us"]);
        await federation.StartAsync();
        using var stop = new CancellationTokenSource();
        var clients = Enumerable.Range(0, Clients)
            .Select(i => RegisterAsync(federation.Registry(i % 2 == 0 ? "eu" : "us"), new Prng(seed + (ulong)i + 1), stop.Token)).ToList();
        for (var kill = 0; kill < kills; kill++)
        {
            // From the first answer after the start, so that every kill meets work under way.
            await Volatile.Read(ref _firstAnswer).Task.WaitAsync(TimeSpan.FromSeconds(60));
            await Task.Delay(chance.Next(300));
            await federation.KillAsync();
            Volatile.Write(ref _firstAnswer, new(TaskCreationOptions.RunContinuationsAsynchronously));
            await federation.StartAsync();
        }

        await Volatile.Read(ref _firstAnswer).Task.WaitAsync(TimeSpan.FromSeconds(60));
        await stop.CancelAsync();
        await Task.WhenAll(clients);
        output.WriteLine($"{_answered.Count} registrations answered over {kills} kills");
        Assert.Empty(_wrongs);
        Assert.True(_answered.Count > kills);

        // One schema has one id wherever it is registered, and no other schema ever had it, what was deleted for good included.
        var idsOfText = _answered.GroupBy(a => a.Text).ToDictionary(g => g.Key, g => g.Where(a => a.Subject != Doomed).Select(a => a.Id).Distinct().ToList());
        Assert.All(idsOfText, ids => Assert.InRange(ids.Value.Count, 0, 1));
        Assert.All(_answered.GroupBy(a => a.Id), ofId => Assert.Single(ofId.Select(a => a.Text).Distinct()));

        var inHome = await ReadAllAsync(federation.Registry("eu"), upTo: -1);
        var inCopy = await ReadAllAsync(federation.Registry("us"), inHome.Offset);
        Assert.Equal(inHome.Versions, inCopy.Versions);
        Check(inHome.Versions);
    }

    private void Check(List<Stored> versions)
    {
        var bySubject = versions.ToLookup(v => v.Subject);
        foreach (var (subject, text, id) in _answered.Where(a => a.Subject != Doomed))
        {
            Assert.Contains(bySubject[subject], v => v.Id == id && v.Text == text);
        }

        Assert.All(versions.GroupBy(v => v.Id), ofId => Assert.Single(ofId.Select(v => v.Text).Distinct()));
        Assert.All(versions.GroupBy(v => v.Text), ofText => Assert.Single(ofText.Select(v => v.Id).Distinct()));
        foreach (var subject in bySubject.Where(s => s.Key != Doomed))
        {
            var ordered = subject.OrderBy(v => v.Version).ToList();
            Assert.Equal(Enumerable.Range(1, ordered.Count), ordered.Select(v => v.Version));
            Assert.All(ordered.Zip(ordered.Skip(1)), pair => Assert.True(Reads(pair.Second.Text, pair.First.Text), $"{pair.Second} does not read {pair.First}"));
        }
    }

    /// <summary>BACKWARD for the records that this test makes, said independently: a field that the writer lacks needs a default.</summary>
    private static bool Reads(string reader, string writer)
    {
        var written = FieldsOf(writer).Select(f => f.GetProperty("name").GetString()).ToHashSet();
        return FieldsOf(reader).TrueForAll(f => f.TryGetProperty("default", out _) || written.Contains(f.GetProperty("name").GetString()));
    }

    private static List<JsonElement> FieldsOf(string text)
    {
        using var schema = JsonDocument.Parse(text);
        return [.. schema.RootElement.Clone().GetProperty("fields").EnumerateArray()];
    }

    private async Task RegisterAsync(string registry, Prng chance, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var doomed = chance.Next(10) == 0;
            var subject = doomed ? Doomed : $"s{chance.Next(Subjects)}";
            var text = Schema(chance, subject);
            var (status, body) = await AnswerAsync(() => Http.PostAsJsonAsync($"{registry}/subjects/{subject}/versions", new { schema = text }, CancellationToken.None), stop);
            if (status == HttpStatusCode.Conflict || status == 0)
            {
                continue;
            }

            if (status != HttpStatusCode.OK)
            {
                _wrongs.Enqueue($"registering: {status} {body}");
                continue;
            }

            var id = JsonDocument.Parse(body).RootElement.GetProperty("id").GetInt32();
            _answered.Enqueue((subject, text, id));
            Volatile.Read(ref _firstAnswer).TrySetResult();
            if (doomed)
            {
                await DeleteAsync(registry, stop);
                continue;
            }

            // Readable on the answering instance at once, and ever after.
            var (found, stored) = await AnswerAsync(() => Http.GetAsync($"{registry}/schemas/ids/{id}", CancellationToken.None), stop);
            if (found != 0 && (found != HttpStatusCode.OK || JsonDocument.Parse(stored).RootElement.GetProperty("schema").GetString() != text))
            {
                _wrongs.Enqueue($"{registry} answered id {id} and then: {found} {stored}");
            }
        }
    }

    private static async Task DeleteAsync(string registry, CancellationToken stop)
    {
        await AnswerAsync(() => Http.DeleteAsync($"{registry}/subjects/{Doomed}", CancellationToken.None), stop);
        await AnswerAsync(() => Http.DeleteAsync($"{registry}/subjects/{Doomed}?permanent=true", CancellationToken.None), stop);
    }

    /// <summary>Sends until there is an answer that means something, as clients do; status 0 when the test stops first.</summary>
    private static async Task<(HttpStatusCode Status, string Body)> AnswerAsync(Func<Task<HttpResponseMessage>> send, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                using var answer = await send();
                if ((int)answer.StatusCode < 500)
                {
                    return (answer.StatusCode, await answer.Content.ReadAsStringAsync(CancellationToken.None));
                }
            }
            catch (Exception e) when (e is HttpRequestException or SocketException or TaskCanceledException)
            {
                // Not there, or gone before it answered.
            }

            if (stop.IsCancellationRequested)
            {
                return (0, "");
            }

            await Task.Delay(20, CancellationToken.None);
        }
    }

    /// <summary>One of a few hundred records, so that clients often want the same; one in nine has a field without a default.</summary>
    private static string Schema(Prng chance, string subject)
    {
        var fields = new List<string>();
        var has = chance.Next(1 << Fields);
        for (var i = 0; i < Fields; i++)
        {
            if ((has & (1 << i)) != 0)
            {
                fields.Add(i == 0 ? """{"name":"f0","type":"int"}""" : $$"""{"name":"f{{i}}","type":"int","default":{{i}}}""");
            }
        }

        // Deleted ones are of their own, for an id that other subjects hold does not go.
        var name = subject == Doomed ? "Doomed" : "Kept";
        return $$"""{"type":"record","name":"{{name}}","fields":[{{string.Join(',', fields)}}]}""";
    }

    /// <summary>Everything, page by page: a list holds a thousand at most.</summary>
    private static async Task<(List<Stored> Versions, long Offset)> ReadAllAsync(string registry, long upTo)
    {
        var versions = new List<Stored>();
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{registry}/schemas?deleted=true&offset={versions.Count}");
            if (upTo >= 0)
            {
                request.Headers.Add("Federation-Schema-Offset", $"{upTo}");
            }

            using var answer = await Http.SendAsync(request);
            answer.EnsureSuccessStatusCode();
            var page = await answer.Content.ReadFromJsonAsync<JsonElement>();
            if (page.GetArrayLength() == 0)
            {
                return (versions, await AppliedAsync(registry));
            }

            versions.AddRange(page.EnumerateArray().Select(v => new Stored(
                v.GetProperty("subject").GetString()!, v.GetProperty("version").GetInt32(), v.GetProperty("id").GetInt32(), v.GetProperty("schema").GetString()!)));
        }
    }

    private static async Task<long> AppliedAsync(string registry)
    {
        var metrics = await Http.GetStringAsync($"{registry}/metrics");
        var line = metrics.Split('\n').Single(l => l.StartsWith("schema_registry_applied_offset{", StringComparison.Ordinal));
        return long.Parse(line[(line.LastIndexOf(' ') + 1)..]) - 1;
    }

    private sealed record Stored(string Subject, int Version, int Id, string Text);
}
