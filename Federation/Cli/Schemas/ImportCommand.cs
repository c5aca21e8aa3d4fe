using System.CommandLine;
using System.Text.Json;

namespace Federation.Cli.Schemas;

/// <summary>`fed schema import`: an export into a registry that keeps its ids and versions, by IMPORT mode. Importing again changes nothing.</summary>
internal static class ImportCommand
{
    public const string ImportMode = "IMPORT";

    public static Command Build()
    {
        var path = new Argument<string>("file") { Description = "What export wrote; - for standard input" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Say what would be done" };
        const string Description = "Brings an export into a registry, with its ids and versions; with --context, into that context. By Confluent's endpoints alone";
        return new Command("import", Description) { path, dryRun }.Asks(async session =>
        {
            var file = ExportFile.Read(session.Parsed.GetValue(path)!);
            file = session.Context is { } context ? Moved(file, context) : file;
            var isDryRun = session.Parsed.GetValue(dryRun);
            var plan = await ImportPlan.OfAsync(session.Registry, file, session.Cancel).ConfigureAwait(false);
            if (plan.Conflicts.Count > 0)
            {
                Print(session, new ImportReport(isDryRun, plan.Present, 0, 0, 0, [], [.. plan.Conflicts]));
                session.Say($"{plan.Conflicts.Count} conflicts; nothing was imported");
                return ExitCode.Conflict;
            }

            var import = new RegistryImport(session.Registry, session.Error, isDryRun);
            Print(session, await import.RunAsync(plan, file, session.Cancel).ConfigureAwait(false));
            return ExitCode.Ok;
        });
    }

    public static SchemaBody BodyOf(ExportLine line) => new()
    {
        Schema = line.Schema!,
        SchemaType = line.SchemaType,
        References = line.References,
        Metadata = line.Metadata,
        RuleSet = line.RuleSet,
        Id = line.Id,
        Version = line.Version,
    };

    /// <summary>The export of one context, in another one. Settings for all contexts are not this one's.</summary>
    private static ExportFile Moved(ExportFile file, string context)
    {
        string[] contexts = [.. file.Schemas.Select(line => SubjectText.ContextOf(line.Subject!)).Distinct()];
        if (contexts.Length > 1)
        {
            throw new CliException(
                $"--context: the file has schemas of {contexts.Length} contexts ({string.Join(", ", contexts)}), and ids are of one each", ExitCode.Usage);
        }

        var from = contexts.FirstOrDefault(SubjectText.DefaultContext);
        return new ExportFile(
            [.. file.Schemas.Select(line => Into(line) with { References = line.References?.Select(Reference).ToArray() })],
            [.. file.Settings.Where(line => SubjectText.ContextOf(line.Subject!) == from).Select(Into)]);

        ExportLine Into(ExportLine line) => line with { Subject = SubjectText.Moved(line.Subject!, context) };

        // Within its context a name needs none, so that is what stays.
        SchemaReference Reference(SchemaReference reference) =>
            SubjectText.ContextOf(reference.Subject) == from ? reference with { Subject = SubjectText.NameOf(reference.Subject) } : reference;
    }

    private static void Print(SchemaSession session, ImportReport report)
    {
        Output.Print(report, RegistryJson.Plain.ImportReport, session.Format,
            ["THERE ALREADY", report.DryRun ? "TO REGISTER" : "REGISTERED", "DELETED", "SETTINGS", "CONFLICTS"],
            [[$"{report.Present}", $"{report.Registered}", $"{report.Deleted}", $"{report.Settings}", $"{report.Conflicts.Length}"]], session.Out);
        if (!session.IsJson)
        {
            foreach (var skipped in report.Skipped)
            {
                session.Say($"{skipped} was left out: it is deleted and refers to what exists no more");
            }

            foreach (var conflict in report.Conflicts)
            {
                session.Say(conflict);
            }
        }
    }
}

/// <summary>What `fed schema import -o json` prints.</summary>
/// <param name="Present">Schemas that were there already.</param>
/// <param name="Registered">Schemas that were written (dry run: that would be).</param>
/// <param name="Deleted">Versions that were softly deleted, as they are in the file.</param>
/// <param name="Settings">Configs and modes that were changed.</param>
/// <param name="Skipped">Softly deleted schemas that refer to what exists no more, so that no registry can read them.</param>
internal sealed record ImportReport(bool DryRun, int Present, int Registered, int Deleted, int Settings, string[] Skipped, string[] Conflicts);
