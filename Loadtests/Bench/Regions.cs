using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.Sockets;

namespace Loadtests.Bench;

/// <summary>Regions started for a bench, on a temporary folder and shifted ports; ended and removed on dispose.</summary>
internal sealed class Regions : IAsyncDisposable
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(60) };
    private readonly string[] _names;
    private readonly int _portOffset;
    private readonly string _folder = Directory.CreateTempSubdirectory("federation-bench-").FullName;
    private Process _process = null!;

    private Regions(string[] names, int portOffset)
    {
        _names = names;
        _portOffset = portOffset;
    }

    public int Pid => _process.Id;

    /// <summary>Starts `up` of the Standalone that was built beside this program, and waits until it is ready.</summary>
    public static async Task<Regions> StartAsync(string[] names, int portOffset, string flush)
    {
        var regions = new Regions(names, portOffset);
        try
        {
            await regions.LaunchAsync(flush).ConfigureAwait(false);
            return regions;
        }
        catch
        {
            await regions.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Stops them, with SIGTERM or kill -9, and starts them on the same data. Returns how long it took from the start until all were ready.</summary>
    public async Task<TimeSpan> RestartAsync(string flush, bool isKill)
    {
        await StopAsync(isKill).ConfigureAwait(false);
        var since = Stopwatch.GetTimestamp();
        await LaunchAsync(flush).ConfigureAwait(false);
        return Stopwatch.GetElapsedTime(since);
    }

    /// <summary>Makes a federated topic of the tenant.</summary>
    public static async Task CreateTopicAsync(string url, string name, int partitions, string[] mirrors)
    {
        using var answer = await Http.PostAsJsonAsync($"{url}/v1/topics", new { name, partitions, home = "eu", mirrors, tenant = "demo" }).ConfigureAwait(false);
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"topic {name}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync().ConfigureAwait(false)}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await StopAsync(isKill: true).ConfigureAwait(false);
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task LaunchAsync(string flush)
    {
        string[] arguments = [FindStandalone(), "up", "--regions", string.Join(',', _names), "--data", _folder, "--port-offset", $"{_portOffset}", "--flush", flush];
        _process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        _ = _process.StandardOutput.ReadToEndAsync();
        var since = Stopwatch.GetTimestamp();
        for (var i = 0; i < _names.Length; i++)
        {
            while (!await IsReadyAsync($"http://127.0.0.1:{8080 + (100 * i) + _portOffset}/health/ready").ConfigureAwait(false))
            {
                if (_process.HasExited || Stopwatch.GetElapsedTime(since) > TimeSpan.FromSeconds(60))
                {
                    throw new InvalidOperationException("the regions did not get ready");
                }

                await Task.Delay(10).ConfigureAwait(false);
            }
        }
    }

    private async Task StopAsync(bool isKill)
    {
        if (isKill)
        {
            _process.Kill();
        }
        else
        {
            using var term = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
            await term.WaitForExitAsync().ConfigureAwait(false);
        }

        await _process.WaitForExitAsync().ConfigureAwait(false);
        _process.Dispose();
    }

    private static async Task<bool> IsReadyAsync(string url)
    {
        try
        {
            using var answer = await Http.GetAsync(url).ConfigureAwait(false);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or SocketException)
        {
            return false;
        }
    }

    private static string FindStandalone()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Federation.sln")))
            {
                var built = Path.Combine(folder, "artifacts", "bin", "Federation.Standalone", "release", "Federation.Standalone.dll");
                return File.Exists(built) ? built : throw new InvalidOperationException("build first: dotnet build -c Release Federation.sln");
            }
        }

        throw new InvalidOperationException("run the bench from the project's tree");
    }
}
