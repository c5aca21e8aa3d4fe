using System.Collections.Concurrent;
using Hosting;
using Kernel;
using SchemaRegistry.Core.Subjects;
using SchemaRegistry.Service.Log;
using SchemaRegistry.Service.State;

namespace SchemaRegistry.Service.Linking;

/// <summary>
/// Runs a tenant's exporters where the tenant's log is written: after each change of the state each copies what is new, and says in the log how far
/// it has come. One that fails is tried again after a pause and stops no other. Thread-safe.
/// </summary>
internal sealed class ExporterRunner : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly TenantRegistry _registry;
    private readonly Func<ISchemaLog> _openLog;
    private readonly HttpClient _client;
    private readonly Func<Uri, bool> _mayExportTo;
    private readonly Clock _clock;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, ExporterStatus> _status = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ExporterRun> _runs = new(StringComparer.Ordinal);
    private readonly Task _running;

    /// <param name="openLog">The tenant's log, to be read once more where an exporter goes on.</param>
    /// <param name="runsHere">False where another region writes the log: that one runs the exporters.</param>
    public ExporterRunner(
        TenantRegistry registry, Func<ISchemaLog> openLog, bool runsHere, HttpClient client, Func<Uri, bool> mayExportTo, Clock clock)
    {
        _registry = registry;
        _openLog = openLog;
        _client = client;
        _mayExportTo = mayExportTo;
        _clock = clock;
        _running = runsHere ? Task.Run(RunAsync) : Task.CompletedTask;
    }

    /// <summary>How far an exporter has come.</summary>
    public ExporterStatus Status(Exporter exporter) => _status.GetValueOrDefault(exporter.Name)
        ?? (ProgressOf(exporter) is { } progress
            ? new ExporterStatus(IsRunning: true, progress.Offset, progress.TimestampMs, null)
            : new ExporterStatus(IsRunning: false, -1, 0, null));

    /// <summary>Checks settings before they are stored. Throws <see cref="RegistryException"/> 40951.</summary>
    public void Check(Exporter exporter)
    {
        var target = new ExportTarget(exporter, _registry.Tenant);
        if (!_mayExportTo(target.Url))
        {
            throw ExporterErrors.BadConfig($"exports to {target.Url.Host} are not allowed here");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            await _registry.CaughtUp.WaitAsync(_stopping.Token);
            while (true)
            {
                var applied = _registry.Applied;
                var image = _registry.Image;
                var hasFailed = false;
                foreach (var exporter in image.Exporters.Values.Where(exporter => !exporter.IsPaused))
                {
                    hasFailed |= !await CopyAsync(exporter, image, applied);
                }

                foreach (var gone in _runs.Keys.Where(name => !image.Exporters.ContainsKey(name)).ToArray())
                {
                    _runs.Remove(gone);
                    _status.TryRemove(gone, out _);
                }

                await _registry.WaitForAsync(applied, hasFailed ? Pause : Timeout.InfiniteTimeSpan, _stopping.Token);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Stopped: the other registry gets the rest after the next start.
        }
    }

    private ExporterProgress? ProgressOf(Exporter exporter) =>
        _registry.Image.ExporterProgresses.GetValueOrDefault(exporter.Name) is { } progress && progress.Generation == exporter.Generation ? progress : null;

    private async Task<ExporterRun> BeginAsync(Exporter exporter, RegistryImage image)
    {
        Check(exporter);
        var run = new ExporterRun(exporter, _registry.Tenant, _client);
        if (ProgressOf(exporter) is { } progress)
        {
            await using var log = _openLog();
            run.Resume(image, await ChangedSchemas.BetweenAsync(log, progress.Offset + 1, _registry.Applied, _stopping.Token));
        }

        return run;
    }

    /// <summary>Says in the log how far an exporter has come: when that took work, or would take work to find out again.</summary>
    private async Task KeepAsync(Exporter exporter, long offset, bool hasSent)
    {
        if (hasSent || ProgressOf(exporter) is not { } kept || offset - kept.Offset > Limits.SchemaRecordsPerSnapshot)
        {
            var progress = new ExporterProgress(exporter.Name, exporter.Generation, offset, _clock.WallMs);

            // What the log does not take now it takes the next time.
            await _registry.ExecuteAsync(new SetExporterProgress(progress), _stopping.Token);
        }
    }

    private async Task<bool> CopyAsync(Exporter exporter, RegistryImage image, long applied)
    {
        try
        {
            if (!_runs.TryGetValue(exporter.Name, out var run) || run.Exporter != exporter)
            {
                _runs[exporter.Name] = run = await BeginAsync(exporter, image);
            }

            var sent = run.Sent;
            await run.CopyAsync(image, _stopping.Token);
            _status[exporter.Name] = new ExporterStatus(IsRunning: true, applied - 1, _clock.WallMs, null);
            await KeepAsync(exporter, applied - 1, hasSent: run.Sent > sent);
            return true;
        }
        catch (Exception failure) when (failure is IOException or HttpRequestException or SchemaLogLostException
            or System.Net.Sockets.SocketException or RegistryException or System.Text.Json.JsonException
            || failure is OperationCanceledException && !_stopping.IsCancellationRequested)
        {
            var before = _status.GetValueOrDefault(exporter.Name);
            _status[exporter.Name] = new ExporterStatus(before?.IsRunning == true, before?.Offset ?? -1, _clock.WallMs, failure.Message);
            return false;
        }
    }
}

/// <summary>How far an exporter has come.</summary>
/// <param name="IsRunning">It has copied all at least once.</param>
/// <param name="Offset">Of the last record that is copied; -1 before any.</param>
/// <param name="Trace">Why it does not go on; null when it does.</param>
internal sealed record ExporterStatus(bool IsRunning, long Offset, long TimestampMs, string? Trace);
