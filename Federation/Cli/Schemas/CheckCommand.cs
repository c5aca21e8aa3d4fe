using System.CommandLine;
using System.Text.Json;

namespace Federation.Cli.Schemas;

/// <summary>`fed schema check`: whether schemas would be taken, for pipelines. Nothing is written.</summary>
internal static class CheckCommand
{
    /// <summary>Against all versions that the level asks for, as a registration.</summary>
    public const string All = "all";

    /// <summary>A manifest names some hundred schemas; one beyond this is another file.</summary>
    private const int MaxManifestBytes = 4 * 1024 * 1024;

    private static readonly string[] Levels = ["NONE", "BACKWARD", "BACKWARD_TRANSITIVE", "FORWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE"];

    private static readonly Argument<string[]> Pairs = new("subject and file")
    {
        Description = "A subject and the file with its new schema, repeated",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<string?> Folder = new("--dir")
    {
        Description = "Each file of a folder: <subject>.avsc, .proto or .json, %2F for a slash in the subject",
    };

    private static readonly Option<string?> Manifest = new("--manifest")
    {
        Description = """A JSON file: {"schemas":[{"subject","file","type","references":[{"name","subject","version"}],"normalize"}]}; files beside it""",
    };

    private static readonly Option<bool> Normalize = new("--normalize") { Description = "Compare the form that is independent of order and spelling" };

    public static Command Build()
    {
        var level = new Option<string?>("--level") { Description = "At this level, whatever the subject's is" };
        level.AcceptOnlyFromAmong(Levels);
        var against = new Option<string>("--against")
        {
            Description = "all versions that the level asks for, the latest, or a version's number",
            DefaultValueFactory = _ => All,
        };
        const string Description = "Whether schemas would be taken by their subjects. Exit code 5: one is incompatible, 2: one is invalid";
        return new Command("check", Description)
        {
            Pairs, Folder, Manifest, SchemaFile.TypeOption, SchemaFile.ReferenceOption, Normalize, level, against,
        }.Asks(async session =>
        {
            var asked = session.Parsed.GetValue(against)!.ToLowerInvariant();
            if (asked is not (All or "latest") && !(int.TryParse(asked, out var version) && version > 0))
            {
                throw new CliException($"--against {asked}: all, latest or a version is expected", ExitCode.Usage);
            }

            var checker = new CompatibilityChecker(session.Registry);
            var results = new List<CheckResult>();
            foreach (var schema in Schemas(session))
            {
                results.Add(session.Parsed.GetValue(level) is { } named
                    ? await checker.CheckAtAsync(schema, named, asked, session.Cancel).ConfigureAwait(false)
                    : await checker.CheckAsync(schema, asked, session.Cancel).ConfigureAwait(false));
            }

            Print(session, results);
            return results.Any(result => result.Status == CheckResult.Incompatible) ? ExitCode.Conflict
                : results.Any(result => result.Status == CheckResult.Invalid) ? ExitCode.Usage
                : ExitCode.Ok;
        });
    }

    public static void Print(SchemaSession session, IReadOnlyList<CheckResult> results)
    {
        if (session.IsJson)
        {
            var isCompatible = results.All(result => result.Status is CheckResult.Compatible or CheckResult.New);
            Output.PrintJson(new CheckReport(isCompatible, [.. results]), RegistryJson.Plain.CheckReport, session.Out);
            return;
        }

        foreach (var result in results)
        {
            var isGood = result.Status is CheckResult.Compatible or CheckResult.New;
            var how = result.Status switch
            {
                CheckResult.New => "ok, new subject",
                CheckResult.Compatible => $"ok{(result.Level is null ? "" : $", {result.Level}")}",
                CheckResult.Invalid => "INVALID",
                _ => $"INCOMPATIBLE{(result.Version is null ? "" : $" with version {result.Version}")}{(result.Level is null ? "" : $", {result.Level}")}",
            };
            Output.Line(session.Out, $"{result.Subject} ({result.File}): {how}", isGood ? "green" : "red");
            foreach (var finding in result.Findings)
            {
                session.Out.WriteLine(finding.Type is null ? $"  {finding.Message}" : $"  {finding.Type}: {finding.Message}");
            }
        }
    }

    private static List<CheckedSchema> Schemas(SchemaSession session)
    {
        var parsed = session.Parsed;
        var normalize = parsed.GetValue(Normalize);
        var schemas = new List<CheckedSchema>();
        var pairs = parsed.GetValue(Pairs) ?? [];
        if (pairs.Length % 2 != 0)
        {
            throw new CliException("each subject needs a file: fed schema check SUBJECT FILE", ExitCode.Usage);
        }

        for (var i = 0; i < pairs.Length; i += 2)
        {
            schemas.Add(new CheckedSchema(session.Subject(pairs[i]), pairs[i + 1], SchemaFile.Read(pairs[i + 1], parsed).Body, normalize));
        }

        if (parsed.GetValue(Folder) is { } folder)
        {
            schemas.AddRange(InFolder(folder).Select(file => new CheckedSchema(
                session.Subject(Uri.UnescapeDataString(Path.GetFileNameWithoutExtension(file))), file, SchemaFile.Read(file, parsed).Body, normalize)));
        }

        if (parsed.GetValue(Manifest) is { } manifest)
        {
            schemas.AddRange(InManifest(session, manifest));
        }

        return schemas.Count > 0 ? schemas : throw new CliException("say a subject and a file, --dir or --manifest", ExitCode.Usage);
    }

    private static string[] InFolder(string folder)
    {
        string[] files = Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder).Where(file => SchemaFile.TypeOf(file) is not null).Order(StringComparer.Ordinal)]
            : throw new CliException($"{folder}: there is no such folder", ExitCode.NotFound);
        return files.Length > 0 ? files : throw new CliException($"{folder}: it holds no .avsc, .proto or .json file", ExitCode.NotFound);
    }

    private static IEnumerable<CheckedSchema> InManifest(SchemaSession session, string path)
    {
        CheckManifest? manifest;
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxManifestBytes })
            {
                throw new CliException($"{path}: a manifest has at most {MaxManifestBytes / 1024 / 1024} MB", ExitCode.Usage);
            }

            manifest = JsonSerializer.Deserialize(File.ReadAllBytes(path), RegistryJson.Plain.CheckManifest);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{path}: {e.Message}", ExitCode.NotFound);
        }
        catch (JsonException e)
        {
            throw new CliException($"{path}: {e.Message}", ExitCode.Usage);
        }

        foreach (var entry in manifest?.Schemas ?? [])
        {
            if (entry.Subject is not { Length: > 0 } subject || entry.File is not { Length: > 0 } name)
            {
                throw new CliException($"{path}: each entry needs a subject and a file", ExitCode.Usage);
            }

            var file = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, name);
            yield return new CheckedSchema(session.Subject(subject), name, SchemaFile.Read(file, entry.Type, entry.References).Body, entry.Normalize);
        }
    }
}

/// <summary>What `fed schema check -o json` prints.</summary>
internal sealed record CheckReport(bool Compatible, CheckResult[] Checks);

/// <summary>What a pipeline checks, where names of files do not say it all.</summary>
internal sealed record CheckManifest(ManifestEntry[]? Schemas);

/// <param name="File">Beside the manifest, unless it is a whole path.</param>
/// <param name="Type">Null: by the file's ending.</param>
internal sealed record ManifestEntry(string? Subject, string? File, string? Type, SchemaReference[]? References, bool Normalize);
