using System.Text.Json;

namespace Federation.Cli.Schemas;

/// <summary>
/// What an import has to do, found out before anything is written. Schemas that are there already, with their id and version, are left alone;
/// a version or an id that is another schema there is a conflict, and then nothing is done at all.
/// </summary>
internal sealed class ImportPlan
{
    private readonly List<ExportLine> _missing = [];
    private readonly List<ExportLine> _toDelete = [];
    private readonly List<string> _conflicts = [];
    private readonly HashSet<VersionKey> _available = [];
    private readonly HashSet<VersionKey> _skipped = [];

    /// <summary>To be registered, each behind those that it refers to.</summary>
    public IReadOnlyList<ExportLine> Missing => _missing;

    /// <summary>Softly deleted in the file, live or missing there. Each before those that it refers to.</summary>
    public IEnumerable<ExportLine> ToDelete => _toDelete.AsEnumerable().Reverse();

    public IReadOnlyList<string> Conflicts => _conflicts;

    /// <summary>
    /// Softly deleted schemas that refer to what exists no more: a deleted schema does not protect what it refers to. No registry can read them.
    /// </summary>
    public IReadOnlySet<VersionKey> Skipped => _skipped;

    public int Present { get; private set; }

    /// <summary>Subjects that are there with softly deleted versions, which IMPORT mode may remove: they are registered again.</summary>
    public IReadOnlySet<string> SubjectsWithDeleted { get; private set; } = new HashSet<string>();

    public IReadOnlySet<string> SubjectsThere { get; private set; } = new HashSet<string>();

    public static async Task<ImportPlan> OfAsync(RegistryClient registry, ExportFile file, CancellationToken cancel)
    {
        var there = await registry.SchemasAsync(SubjectText.AllContexts, "&deleted=true", cancel).ConfigureAwait(false);
        HashSet<VersionKey>? live = null;
        if (there.Any(schema => schema.Deleted is null))
        {
            var rest = await registry.SchemasAsync(SubjectText.AllContexts, "", cancel).ConfigureAwait(false);
            live = [.. rest.Select(schema => new VersionKey(schema.Subject!, schema.Version))];
        }

        var versions = there.ToDictionary(schema => new VersionKey(schema.Subject!, schema.Version),
            schema => schema with { Deleted = live is null ? schema.Deleted : !live.Contains(new VersionKey(schema.Subject!, schema.Version)) });
        var ids = versions.Values.GroupBy(schema => (SubjectText.ContextOf(schema.Subject!), schema.Id))
            .ToDictionary(group => group.Key, group => group.First());
        var plan = new ImportPlan
        {
            SubjectsThere = versions.Keys.Select(key => key.Subject).ToHashSet(StringComparer.Ordinal),
            SubjectsWithDeleted = versions.Values.Where(schema => schema.Deleted == true).Select(schema => schema.Subject!).ToHashSet(StringComparer.Ordinal),
        };
        plan._available.UnionWith(versions.Keys);
        var settings = new RegistrySettingsReader(registry);
        foreach (var line in ReferenceOrder.Of(file.Schemas))
        {
            await plan.AddAsync(registry, settings, line, versions, ids, cancel).ConfigureAwait(false);
        }

        plan.CheckDeletedThere(file, versions);
        return plan;
    }

    private async Task AddAsync(
        RegistryClient registry, RegistrySettingsReader settings, ExportLine line, Dictionary<VersionKey, SchemaVersion> versions,
        Dictionary<(string, int), SchemaVersion> ids, CancellationToken cancel)
    {
        var key = VersionKey.Of(line);
        if (!versions.TryGetValue(key, out var present))
        {
            if (ids.TryGetValue((SubjectText.ContextOf(key.Subject), line.Id!.Value), out var holder) && !IsSame(line, holder)
                && !await IsSameThereAsync(registry, line, holder.Subject!, cancel).ConfigureAwait(false))
            {
                _conflicts.Add($"{key}: its id {line.Id} is {holder.Subject} version {holder.Version} there, another schema");
                return;
            }

            AddMissing(key, line);
            return;
        }

        if (present.Id != line.Id)
        {
            _conflicts.Add($"{key}: it has id {line.Id} here and {present.Id} there");
        }
        else if (!IsSame(line, present) && !await IsSameThereAsync(registry, line, key.Subject, cancel).ConfigureAwait(false))
        {
            _conflicts.Add($"{key}: it is another schema there, with the same id {line.Id}");
        }
        else if ((line.Deleted == true) == (present.Deleted == true))
        {
            Present++;
        }
        else if (await settings.ModeAsync(key.Subject, cancel).ConfigureAwait(false) != ImportCommand.ImportMode)
        {
            _conflicts.Add(line.Deleted == true
                ? $"{key}: it is live there and deleted in the file; delete it there"
                : $"{key}: it is deleted there and live in the file; undelete it there");
        }
        else
        {
            // An import that did not come to its end.
            (line.Deleted == true ? _toDelete : _missing).Add(line);
        }
    }

    private void AddMissing(VersionKey key, ExportLine line)
    {
        if (ReferenceOrder.Targets(line).Where(target => !_available.Contains(target)).Select(target => $"{target}").FirstOrDefault() is { } gone)
        {
            if (line.Deleted == true)
            {
                _skipped.Add(key);
            }
            else
            {
                _conflicts.Add($"{key}: it refers to {gone}, which is neither in the file nor there");
            }

            return;
        }

        _available.Add(key);
        _missing.Add(line);
        if (line.Deleted == true)
        {
            _toDelete.Add(line);
        }
    }

    /// <summary>IMPORT mode removes soft deletions for good. What the file holds comes back; what it does not would be lost.</summary>
    private void CheckDeletedThere(ExportFile file, Dictionary<VersionKey, SchemaVersion> versions)
    {
        var changed = _missing.Select(line => line.Subject!).ToHashSet(StringComparer.Ordinal);
        var inFile = file.Schemas.Where(line => ReferenceOrder.Targets(line).All(_available.Contains)).Select(VersionKey.Of).ToHashSet();
        foreach (var (key, _) in versions.Where(pair => pair.Value.Deleted == true && changed.Contains(pair.Key.Subject) && !inFile.Contains(pair.Key)))
        {
            _conflicts.Add($"{key}: it is softly deleted there and cannot be had from the file; importing versions beside it would remove it for good");
        }
    }

    private static bool IsSame(ExportLine line, SchemaVersion there) =>
        line.SchemaType == there.Type && line.Schema == there.Schema && (line.References ?? []).SequenceEqual(there.References ?? [])
        && IsSame(line.Metadata, there.Metadata) && IsSame(line.RuleSet, there.RuleSet);

    private static bool IsSame(JsonElement? one, JsonElement? other) =>
        one is { } first && other is { } second ? JsonElement.DeepEquals(first, second) : one is null && other is null;

    /// <summary>Another registry may print the same schema in another way: it is asked itself.</summary>
    private static async Task<bool> IsSameThereAsync(RegistryClient registry, ExportLine line, string subject, CancellationToken cancel)
    {
        try
        {
            var body = ImportCommand.BodyOf(line) with { Id = null, Version = null };
            var found = await registry.PostSchemaAsync($"subjects/{SubjectText.Segment(subject)}?deleted=true", body, cancel).ConfigureAwait(false);
            return found.Id == line.Id && (subject != line.Subject || found.Version == line.Version);
        }
        catch (CliException e) when (e.ExitCode is ExitCode.NotFound or ExitCode.Usage)
        {
            return false;
        }
    }
}
