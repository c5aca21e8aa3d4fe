using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Tests.World.Harness;

/// <summary>
/// The main job as a process of its own, as a user runs it: N regions on free ports and a data folder. It can be killed and started
/// again on the same folder and ports. Dispose ends it and removes the folder.
/// </summary>
internal sealed class FederationProcess : IAsyncDisposable
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(60) };
    private readonly string[] _extra;
    private readonly StringBuilder _output = new();
    private Process? _process;

    public FederationProcess(string[] regions, params string[] extra)
    {
        Regions = regions;
        _extra = extra;
        DataFolder = Directory.CreateTempSubdirectory("federation-world-").FullName;
        PortOffset = FreeOffset(regions.Length);
    }

    public string[] Regions { get; }

    public string DataFolder { get; }

    public int PortOffset { get; }

    /// <summary>Everything the process has printed.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Where a region's tenants connect.</summary>
    public string Gateway(string region) => $"127.0.0.1:{9092 + Port(region)}";

    /// <summary>Where a region's broker itself listens.</summary>
    public string Broker(string region) => $"127.0.0.1:{19092 + Port(region)}";

    /// <summary>A region's HTTP address.</summary>
    public string Url(string region) => $"http://127.0.0.1:{8080 + Port(region)}";

    /// <summary>A region's control API, behind its HTTP address.</summary>
    public string Control(string region) => $"http://127.0.0.1:{8082 + Port(region)}";

    /// <summary>A region's schema registry.</summary>
    public string Registry(string region) => $"http://127.0.0.1:{8081 + Port(region)}";

    /// <summary>Starts and returns when every region is ready.</summary>
    /// <param name="regions">Fewer than all, from the first on: the others are known from before, and do not run. Null: all.</param>
    public async Task StartAsync(int? regions = null)
    {
        var running = Regions[..(regions ?? Regions.Length)];
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,

            // The runtime's diagnostic sockets stay behind when a process is killed.
            Environment = { ["DOTNET_EnableDiagnostics"] = "0" },
            ArgumentList =
            {
                Path.Combine(AppContext.BaseDirectory, "Federation.Standalone.dll"), "up", "--regions", string.Join(',', running),
                "--data", DataFolder, "--port-offset", $"{PortOffset}",
            },
        };
        foreach (var argument in _extra)
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        foreach (var region in running)
        {
            await Wait.UntilAsync(
                async () =>
                {
                    if (_process.HasExited)
                    {
                        throw new InvalidOperationException($"the federation ended with {_process.ExitCode}:\n{Output}");
                    }

                    return await AnswersAsync($"{Url(region)}/health/ready");
                },
                TimeSpan.FromSeconds(60),
                () => $"region {region} is not ready:\n{Output}");
        }
    }

    /// <summary>kill -9, and waits until the process is gone.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>SIGTERM, as Ctrl+C does; returns the exit code.</summary>
    public async Task<int> StopAsync()
    {
        Signal.End(_process!);
        await _process!.WaitForExitAsync();
        var code = _process.ExitCode;
        _process.Dispose();
        _process = null;
        return code;
    }

    /// <summary>Runs the command line tool against the first region; returns its output, fails on a non-zero exit.</summary>
    public Task<string> FedAsync(params string[] arguments) =>
        Run.AsyncOk("dotnet", [Path.Combine(AppContext.BaseDirectory, "Federation.Cli.dll"), .. arguments, "--url", Url(Regions[0])]);

    /// <summary>Makes a federated topic of one partition whose home is the first region, with a copy in all others.</summary>
    public async Task CreateTopicAsync(string name)
    {
        var body = new { name, partitions = 1, home = Regions[0], mirrors = Regions[1..] };
        using var answer = await Http.PostAsJsonAsync($"{Url(Regions[0])}/v1/topics", body);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, $"topic {name}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await KillAsync();
        }

        Directory.Delete(DataFolder, recursive: true);
    }

    private int Port(string region) => (100 * Array.IndexOf(Regions, region)) + PortOffset;

    private void Note(string? line)
    {
        if (line is not null)
        {
            lock (_output)
            {
                _output.AppendLine(line);
            }
        }
    }

    private static async Task<bool> AnswersAsync(string url)
    {
        try
        {
            using var answer = await Http.GetAsync(url);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or TaskCanceledException)
        {
            return false;
        }
    }

    /// <summary>An offset at which all ports of all regions are free, below the range from which the system takes ports for outgoing connections.</summary>
    private static int FreeOffset(int regions)
    {
        var offsets = Enumerable.Range(1, 50).Select(i => i * 250).OrderBy(_ => Random.Shared.Next());
        foreach (var offset in offsets)
        {
            var ports = Enumerable.Range(0, regions).SelectMany(i => new[] { 9092, 19092, 8080, 8081, 8082, 18080 }.Select(p => p + (100 * i) + offset)).ToList();
            if (ports.TrueForAll(port => port < 65_536 && IsFree(port)))
            {
                return offset;
            }
        }

        throw new InvalidOperationException("no free block of ports");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
