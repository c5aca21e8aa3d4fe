using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Tests.World.Harness;
using Xunit;

namespace Tests.World;

/// <summary>`fed up` that cannot start says why in one line, and what to do.</summary>
public sealed partial class StartTests
{
    /// <summary>Tests beside this one take ports, too: where one of theirs is met first, others are tried.</summary>
    [Fact]
    public async Task A_taken_port_is_named_with_its_region_and_use()
    {
        for (var tries = 10; ; tries--)
        {
            await using var federation = new FederationProcess(["eu", "us"]);
            var port = 9192 + federation.PortOffset;
            using var other = new TcpListener(IPAddress.Loopback, port);
            try
            {
                other.Start();
            }
            catch (SocketException) when (tries > 0)
            {
                continue;
            }

            var (code, errors) = await UpAsync(federation, federation.DataFolder);
            if (tries > 0 && TakenPort().IsMatch(errors) && !errors.Contains($" port {port} ", StringComparison.Ordinal))
            {
                continue;
            }

            var what = $"region us: port {port} for tenants' Kafka clients is taken";
            Assert.Equal((1, $"fed up: {what}; stop what listens there, or shift all ports with --port-offset\n"), (code, errors));
            return;
        }
    }

    /// <summary>The copy's region does not run, so whoever makes the topic waits. That may not keep brokers from being closed.</summary>
    [Fact]
    public async Task A_stop_closes_everything_in_order_while_somebody_waits_for_a_topic()
    {
        await using var federation = new FederationProcess(["eu", "us"]);
        await federation.StartAsync();
        Assert.Equal(0, await federation.StopAsync());
        await federation.StartAsync(regions: 1);
        using var http = new HttpClient();
        var topics = new Uri($"{federation.Url("eu")}/v1/topics");
        var making = http.PostAsJsonAsync(topics, new { name = "slow", partitions = 1, home = "eu", mirrors = (string[])["us"], tenant = "demo" });
        await Wait.UntilAsync(
            async () => (await http.GetStringAsync(topics)).Contains("\"slow\"", StringComparison.Ordinal), TimeSpan.FromSeconds(60), () => federation.Output);

        Assert.Equal(0, await federation.StopAsync());
        Assert.Contains("stopping", federation.Output, StringComparison.Ordinal);
        await making.ContinueWith(static _ => { }, TaskScheduler.Default);
        Assert.True(File.Exists(Path.Combine(federation.DataFolder, "eu", "logs", ".kafka_cleanshutdown")));
    }

    [Fact]
    public async Task A_data_folder_that_is_none_is_a_wrong_option()
    {
        await using var federation = new FederationProcess(["eu"]);
        var file = Path.Combine(federation.DataFolder, "file");
        await File.WriteAllTextAsync(file, "");
        Assert.Equal((2, $"fed up: --data {file}: it is a file, and a folder is needed\n"), await UpAsync(federation, file));
        Assert.Equal((2, "fed up: --data takes a folder\n"), await UpAsync(federation, ""));
    }

    [Fact]
    public async Task A_tenants_name_that_is_none_is_a_wrong_option()
    {
        await using var federation = new FederationProcess(["eu"]);
        var file = Path.Combine(federation.DataFolder, "tenants.json");
        await File.WriteAllTextAsync(file, "{\"tenants\":[{\"name\":\"acme\"},{\"name\":\"Team_Blue\"}]}");
        var text = $"fed up: --tenants {file}: tenants[1].name: 'Team_Blue' is not a tenant's name: 1 to 32 of a-z, 0-9 and '-', beginning with a letter\n";
        Assert.Equal((2, text), await UpAsync(federation, federation.DataFolder, "--tenants", file));
    }

    /// <summary>A link to itself is refused to everybody, as a file system that is mounted read-only is: root may write to all others.</summary>
    [Fact]
    public async Task A_data_folder_that_cannot_be_written_is_not_said_to_be_in_use()
    {
        await using var federation = new FederationProcess(["eu"]);
        var path = Path.Combine(federation.DataFolder, "federation.lock");
        File.CreateSymbolicLink(path, path);
        var (code, text) = await UpAsync(federation, federation.DataFolder);
        Assert.Equal((2, 1), (code, text.Count(c => c == '\n')));
        Assert.StartsWith($"fed up: --data {federation.DataFolder}: the folder cannot be written: ", text, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Errors)> UpAsync(FederationProcess federation, string folder, params string[] more)
    {
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "Federation.Standalone.dll"), "up", "--regions", string.Join(',', federation.Regions),
            "--data", folder, "--port-offset", $"{federation.PortOffset}", .. more,
        ];
        var ended = await Run.AsyncToEnd("dotnet", arguments, TimeSpan.FromMinutes(2));
        return (ended.ExitCode, ended.Errors);
    }

    [GeneratedRegex("^fed up: region (eu|us): port [0-9]+ for .* is taken; ")]
    private static partial Regex TakenPort();
}
