using System.CommandLine;
using System.Text;

namespace Federation.Cli.Schemas;

/// <summary>`fed schema export`: all versions with their ids, deleted ones too, and all settings, into one file.</summary>
internal static class ExportCommand
{
    private const string DefaultName = "schemas.jsonl";

    public static Command Build()
    {
        var prefix = new Option<string?>("--prefix") { Description = "Subjects whose names begin so, without settings of contexts" };
        var target = new Option<string>("--out")
        {
            Description = $"The file, or a folder for {DefaultName} in it; - for standard output",
            DefaultValueFactory = _ => DefaultName,
        };
        return new Command("export", "Writes a whole registry, or one context of it, as JSON lines. By Confluent's endpoints alone") { prefix, target }
            .Asks(async session =>
            {
                var file = await ReadAsync(session, session.Parsed.GetValue(prefix)).ConfigureAwait(false);
                var path = session.Parsed.GetValue(target)!;
                if (path == "-")
                {
                    file.Write(session.Out);
                    return ExitCode.Ok;
                }

                path = Directory.Exists(path) ? Path.Combine(path, DefaultName) : path;
                WriteWhole(file, path);
                var report = new ExportReport(path, file.Schemas.Count, file.Schemas.Count(schema => schema.Deleted == true), file.Settings.Count);
                Output.Print(report, RegistryJson.Plain.ExportReport, session.Format, ["FILE", "SCHEMAS", "OF THEM DELETED", "SETTINGS"],
                    [[path, $"{report.Schemas}", $"{report.Deleted}", $"{report.Settings}"]], session.Out);
                return ExitCode.Ok;
            });
    }

    private static async Task<ExportFile> ReadAsync(SchemaSession session, string? prefix)
    {
        var search = SubjectText.Search(prefix, session.Context);
        var all = await session.Registry.SchemasAsync(search, "&deleted=true&aliases=true", session.Cancel).ConfigureAwait(false);
        HashSet<VersionKey>? live = null;
        if (all.Any(schema => schema.Deleted is null))
        {
            // A registry that does not mark what is deleted gives it apart.
            var rest = await session.Registry.SchemasAsync(search, "", session.Cancel).ConfigureAwait(false);
            live = [.. rest.Select(schema => new VersionKey(schema.Subject!, schema.Version))];
        }

        var lines = all.Select(schema => new ExportLine
        {
            Kind = ExportFile.SchemaKind,
            Subject = schema.Subject,
            Version = schema.Version,
            Id = schema.Id,
            SchemaType = schema.Type,
            References = schema.References,
            Metadata = schema.Metadata,
            RuleSet = schema.RuleSet,
            Schema = schema.Schema,
            Deleted = (live is null ? schema.Deleted == true : !live.Contains(new VersionKey(schema.Subject!, schema.Version))) ? true : null,
        });
        var ordered = ReferenceOrder.Of(lines);
        Warn(session, ordered);

        // Aliases have settings and perhaps no schema.
        var names = all.Select(schema => schema.Subject!).Concat(all.SelectMany(schema => schema.Aliases ?? [])).ToHashSet(StringComparer.Ordinal);
        var reader = new RegistrySettingsReader(session.Registry);
        if (string.IsNullOrEmpty(prefix))
        {
            names.UnionWith(session.Context is { } only ? [ContextName(only)]
                : (await reader.ContextsAsync(session.Cancel).ConfigureAwait(false)).Select(ContextName).Append(SubjectText.Global));
        }

        var progress = new ProgressLine(session.Error, "settings", names.Count);
        return new ExportFile(ordered, await reader.AllAsync(names, progress, session.Cancel).ConfigureAwait(false));
    }

    private static string ContextName(string context) => context == SubjectText.DefaultContext ? "" : $":{context}:";

    private static void Warn(SchemaSession session, List<ExportLine> schemas)
    {
        var known = schemas.Select(VersionKey.Of).ToHashSet();
        foreach (var missing in schemas.SelectMany(ReferenceOrder.Targets).Where(target => !known.Contains(target)).Distinct())
        {
            session.Say($"{missing} is referred to and not in the export; it has to be there where this is imported");
        }
    }

    /// <summary>An export that fails must not leave half a file in place of a whole one.</summary>
    private static void WriteWhole(ExportFile file, string path)
    {
        var part = path + ".part";
        try
        {
            using (var writer = new StreamWriter(part, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)))
            {
                file.Write(writer);
            }

            File.Move(part, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{path}: {e.Message}", ExitCode.Error);
        }
    }
}

/// <summary>What `fed schema export -o json` prints.</summary>
internal sealed record ExportReport(string File, int Schemas, int Deleted, int Settings);
