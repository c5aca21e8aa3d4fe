using System.Collections.Concurrent;
using System.Text.Json;

namespace Federation.Cli.Schemas;

/// <summary>Reads settings that were said for exactly a subject, a context or all contexts.</summary>
internal sealed class RegistrySettingsReader(RegistryClient registry)
{
    /// <summary>Names of all contexts; the default one alone where the registry knows no others.</summary>
    public async Task<string[]> ContextsAsync(CancellationToken cancel) =>
        await registry.TryGetAsync("contexts", RegistryJson.Plain.StringArray, cancel).ConfigureAwait(false) ?? [SubjectText.DefaultContext];

    /// <summary>The config of a name; null for none. The default context's holds a level even when nobody said one.</summary>
    public async Task<JsonElement?> ConfigAsync(string name, CancellationToken cancel)
    {
        var config = await TryAsync($"config{Path(name)}", cancel).ConfigureAwait(false);
        return config.ValueKind == JsonValueKind.Object ? config : null;
    }

    /// <summary>The mode of a name; null for none.</summary>
    public async Task<string?> ModeAsync(string name, CancellationToken cancel)
    {
        var mode = await TryAsync($"mode{Path(name)}", cancel).ConfigureAwait(false);
        return mode.ValueKind == JsonValueKind.Object && mode.TryGetProperty("mode", out var text) ? text.GetString() : null;
    }

    /// <summary>Settings of many names, in the order of names: configs first.</summary>
    public async Task<List<ExportLine>> AllAsync(IReadOnlyCollection<string> names, ProgressLine progress, CancellationToken cancel)
    {
        var found = new ConcurrentBag<ExportLine>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = SchemaCommands.Parallelism, CancellationToken = cancel };
        await Parallel.ForEachAsync(names, options, async (name, stop) =>
        {
            if (await ConfigAsync(name, stop).ConfigureAwait(false) is { } config)
            {
                found.Add(new ExportLine { Kind = ExportFile.ConfigKind, Subject = name, Config = config });
            }

            if (await ModeAsync(name, stop).ConfigureAwait(false) is { } mode)
            {
                found.Add(new ExportLine { Kind = ExportFile.ModeKind, Subject = name, Mode = mode });
            }

            progress.Count();
        }).ConfigureAwait(false);
        return [.. found.OrderBy(line => line.Kind, StringComparer.Ordinal).ThenBy(line => line.Subject, StringComparer.Ordinal)];
    }

    /// <summary>The path behind "config" and "mode".</summary>
    public static string Path(string name) => name.Length == 0 ? "" : "/" + SubjectText.Segment(name);

    private async Task<JsonElement> TryAsync(string path, CancellationToken cancel)
    {
        try
        {
            return await registry.TryGetAsync(path, RegistryJson.Plain.JsonElement, cancel).ConfigureAwait(false);
        }
        catch (CliException e) when (e.RegistryCode == 42208)
        {
            // Older registries know no settings for all contexts, or none of contexts at all.
            return default;
        }
    }
}
