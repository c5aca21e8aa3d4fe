using System.CommandLine;

namespace Federation.Cli.Schemas;

/// <summary>`fed schema diff`: what changed between two schemas, and which reader each change breaks.</summary>
internal static class DiffCommand
{
    private const int LinesAround = 3;

    public static Command Build()
    {
        var old = new Argument<string>("old") { Description = "SUBJECT, SUBJECT:version or a file" };
        var newer = new Argument<string?>("new")
        {
            Description = "The same; without it, the subject's latest version is compared with the one before",
            Arity = ArgumentArity.ZeroOrOne,
        };
        return new Command("diff", "What changed, and which change keeps whom from reading what")
        {
            old, newer, SchemaFile.TypeOption, SchemaFile.ReferenceOption,
        }.Asks(async session =>
        {
            var (before, after) = await SidesAsync(session, session.Parsed.GetValue(old)!, session.Parsed.GetValue(newer)).ConfigureAwait(false);
            var comparison = await ComparedSide.CompareAsync(session.Registry, before, after, session.Cancel).ConfigureAwait(false);
            if (comparison is null)
            {
                session.Say($"{session.Registry.Address} has no endpoint that compares two schemas (it is Federation's own): the texts alone are compared");
            }

            Print(session, before, after, comparison);
            return ExitCode.Ok;
        });
    }

    private static async Task<(ComparedSide Old, ComparedSide New)> SidesAsync(SchemaSession session, string old, string? newer)
    {
        if (newer is null)
        {
            var subject = session.Subject(SubjectText.WithVersion(old).Subject);
            var versions = await session.Registry.GetAsync(
                $"subjects/{SubjectText.Segment(subject)}/versions", RegistryJson.Plain.Int32Array, session.Cancel).ConfigureAwait(false);
            return versions.Length > 1
                ? (ComparedSide.Of(await VersionAsync(session, subject, $"{versions[^2]}").ConfigureAwait(false)),
                    ComparedSide.Of(await VersionAsync(session, subject, $"{versions[^1]}").ConfigureAwait(false)))
                : throw new CliException($"{subject} has one version; say what to compare it with", ExitCode.Usage);
        }

        // A file without references of its own is taken to have those of the version beside it.
        var before = File.Exists(old) ? null : await StoredAsync(session, old).ConfigureAwait(false);
        var after = File.Exists(newer) ? null : await StoredAsync(session, newer).ConfigureAwait(false);
        return (Side(old, before, after), Side(newer, after, before));

        ComparedSide Side(string path, SchemaVersion? stored, SchemaVersion? beside) =>
            stored is null ? InFile(session, path, beside) : ComparedSide.Of(stored);
    }

    private static ComparedSide InFile(SchemaSession session, string path, SchemaVersion? beside)
    {
        var file = SchemaFile.Read(path, session.Parsed, beside?.Type);

        // Avro in a .json file, beside a version that is Avro.
        var type = session.Parsed.GetValue(SchemaFile.TypeOption) is null && beside is not null && file.Type == "JSON" ? beside.Type : file.Type;
        var body = file.Body with { SchemaType = type, References = file.References ?? beside?.References };
        var context = beside is null ? session.Context ?? SubjectText.DefaultContext : SubjectText.ContextOf(beside.Subject!);
        return ComparedSide.Of(body, context) with { Label = path };
    }

    private static Task<SchemaVersion> StoredAsync(SchemaSession session, string text)
    {
        var (subject, version) = SubjectText.WithVersion(text);
        return VersionAsync(session, session.Subject(subject), version ?? "latest");
    }

    private static async Task<SchemaVersion> VersionAsync(SchemaSession session, string subject, string version)
    {
        try
        {
            return await session.Registry.VersionAsync(subject, version, session.Cancel).ConfigureAwait(false);
        }
        catch (CliException e) when (e.RegistryCode is 40401)
        {
            throw new CliException($"{e.Message}, nor is there a file of that name", e.ExitCode);
        }
    }

    private static void Print(SchemaSession session, ComparedSide old, ComparedSide newer, Comparison? comparison)
    {
        var changes = comparison is null ? null : SchemaChanges.Of(comparison);
        if (session.IsJson)
        {
            var report = new DiffReport(old.Label, newer.Label, comparison?.Backward.IsCompatible, comparison?.Forward.IsCompatible, changes?.ToArray());
            Output.PrintJson(report, RegistryJson.Plain.DiffReport, session.Out);
            return;
        }

        session.Out.WriteLine($"{old.Label} → {newer.Label}");
        foreach (var change in changes ?? [])
        {
            Print(session.Out, change);
        }

        if (comparison is not null)
        {
            session.Out.WriteLine();
            PrintVerdict(session.Out, comparison);
        }

        var lines = LineDiff.Of(PrettyText.Lines(comparison?.Old.Schema ?? old.Body.Schema), PrettyText.Lines(comparison?.New.Schema ?? newer.Body.Schema));
        session.Out.WriteLine();
        if (lines.All(line => line.Mark == ' '))
        {
            session.Out.WriteLine("The texts are the same.");
            return;
        }

        Output.Line(session.Out, $"--- {old.Label}", "red");
        Output.Line(session.Out, $"+++ {newer.Label}", "green");
        foreach (var line in LineDiff.Excerpt(lines, LinesAround))
        {
            var colour = line?.Mark switch { '-' => "red", '+' => "green", _ => null };
            Output.Line(session.Out, line is { } shown ? $"{shown.Mark}{shown.Text}" : " ...", colour);
        }
    }

    private static void Print(TextWriter to, SchemaChange change)
    {
        var mark = change.Change.Contains("added", StringComparison.Ordinal) ? '+' : change.Change.Contains("removed", StringComparison.Ordinal) ? '-' : '~';
        var values = (change.From, change.To) switch
        {
            (null, null) => "",
            ({ } from, null) => $": {from}",
            (null, { } value) => $": {value}",
            var (from, value) => $": {from} → {value}",
        };
        to.WriteLine();
        to.WriteLine($"{mark} {change.Path} {change.Change}{values}");
        foreach (var why in change.Backward)
        {
            Output.Line(to, $"    breaks readers with the new schema on old data: {why.Message} ({why.Type})", "red");
        }

        foreach (var why in change.Forward)
        {
            Output.Line(to, $"    breaks readers with the old schema on new data: {why.Message} ({why.Type})", "red");
        }

        if (change.Backward.Length + change.Forward.Length == 0)
        {
            to.WriteLine("    breaks no reader");
        }
    }

    private static void PrintVerdict(TextWriter to, Comparison comparison)
    {
        var (backward, forward) = (comparison.Backward.IsCompatible, comparison.Forward.IsCompatible);
        Tell("New readers", "old data", "backward", backward);
        Tell("Old readers", "new data", "forward", forward);
        to.WriteLine((backward, forward) switch
        {
            (true, true) => "Every level takes it; upgrade in any order.",
            (true, false) => "Levels BACKWARD and NONE take it; upgrade consumers first.",
            (false, true) => "Levels FORWARD and NONE take it; upgrade producers first.",
            _ => "Level NONE alone takes it: readers and writers of both cannot work on one topic.",
        });

        void Tell(string readers, string data, string direction, bool can) =>
            Output.Line(to, $"{readers} {(can ? "can" : "CANNOT")} read {data} ({(can ? "" : "not ")}{direction} compatible).", can ? "green" : "red");
    }
}

/// <summary>What `fed schema diff -o json` prints. Without changes and verdicts where the registry cannot compare.</summary>
/// <param name="Backward">Readers with the new schema can read data of the old one.</param>
/// <param name="Forward">Readers with the old schema can read data of the new one.</param>
internal sealed record DiffReport(string Old, string New, bool? Backward, bool? Forward, SchemaChange[]? Changes);
