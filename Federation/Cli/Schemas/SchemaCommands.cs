using System.CommandLine;
using System.Text.Json;

namespace Federation.Cli.Schemas;

/// <summary>`fed schema …`: subjects and versions of a Confluent-compatible schema registry.</summary>
internal static class SchemaCommands
{
    /// <summary>Requests under way at once where many subjects are asked about.</summary>
    public const int Parallelism = 8;

    public static Argument<string> Subject { get; } = new("subject") { Description = "The subject, as orders-value or :.context:orders-value" };

    public static Command Build()
    {
        var schema = new Command("schema", "Schemas of a Confluent-compatible registry");
        schema.Aliases.Add("schemas");
        RegistryAccess.AddTo(schema);
        schema.Add(List());
        schema.Add(Show());
        schema.Add(DiffCommand.Build());
        schema.Add(CheckCommand.Build());
        schema.Add(RegisterCommand.Build());
        schema.Add(DeleteCommands.Delete());
        schema.Add(DeleteCommands.Undelete());
        schema.Add(ExportCommand.Build());
        schema.Add(ImportCommand.Build());
        return schema;
    }

    private static Command List()
    {
        var prefix = new Option<string?>("--prefix") { Description = "Subjects whose names begin so; :.context:name looks in that context" };
        var deleted = new Option<bool>("--deleted") { Description = "Subjects that are softly deleted too" };
        const string Description = "Subjects with their latest version and compatibility level; of all contexts unless --context says one";
        var list = new Command("list", Description) { prefix, deleted };
        list.Aliases.Add("get");
        return list.Asks(async session =>
        {
            var search = SubjectText.Search(session.Parsed.GetValue(prefix), session.Context);
            var latest = await session.Registry.SchemasAsync(search, "&latestOnly=true", session.Cancel).ConfigureAwait(false);
            var live = latest.Select(schema => schema.Subject).ToHashSet();
            if (session.Parsed.GetValue(deleted))
            {
                var all = await session.Registry.SchemasAsync(search, "&latestOnly=true&deleted=true", session.Cancel).ConfigureAwait(false);
                latest.AddRange(all.Where(schema => !live.Contains(schema.Subject)));
            }

            var rows = new SubjectRow[latest.Count];
            var options = new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = session.Cancel };
            await Parallel.ForAsync(0, rows.Length, options, async (i, cancel) =>
            {
                var schema = latest[i];
                var level = await LevelAsync(session.Registry, schema.Subject!, cancel).ConfigureAwait(false);
                rows[i] = new SubjectRow(schema.Subject!, schema.Version, schema.Id, schema.Type, level, !live.Contains(schema.Subject));
            }).ConfigureAwait(false);
            rows = [.. rows.OrderBy(row => row.Subject, StringComparer.Ordinal)];
            Output.Print(rows, RegistryJson.Plain.SubjectRowArray, session.Format, ["SUBJECT", "VERSION", "ID", "TYPE", "LEVEL", "STATE"],
                rows.Select(Cells), session.Out);
            return ExitCode.Ok;
        });
    }

    private static string[] Cells(SubjectRow row) =>
        [row.Subject, $"{row.Version}", $"{row.Id}", row.SchemaType, row.Level ?? "?", row.Deleted ? "deleted" : "live"];

    private static Command Show()
    {
        var subject = new Argument<string?>("subject") { Description = Subject.Description, Arity = ArgumentArity.ZeroOrOne };
        var version = new Option<string>("--version") { Description = "A number or latest", DefaultValueFactory = _ => "latest" };
        var id = new Option<int?>("--id")
        {
            Description = "The schema with this id, of the subject's context where one is named",
            CustomParser = NumberOption.ReadIfSaid,
        };
        var raw = new Option<bool>("--raw") { Description = "The schema's text alone, as it is stored" };
        var deleted = new Option<bool>("--deleted") { Description = "Even when it is softly deleted" };
        var show = new Command("show", "One version of a subject, or the schema with an id") { subject, version, id, raw, deleted };
        show.Aliases.Add("describe");
        return show.Asks(async session =>
        {
            var name = session.Parsed.GetValue(subject) is { } text ? session.Subject(text) : null;
            string path;
            if (session.Parsed.GetValue(id) is { } number)
            {
                var where = name ?? (session.Context is { } context ? $":{context}:" : null);
                path = $"schemas/ids/{number}{(where is null ? "" : $"?subject={Uri.EscapeDataString(where)}")}";
            }
            else if (name is not null)
            {
                path = $"subjects/{SubjectText.Segment(name)}/versions/{Uri.EscapeDataString(session.Parsed.GetValue(version)!)}"
                    + (session.Parsed.GetValue(deleted) ? "?deleted=true" : "");
            }
            else
            {
                throw new CliException("say a subject or --id", ExitCode.Usage);
            }

            var json = await session.Registry.GetAsync(path, RegistryJson.Plain.JsonElement, session.Cancel).ConfigureAwait(false);
            Print(session, json, session.Parsed.GetValue(raw));
            return ExitCode.Ok;
        });
    }

    /// <summary>The level that holds for a subject; null where it may not be read.</summary>
    public static async Task<string?> LevelAsync(RegistryClient registry, string subject, CancellationToken cancel)
    {
        try
        {
            var config = await registry.GetAsync(
                $"config/{SubjectText.Segment(subject)}?defaultToGlobal=true", RegistryJson.Plain.JsonElement, cancel).ConfigureAwait(false);
            return config.TryGetProperty("compatibilityLevel", out var level) ? level.GetString() : null;
        }
        catch (CliException e) when (e.ExitCode is ExitCode.Denied or ExitCode.NotFound)
        {
            return null;
        }
    }

    private static void Print(SchemaSession session, JsonElement json, bool isRaw)
    {
        var text = json.TryGetProperty("schema", out var schema) ? schema.GetString() ?? "" : "";
        if (isRaw)
        {
            session.Out.WriteLine(text);
            return;
        }

        if (session.IsJson)
        {
            Output.PrintJson(json, RegistryJson.Plain.JsonElement, session.Out);
            return;
        }

        foreach (var member in json.EnumerateObject().Where(member => member.Name != "schema"))
        {
            session.Out.WriteLine($"{member.Name}: {(member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString() : member.Value.GetRawText())}");
        }

        session.Out.WriteLine();
        session.Out.WriteLine(PrettyText.Of(text));
    }
}

/// <summary>A subject in a list.</summary>
/// <param name="Level">The compatibility level that holds for it; null where it may not be read.</param>
internal sealed record SubjectRow(string Subject, int Version, int Id, string SchemaType, string? Level, bool Deleted);
