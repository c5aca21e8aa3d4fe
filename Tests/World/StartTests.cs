using System.Net;
using System.Net.Sockets;
using Tests.World.Harness;
using Xunit;

namespace Tests.World;

/// <summary>`fed up` that cannot start says why in one line, and what to do.</summary>
public sealed class StartTests
{
    [Fact]
    public async Task A_taken_port_is_named_with_its_region_and_use()
    {
        await using var federation = new FederationProcess(["eu", "us"]);
        using var other = new TcpListener(IPAddress.Loopback, 9192 + federation.PortOffset);
        other.Start();
        var what = $"region us: port {9192 + federation.PortOffset} for tenants' Kafka clients is taken";
        Assert.Equal(
            (1, $"fed up: {what}; stop what listens there, or shift all ports with --port-offset\n"),
            await UpAsync(federation, federation.DataFolder));
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

    private static async Task<(int ExitCode, string Errors)> UpAsync(FederationProcess federation, string folder)
    {
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "Federation.Standalone.dll"), "up", "--regions", string.Join(',', federation.Regions),
            "--data", folder, "--port-offset", $"{federation.PortOffset}",
        ];
        var ended = await Run.AsyncToEnd("dotnet", arguments, TimeSpan.FromMinutes(2));
        return (ended.ExitCode, ended.Errors);
    }
}
