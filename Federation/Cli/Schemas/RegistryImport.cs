using System.Text.Json;

namespace Federation.Cli.Schemas;

/// <summary>
/// Performs an <see cref="ImportPlan"/>. The order matters: schemas in IMPORT mode, then soft deletions (which end the settings of a subject whose
/// last version goes), then settings, then modes, which may forbid everything else. Stopped at any point, it is taken up by importing again.
/// </summary>
internal sealed class RegistryImport(RegistryClient registry, TextWriter talk, bool isDryRun)
{
    private const string RequestedLevel = "compatibility";
    private const string StoredLevel = "compatibilityLevel";

    private static readonly JsonElement Null = JsonElement.Parse("null");

    private readonly RegistrySettingsReader _settings = new(registry);
    private int _settingsChanged;

    public async Task<ImportReport> RunAsync(ImportPlan plan, ExportFile file, CancellationToken cancel)
    {
        var missing = plan.Missing;
        if (!isDryRun && missing.Count > 0)
        {
            missing = await PrepareAsync(plan, file, cancel).ConfigureAwait(false);
            var progress = new ProgressLine(talk, "schemas", missing.Count);
            foreach (var wave in ReferenceOrder.Waves(missing))
            {
                await EachAsync(wave, (line, stop) => RegisterAsync(line, progress, stop), cancel).ConfigureAwait(false);
            }
        }

        ExportLine[] toDelete = [.. plan.ToDelete, .. missing.Except(plan.Missing).Where(line => line.Deleted == true).Reverse()];
        if (!isDryRun)
        {
            // One by one: a schema may go only when nothing that is live refers to it.
            foreach (var line in toDelete)
            {
                var path = $"subjects/{SubjectText.Segment(line.Subject!)}/versions/{line.Version}";
                await registry.SendAsync(HttpMethod.Delete, path, null, RegistryJson.Plain.Int32, cancel).ConfigureAwait(false);
            }
        }

        await SettleAsync(file, missing, cancel).ConfigureAwait(false);
        return new ImportReport(isDryRun, plan.Present, plan.Missing.Count, toDelete.Length, _settingsChanged, [.. plan.Skipped.Select(key => $"{key}")], []);
    }

    /// <summary>Sets IMPORT mode where schemas are to be written; what has to be written is then known.</summary>
    private async Task<IReadOnlyList<ExportLine>> PrepareAsync(ImportPlan plan, ExportFile file, CancellationToken cancel)
    {
        var subjects = plan.Missing.Select(line => line.Subject!).ToHashSet(StringComparer.Ordinal);
        await EachAsync(subjects, async (subject, stop) =>
        {
            if (await _settings.ModeAsync(subject, stop).ConfigureAwait(false) != ImportCommand.ImportMode)
            {
                var force = plan.SubjectsThere.Contains(subject) ? "?force=true" : "";
                await SetModeAsync(subject, ImportCommand.ImportMode, force, stop).ConfigureAwait(false);
            }
        }, cancel).ConfigureAwait(false);

        var gone = new List<ExportLine>();
        foreach (var subject in subjects.Where(plan.SubjectsWithDeleted.Contains))
        {
            var left = await registry.TryGetAsync(
                $"subjects/{SubjectText.Segment(subject)}/versions?deleted=true", RegistryJson.Plain.Int32Array, cancel).ConfigureAwait(false) ?? [];
            gone.AddRange(file.Schemas.Where(line =>
                line.Subject == subject && !left.Contains(line.Version!.Value) && !plan.Skipped.Contains(VersionKey.Of(line))));
        }

        return ReferenceOrder.Of(plan.Missing.Union(gone));
    }

    private async Task RegisterAsync(ExportLine line, ProgressLine progress, CancellationToken cancel)
    {
        SchemaVersion registered;
        try
        {
            var path = $"subjects/{SubjectText.Segment(line.Subject!)}/versions";
            registered = await registry.PostSchemaAsync(path, ImportCommand.BodyOf(line), cancel).ConfigureAwait(false);
        }
        catch (CliException e) when (e.RegistryCode != 0)
        {
            throw new CliException($"{VersionKey.Of(line)}: {e.Message}", e.ExitCode);
        }

        if (registered.Id != line.Id)
        {
            throw new CliException($"{VersionKey.Of(line)}: the registry gave it id {registered.Id} instead of {line.Id}", ExitCode.Conflict);
        }

        progress.Count();
    }

    private async Task SettleAsync(ExportFile file, IReadOnlyList<ExportLine> written, CancellationToken cancel)
    {
        await EachAsync(file.Settings.Where(line => line.Kind == ExportFile.ConfigKind), SetConfigAsync, cancel).ConfigureAwait(false);
        var modes = file.Settings.Where(line => line.Kind == ExportFile.ModeKind).ToDictionary(line => line.Subject!, line => line.Mode!);
        var subjects = file.Schemas.Select(line => line.Subject!).ToHashSet(StringComparer.Ordinal);
        var touched = isDryRun ? [] : written.Select(line => line.Subject!).ToHashSet(StringComparer.Ordinal);
        await EachAsync(subjects, async (subject, stop) =>
        {
            var present = await _settings.ModeAsync(subject, stop).ConfigureAwait(false);
            var wanted = modes.GetValueOrDefault(subject);
            if (wanted is not null && wanted != present)
            {
                await ChangeAsync(!touched.Contains(subject), () => SetModeAsync(subject, wanted, "?force=true", stop)).ConfigureAwait(false);
            }
            else if (wanted is null && present == ImportCommand.ImportMode)
            {
                // It was set for this import, or for one that did not come to its end.
                await ChangeAsync(!touched.Contains(subject), () => registry.SendAsync(
                    HttpMethod.Delete, $"mode{RegistrySettingsReader.Path(subject)}", null, RegistryJson.Plain.JsonElement, stop)).ConfigureAwait(false);
            }
        }, cancel).ConfigureAwait(false);

        // Contexts last, and the widest of all at the very end: a wide mode may forbid to change narrow ones.
        var wide = modes.Where(pair => !subjects.Contains(pair.Key)).OrderByDescending(pair => pair.Key.Length > 0).ThenBy(pair => pair.Key == SubjectText.Global);
        foreach (var (name, mode) in wide)
        {
            if (await _settings.ModeAsync(name, cancel).ConfigureAwait(false) != mode)
            {
                await ChangeAsync(isCounted: true, () => SetModeAsync(name, mode, "?force=true", cancel)).ConfigureAwait(false);
            }
        }
    }

    private async Task SetConfigAsync(ExportLine line, CancellationToken cancel)
    {
        var wanted = line.Config!.Value;
        var present = await _settings.ConfigAsync(line.Subject!, cancel).ConfigureAwait(false);
        if (present is { } same && JsonElement.DeepEquals(wanted, same))
        {
            return;
        }

        // A request leaves alone what it does not name, and clears what it names as null.
        var body = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in wanted.EnumerateObject())
        {
            body[member.Name == StoredLevel ? RequestedLevel : member.Name] = member.Value;
        }

        if (present is { } before)
        {
            foreach (var member in before.EnumerateObject())
            {
                body.TryAdd(member.Name == StoredLevel ? RequestedLevel : member.Name, Null);
            }
        }

        await ChangeAsync(isCounted: true, () => registry.SendAsync(HttpMethod.Put, $"config{RegistrySettingsReader.Path(line.Subject!)}", body,
            RegistryJson.Plain.DictionaryStringJsonElement, RegistryJson.Plain.JsonElement, cancel)).ConfigureAwait(false);
    }

    private Task SetModeAsync(string name, string mode, string query, CancellationToken cancel) => registry.SendAsync(
        HttpMethod.Put, $"mode{RegistrySettingsReader.Path(name)}{query}", new ModeBody(mode),
        RegistryJson.Plain.ModeBody, RegistryJson.Plain.JsonElement, cancel);

    private async Task ChangeAsync(bool isCounted, Func<Task> change)
    {
        if (isCounted)
        {
            Interlocked.Increment(ref _settingsChanged);
        }

        if (!isDryRun)
        {
            await change().ConfigureAwait(false);
        }
    }

    private static Task EachAsync<T>(IEnumerable<T> items, Func<T, CancellationToken, Task> act, CancellationToken cancel) => Parallel.ForEachAsync(
        items, new ParallelOptions { MaxDegreeOfParallelism = SchemaCommands.Parallelism, CancellationToken = cancel },
        (item, stop) => new ValueTask(act(item, stop)));
}
