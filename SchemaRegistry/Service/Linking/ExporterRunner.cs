using System.Collections.Concurrent;
using Hosting;
using Kernel;
using SchemaRegistry.Core.Subjects;
using SchemaRegistry.Service.Log;
using SchemaRegistry.Service.State;

namespace SchemaRegistry.Service.Linking;

/// <summary>
/// Runs a tenant's exporters while the tenant's log is written here: after each change of the state each copies what is new, and says in the log how
/// far it has come. Each goes its own way: one that fails is tried again after a pause, and neither that nor a slow target holds up another.
/// Thread-safe.
/// </summary>
internal sealed class ExporterRunner : IAsyncDisposable
{
    /// <summary>How long one request to a target may take: writing a schema takes a registry some milliseconds, and a region far away some hundred.</summary>
    public static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Between attempts, and between questions where the log's home is: that moves without a record in the log.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly TenantRegistry _registry;
    private readonly Func<ISchemaLog> _openLog;
    private readonly Func<WriteHome> _home;
    private readonly HttpClient _client;
    private readonly Func<Uri, bool> _mayExportTo;
    private readonly Clock _clock;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, ExporterStatus> _status = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Task> _loops = new(StringComparer.Ordinal);
    private readonly Task _running;
    private readonly OwnRegistryProbe _probe;

    /// <param name="openLog">The tenant's log, to be read once more where an exporter goes on.</param>
    /// <param name="home">Where the log is written now: exporters run there. Must not throw.</param>
    public ExporterRunner(
        TenantRegistry registry, Func<ISchemaLog> openLog, Func<WriteHome> home, HttpClient client, OwnRegistryProbe probe, Func<Uri, bool> mayExportTo,
        Clock clock)
    {
        _registry = registry;
        _openLog = openLog;
        _home = home;
        _client = client;
        _probe = probe;
        _mayExportTo = mayExportTo;
        _clock = clock;
        _running = Task.Run(RunAsync);
    }

    /// <summary>How far an exporter has come.</summary>
    public ExporterStatus Status(Exporter exporter) => _status.GetValueOrDefault(exporter.Name)
        ?? (ProgressOf(exporter) is { } progress
            ? new ExporterStatus(IsRunning: true, progress.Offset, progress.TimestampMs, null)
            : new ExporterStatus(IsRunning: false, -1, 0, null));

    /// <summary>Checks settings before they are stored. Throws <see cref="RegistryException"/> 40951 or 40952.</summary>
    public void Check(Exporter exporter)
    {
        var target = new ExportTarget(exporter, _registry.Tenant);
        if (!_mayExportTo(target.Url))
        {
            throw ExporterErrors.BadConfig($"exports to {target.Url.Host} are not allowed here");
        }
    }

    /// <summary>
    /// As <see cref="Check"/>, and asks the target whether it is this very registry: there, an exporter that covers its own copies would copy them for
    /// ever. A target that cannot be asked now is asked before the first copy.
    /// </summary>
    public async Task CheckWithTargetAsync(Exporter exporter, CancellationToken cancel) => await AskTargetAsync(exporter, cancel);

    /// <summary>Notes that a question of <see cref="CheckWithTargetAsync"/> came; false for one that another registry sent.</summary>
    public bool IsOwnProbe(string word) => _probe.Came(word);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;

        // Nothing begins another loop now.
        Task[] loops;
        lock (_gate)
        {
            loops = [.. _loops.Values];
        }

        await Task.WhenAll(loops);
        _stopping.Dispose();
    }

    /// <summary>Begins a loop for each exporter that comes.</summary>
    private async Task RunAsync()
    {
        while (await WaitAsync(_registry.CaughtUp.WaitAsync(_stopping.Token)))
        {
            var applied = _registry.Applied;
            lock (_gate)
            {
                foreach (var name in _registry.Image.Exporters.Keys.Where(name => !_loops.ContainsKey(name)))
                {
                    _loops[name] = Task.Run(() => RunAsync(name));
                }
            }

            await WaitAsync(_registry.WaitForAsync(applied, Pause, _stopping.Token));
        }
    }

    /// <summary>Copies for one exporter until it is deleted.</summary>
    private async Task RunAsync(string name)
    {
        ExporterRun? run = null;
        var copied = -1L;
        while (await WaitAsync(_registry.CaughtUp.WaitAsync(_stopping.Token)))
        {
            var applied = _registry.Applied;
            var image = _registry.Image;
            if (!image.Exporters.TryGetValue(name, out var exporter))
            {
                if (HasEnded(name))
                {
                    return;
                }

                run = null;
                continue;
            }

            if (!_home().IsHere)
            {
                // The region that copies now says in the log how far it is.
                _status.TryRemove(name, out _);
                run = null;
            }
            else if (!exporter.IsPaused && (run?.Exporter != exporter || copied != applied))
            {
                (run, var isDone) = await CopyAsync(run, exporter, image, applied);
                copied = isDone ? applied : -1;
            }

            await WaitAsync(_registry.WaitForAsync(applied, Pause, _stopping.Token));
        }
    }

    /// <summary>Takes a loop off the list if its exporter is gone: whoever makes it anew finds the loop there, or begins another one.</summary>
    private bool HasEnded(string name)
    {
        lock (_gate)
        {
            if (_registry.Image.Exporters.ContainsKey(name))
            {
                return false;
            }

            _loops.Remove(name);
            _status.TryRemove(name, out _);
            return true;
        }
    }

    /// <summary>False when this stops: the other registry gets the rest after the next start.</summary>
    private async Task<bool> WaitAsync(Task waiting)
    {
        try
        {
            await waiting;
            return !_stopping.IsCancellationRequested;
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Checks, and throws where the target is this registry. Why the target did not say; null when it did, or need not be asked.</summary>
    private async Task<string?> AskTargetAsync(Exporter exporter, CancellationToken cancel)
    {
        Check(exporter);
        var target = new ExportTarget(exporter, _registry.Tenant);
        var result = target.Names.CoversCopies ? await _probe.AskAsync(target, cancel) : default;
        return result.IsOwn
            ? throw ExporterErrors.BadConfig(
                $"{ExportTarget.UrlSetting} is this registry, and its subjects cover the copies, which would be copied in turn without end")
            : result.Unanswered;
    }

    private ExporterProgress? ProgressOf(Exporter exporter) =>
        _registry.Image.ExporterProgresses.GetValueOrDefault(exporter.Name) is { } progress && progress.Generation == exporter.Generation ? progress : null;

    /// <summary>It is neither paused nor changed nor deleted, and the log's home is still here.</summary>
    private bool IsWanted(Exporter exporter) => _registry.Image.Exporters.GetValueOrDefault(exporter.Name) == exporter && _home().IsHere;

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

    /// <summary>Copies once. Whatever the target answers, and whatever is wrong here, ends this copy and nothing else.</summary>
    private async Task<(ExporterRun? Run, bool IsDone)> CopyAsync(ExporterRun? run, Exporter exporter, RegistryImage image, long applied)
    {
        try
        {
            if (run?.Exporter != exporter)
            {
                run = null;
                run = await BeginAsync(exporter, image);
            }

            // Until the first copy is done: what could not be asked before, or was on its way to another home, would begin a circle now.
            if (ProgressOf(exporter) is null && await AskTargetAsync(exporter, _stopping.Token) is { } why)
            {
                // Who does not say so may still be this registry, and take the copies.
                throw new IOException($"the target could not be asked whether it is this registry: {why}");
            }

            var sent = run.Sent;
            if (!await run.CopyAsync(image, () => IsWanted(exporter), _stopping.Token))
            {
                return (run, false);
            }

            _status[exporter.Name] = new ExporterStatus(IsRunning: true, applied - 1, _clock.WallMs, null);
            await KeepAsync(exporter, applied - 1, hasSent: run.Sent > sent);
            return (run, true);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return (run, false);
        }
        catch (Exception failure)
        {
            var before = _status.GetValueOrDefault(exporter.Name);
            _status[exporter.Name] = new ExporterStatus(before?.IsRunning == true, before?.Offset ?? -1, _clock.WallMs, failure.Message);
            return (run, false);
        }
    }
}

/// <summary>How far an exporter has come.</summary>
/// <param name="IsRunning">It has copied all at least once.</param>
/// <param name="Offset">Of the last record that is copied; -1 before any.</param>
/// <param name="Trace">Why it does not go on; null when it does.</param>
internal sealed record ExporterStatus(bool IsRunning, long Offset, long TimestampMs, string? Trace);
