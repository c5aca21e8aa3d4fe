using System.Net;
using Kernel;
using Microsoft.AspNetCore.Http;
using Tests.Registry.Harness;
using Xunit;

namespace Tests.Registry.Service;

/// <summary>Targets of exporters that do not answer as a registry does: they fail alone.</summary>
public class ExportTargetTests
{
    public enum BadAnswer
    {
        UnknownCharset,
        HalfACharacter,
        NoJson,
        Endless,
    }

    [Theory]
    [InlineData(BadAnswer.UnknownCharset, "409 no")]
    [InlineData(BadAnswer.HalfACharacter, "")]
    [InlineData(BadAnswer.NoJson, "")]
    [InlineData(BadAnswer.Endless, "buffer")]
    public async Task A_bad_answer_is_said_so_and_ends_no_other_exporter(BadAnswer answer, string trace)
    {
        await using var bad = await ScriptedServer.StartAsync(http => AnswerAsync(http, answer));
        await using var destination = await RegistryHost.StartAsync();
        await using var source = await RegistryHost.StartAsync();
        await source.RegisterAsync("s", "a");
        await CreateAsync(source, "bad", bad.Url);
        var status = await source.UntilStatusAsync("bad", now => now.TryGetProperty("trace", out _));
        Assert.Contains(trace, status.GetProperty("trace").GetString(), StringComparison.Ordinal);
        await CreateAsync(source, "good", destination.Node.Url);
        await UntilCopiedAsync(source, "good", destination);
    }

    [Fact]
    public async Task A_target_that_does_not_answer_holds_up_no_other_exporter()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var silent = await ScriptedServer.StartAsync(async http =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        await using var destination = await RegistryHost.StartAsync();
        await using var source = await RegistryHost.StartAsync(options => options with { ExporterProbeTimeout = TimeSpan.FromSeconds(5) });
        await source.RegisterAsync("s", "a");
        await CreateAsync(source, "a", silent.Url);
        await asked.Task.WaitAsync(Patience.Limit);
        await CreateAsync(source, "b", destination.Node.Url);
        await UntilCopiedAsync(source, "b", destination);
        Assert.Equal("STARTING", (await source.GetAsync("/exporters/a/status")).Json.GetProperty("state").GetString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_copy_under_way_ends_when_its_exporter_is_paused_or_deleted(bool isDeleted)
    {
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var mayGoOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var registered = 0;
        await using var slow = await ScriptedServer.StartAsync(async http =>
        {
            if (http.Request.Method == "POST")
            {
                Interlocked.Increment(ref registered);
                first.TrySetResult();
                await mayGoOn.Task;
            }

            await http.Response.WriteAsync("{\"mode\":\"IMPORT\"}");
        });
        await using var destination = await RegistryHost.StartAsync();
        await using var source = await RegistryHost.StartAsync();
        for (var i = 0; i < 20; i++)
        {
            await source.RegisterAsync($"s{i}", $"a{i}");
        }

        await source.RegisterAsync("s", "a");
        await CreateAsync(source, "x", slow.Url);
        await first.Task.WaitAsync(Patience.Limit);
        (await source.SendAsync("PUT", "/exporters/x/pause")).Is("{\"name\":\"x\"}");
        if (isDeleted)
        {
            Assert.Equal(HttpStatusCode.NoContent, (await source.SendAsync("DELETE", "/exporters/x")).Status);
        }

        mayGoOn.SetResult();

        // What comes next under this name begins only after the copy has ended.
        if (isDeleted)
        {
            await CreateAsync(source, "x", destination.Node.Url);
        }
        else
        {
            await source.SendAsync("PUT", "/exporters/x/config", $"{{\"schema.registry.url\":\"{destination.Node.Url}\"}}");
            await source.SendAsync("PUT", "/exporters/x/resume");
        }

        await UntilCopiedAsync(source, "x", destination);
        Assert.Equal(1, Volatile.Read(ref registered));
    }

    [Theory]
    [InlineData("bearer.auth.token", "secret\\n", 409)]
    [InlineData("bearer.auth.token", "sécret", 409)]
    [InlineData("basic.auth.user.info", "user:secret\\r\\n", 409)]
    [InlineData("basic.auth.user.info", "user:sécret", 200)]
    [InlineData("bearer.auth.token", "secret", 200)]
    public async Task Secrets_that_no_header_can_hold_are_refused(string setting, string secret, int status)
    {
        await using var host = await RegistryHost.StartAsync();
        var reply = await host.SendAsync("POST", "/exporters",
            $"{{\"name\":\"x\",\"config\":{{\"schema.registry.url\":\"http://127.0.0.1:1\",\"{setting}\":\"{secret}\"}}}}");
        Assert.Equal(status, (int)reply.Status);
        if (status != 200)
        {
            reply.IsError(409, 40951, $"Invalid exporter config: {setting} has a line break or another character that no header may have");
        }
    }

    private static async Task AnswerAsync(HttpContext http, BadAnswer answer)
    {
        http.Response.ContentType = "application/json";
        switch (answer)
        {
            case BadAnswer.UnknownCharset:
                http.Response.StatusCode = 409;
                http.Response.ContentType = "text/plain; charset=bogus";
                await http.Response.WriteAsync("no");
                break;
            case BadAnswer.HalfACharacter:
                await http.Response.WriteAsync("{\"mode\":\"\\ud800\"}");
                break;
            case BadAnswer.NoJson:
                await http.Response.WriteAsync("<html>");
                break;
            default:
                await http.Response.WriteAsync("{\"mode\":\"IMPORT\"}" + new string(' ', Limits.MaxSchemaExportAnswerBytes));
                break;
        }
    }

    private static async Task CreateAsync(RegistryHost source, string name, Uri target) =>
        (await source.SendAsync("POST", "/exporters",
            $"{{\"name\":\"{name}\",\"contextType\":\"NONE\",\"subjects\":[\"*\"],\"config\":{{\"schema.registry.url\":\"{target}\"}}}}"))
            .Is($"{{\"name\":\"{name}\"}}");

    private static async Task UntilCopiedAsync(RegistryHost source, string exporter, RegistryHost destination)
    {
        await source.UntilStatusAsync(exporter, status =>
        {
            Assert.False(status.TryGetProperty("trace", out var trace), trace.ToString());
            return status.GetProperty("state").GetString() == "RUNNING";
        });
        (await destination.GetAsync("/subjects/s/versions")).Is("[1]");
    }
}
