using System.Diagnostics;
using System.Net.Http.Json;

namespace Loadtests.Bench;

/// <summary>Two regions started for a bench, on a temporary folder and shifted ports; ended and removed on dispose.</summary>
internal sealed class Regions : IAsyncDisposable
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(60) };
    private readonly Process _process;
    private readonly string _folder;

    private Regions(Process process, string folder)
    {
        _process = process;
        _folder = folder;
    }

    public int Pid => _process.Id;

    /// <summary>Starts `up` of the Standalone that was built beside this program, and waits until it is ready.</summary>
    public static async Task<Regions> StartAsync(int portOffset, string flush)
    {
        var standalone = FindStandalone();
        var folder = Directory.CreateTempSubdirectory("federation-bench-").FullName;
        var process = Process.Start(new ProcessStartInfo("dotnet", [standalone, "up", "--regions", "eu,us", "--data", folder, "--port-offset", $"{portOffset}", "--flush", flush])
        {
            RedirectStandardOutput = true,
        })!;
        _ = process.StandardOutput.ReadToEndAsync();
        var regions = new Regions(process, folder);
        var since = Stopwatch.GetTimestamp();
        foreach (var port in new[] { 8080, 8180 })
        {
            while (!await IsReadyAsync($"http://127.0.0.1:{port + portOffset}/health/ready").ConfigureAwait(false))
            {
                if (process.HasExited || Stopwatch.GetElapsedTime(since) > TimeSpan.FromSeconds(60))
                {
                    await regions.DisposeAsync().ConfigureAwait(false);
                    throw new InvalidOperationException("the regions did not get ready");
                }

                await Task.Delay(50).ConfigureAwait(false);
            }
        }

        return regions;
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
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync().ConfigureAwait(false);
        }

        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<bool> IsReadyAsync(string url)
    {
        try
        {
            using var answer = await Http.GetAsync(url).ConfigureAwait(false);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
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
