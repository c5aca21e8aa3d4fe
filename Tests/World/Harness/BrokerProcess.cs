using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Confluent.Kafka;
using Xunit;

namespace Tests.World.Harness;

/// <summary>One broker as a process of its own, on a free port and a folder of the caller's. It can be killed and started again. Dispose kills it; the folder is the caller's.</summary>
internal sealed class BrokerProcess(string dataFolder, params string[] extra) : IAsyncDisposable
{
    private readonly StringBuilder _output = new();
    private Process? _process;

    public int Port { get; } = FreePort();

    public string Bootstrap => $"127.0.0.1:{Port}";

    public int Id => _process!.Id;

    public bool HasExited => _process is null || _process.HasExited;

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

    /// <summary>Starts and returns when it answers.</summary>
    public async Task StartAsync()
    {
        var start = new ProcessStartInfo("dotnet",
            [Path.Combine(AppContext.BaseDirectory, "Broker.Node.dll"), "--data", dataFolder, "--listen", $"127.0.0.1:{Port}", .. extra])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,

            // The runtime's diagnostic sockets stay behind when a process is killed.
            Environment = { ["DOTNET_EnableDiagnostics"] = "0" },
        };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = Bootstrap, ReconnectBackoffMs = 10, ReconnectBackoffMaxMs = 50 })
            .SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        await Wait.UntilAsync(
            () =>
            {
                if (_process.HasExited)
                {
                    throw new InvalidOperationException($"the broker ended with {_process.ExitCode}:\n{Output}");
                }

                try
                {
                    return Task.FromResult(admin.GetMetadata(TimeSpan.FromMilliseconds(500)).Brokers.Count > 0);
                }
                catch (KafkaException)
                {
                    return Task.FromResult(false);
                }
            },
            TimeSpan.FromSeconds(60),
            () => $"the broker is not ready:\n{Output}");
    }

    /// <summary>SIGSTOP: from now on the process says nothing more. Only <see cref="KillAsync"/> may follow.</summary>
    public void Freeze() => Signal.Freeze(_process!);

    /// <summary>kill -9, and waits until the process is gone.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
            _process = null;
        }
    }

    public async ValueTask DisposeAsync() => await KillAsync();

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

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
