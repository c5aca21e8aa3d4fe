using System.CommandLine;
using Federation.Cli;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Tests.Registry.Cli;

/// <summary>What `fed` says of itself, and of a control API that knows little.</summary>
public sealed class CommandTreeTests
{
    [Theory]
    [InlineData("--help", "  fed [command] [options]\n")]
    [InlineData("topic create -h", "  fed topic create <name> [options]\n")]
    [InlineData("schema delete --help", "  fed schema delete <subject> [options]\n")]
    public async Task Help_calls_it_by_the_name_that_people_type(string line, string usage)
    {
        var run = (await RunAsync(line.Split(' '))).Ends(ExitCode.Ok);
        Assert.Contains($"Usage:\n{usage}", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_command_is_a_usage_error()
    {
        Assert.Contains("'frobnicate'", (await RunAsync("frobnicate")).Ends(ExitCode.Usage).Error, StringComparison.Ordinal);
        Assert.Matches(@"^\d+\.\d+", (await RunAsync("--version")).Ends(ExitCode.Ok).Out);
    }

    [Fact]
    public async Task A_setting_that_is_given_twice_is_a_usage_error()
    {
        var run = (await RunAsync("topic", "create", "t", "-c", "retention.ms=1000", "-c", "retention.ms=2000")).Ends(ExitCode.Usage);
        Assert.Equal("fed: --config retention.ms=2000: retention.ms is set twice\n", run.Error);
    }

    [Fact]
    public async Task A_topic_without_copies_has_no_mirror_status()
    {
        await using var api = await ControlAsync();
        var url = api.Urls.First();
        foreach (var name in (string[])["nope", "alone"])
        {
            var run = (await RunAsync("mirror", "status", "--topic", name, "--url", url)).Ends(ExitCode.NotFound);
            Assert.Equal($"fed: there is no mirrored topic {name}\n", run.Error);
        }

        // Its copies are not open yet.
        (await RunAsync("mirror", "status", "--topic", "new", "--url", url)).Ends(ExitCode.Ok);
        (await RunAsync("mirror", "status", "--url", url)).Ends(ExitCode.Ok);
    }

    private static async Task<WebApplication> ControlAsync()
    {
        const string topic = """{"tenant":"demo","partitions":1,"home":"eu","fencingEpoch":1,"configs":{},"state":"creating",""";
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddRouting();
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/v1/mirrors", () => Results.Text("""{"mirrors":[]}""", "application/json"));
        app.MapGet("/v1/topics", () => Results.Text(
            $$"""{"topics":[{{topic}}"name":"alone","mirrors":[]},{{topic}}"name":"new","mirrors":["us"]}]}""", "application/json"));
        await app.StartAsync();
        return app;
    }

    private static async Task<FedRun> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandTree.RunAsync(args, new InvocationConfiguration { Output = output, Error = error });
        return new FedRun(code, output.ToString(), error.ToString());
    }
}
