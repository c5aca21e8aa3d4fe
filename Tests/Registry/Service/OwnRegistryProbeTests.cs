using System.Diagnostics;
using System.Net.Http.Json;
using Hosting;
using Microsoft.AspNetCore.Http;
using SchemaRegistry.Service;
using Tests.Registry.Harness;
using Xunit;

namespace Tests.Registry.Service;

/// <summary>Asking a target whether it is the own registry, where it does not say so in time or nobody waits for it any more.</summary>
public class OwnRegistryProbeTests
{
    private const string Header = "Federation-Exporter-Probe";
    private static readonly TimeSpan AtMost = TimeSpan.FromMinutes(7);

    [Fact]
    public async Task A_silent_target_gets_no_copy_before_it_has_said_that_it_is_another_registry()
    {
        var time = new HeldTime();
        TaskCompletionSource[] asked = [.. Enumerable.Range(0, 4).Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))];
        var (probes, copies) = (0, 0);
        await using var target = await ScriptedServer.StartAsync(async http =>
        {
            if (!http.Request.Headers.ContainsKey(Header))
            {
                Interlocked.Increment(ref copies);
            }
            else if (Interlocked.Increment(ref probes) is var probe && probe <= asked.Length)
            {
                asked[probe - 1].SetResult();
                switch (probe)
                {
                    case < 3:
                        await SilenceAsync(http);
                        return;
                    case 3:
                        // A region that cannot reach the one that writes: 50003.
                        http.Response.StatusCode = StatusCodes.Status500InternalServerError;
                        return;
                }
            }

            await http.Response.WriteAsync("{\"mode\":\"IMPORT\"}");
        });
        await using var host = await RegistryHost.StartAsync(options => options with { Clock = new Clock(time), ExporterProbeTimeout = AtMost });
        await host.RegisterAsync("s", "a");

        // Whoever sets it up is not kept longer, and is not refused.
        var create = host.SendAsync("POST", "/exporters", $"{{\"name\":\"x\",\"config\":{{\"schema.registry.url\":\"{target.Url}\"}}}}");
        await asked[0].Task.WaitAsync(Patience.Limit);
        Assert.False(create.IsCompleted);
        time.End(AtMost);
        (await create).Is("{\"name\":\"x\"}");

        await asked[1].Task.WaitAsync(Patience.Limit);
        time.End(AtMost);
        await StatusAsync("the target could not be asked whether it is this registry: it did not answer in time");
        await RetryAsync(asked[2].Task);
        await StatusAsync("the target could not be asked whether it is this registry: it answered 500");
        Assert.Equal(0, Volatile.Read(ref copies));

        await RetryAsync(asked[3].Task);
        await StatusAsync("RUNNING");
        Assert.NotEqual(0, Volatile.Read(ref copies));

        async Task RetryAsync(Task asked)
        {
            for (var patience = Stopwatch.StartNew(); !asked.IsCompleted;)
            {
                Assert.InRange(patience.Elapsed, TimeSpan.Zero, TimeSpan.FromMinutes(1));
                time.End(TimeSpan.FromSeconds(5));
                await Task.Yield();
            }
        }

        async Task StatusAsync(string wanted)
        {
            var patience = Stopwatch.StartNew();
            Reply status;
            do
            {
                status = await host.GetAsync("/exporters/x/status");
            }
            while (!status.Text.Contains(wanted, StringComparison.Ordinal) && patience.Elapsed < TimeSpan.FromMinutes(1));
            Assert.Contains(wanted, status.Text, StringComparison.Ordinal);
        }
    }

    /// <summary>A registry that knows a word answers itself; one that does not lets the region that writes answer.</summary>
    [Fact]
    public async Task Nothing_is_left_of_a_question_that_nobody_waits_for()
    {
        var word = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var target = await ScriptedServer.StartAsync(async http =>
        {
            word.SetResult(http.Request.Headers[Header].ToString());
            await SilenceAsync(http);
        });
        await using var writer = await ScriptedServer.StartAsync(http => http.Response.WriteAsync("written elsewhere"));
        var isHere = true;
        await using var host = await RegistryHost.StartAsync(options => options with
        {
            HomeOf = _ => Volatile.Read(ref isHere) ? WriteHome.Here : WriteHome.At(writer.Url),
        });
        using var client = new HttpClient();
        using var leave = new CancellationTokenSource();
        var config = new Dictionary<string, string> { ["schema.registry.url"] = target.Url.ToString() };
        var create = client.PostAsJsonAsync(new Uri(host.Node.Url, "exporters"), new { name = "x", config }, leave.Token);
        var sent = await word.Task.WaitAsync(Patience.Limit);
        Volatile.Write(ref isHere, false);
        Assert.DoesNotContain("elsewhere", await AskedAsync(), StringComparison.Ordinal);

        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => create);
        await Patience.UntilAsync(AskedAsync, static answer => answer == "written elsewhere");

        async Task<string> AskedAsync() => (await host.GetAsync("/v1/metadata/id", (Header, sent))).Text;
    }

    private static Task SilenceAsync(HttpContext http) =>
        Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
}
