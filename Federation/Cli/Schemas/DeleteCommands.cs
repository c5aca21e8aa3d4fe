using System.CommandLine;

namespace Federation.Cli.Schemas;

/// <summary>`fed schema delete` and `undelete`.</summary>
internal static class DeleteCommands
{
    public static Command Delete()
    {
        var version = new Option<string?>("--version") { Description = "One version, by its number or latest; otherwise all" };
        var permanent = new Option<bool>("--permanent")
        {
            Description = "Remove for good what is softly deleted already. Messages written with it can no longer be read",
        };
        var yes = new Option<bool>("--yes") { Description = "Do not ask" };
        return new Command("delete", "Deletes a subject or a version: softly, so that its id stays readable and it can be undeleted")
        {
            SchemaCommands.Subject, version, permanent, yes,
        }.Asks(async session =>
        {
            var subject = session.Subject(session.Parsed.GetValue(SchemaCommands.Subject)!);
            var one = session.Parsed.GetValue(version);
            var isPermanent = session.Parsed.GetValue(permanent);
            if (!session.Parsed.GetValue(yes) && !IsSure(session, subject, one, isPermanent))
            {
                return ExitCode.Error;
            }

            var path = PathOf(subject, one) + (isPermanent ? "?permanent=true" : "");
            Print(session, await ChangeAsync(session, HttpMethod.Delete, path, one).ConfigureAwait(false), isPermanent ? "removed for good" : "deleted");
            return ExitCode.Ok;
        });
    }

    public static Command Undelete()
    {
        var version = new Option<string?>("--version") { Description = "One version, by its number, or latest for the newest that is deleted; otherwise all" };
        var force = new Option<bool>("--force") { Description = "Even where versions came in the meantime that the level forbids beside it" };
        return new Command("undelete", "Makes softly deleted versions live again, with their numbers and ids. An endpoint of Federation's own")
        {
            SchemaCommands.Subject, version, force,
        }.Asks(async session =>
        {
            var subject = session.Subject(session.Parsed.GetValue(SchemaCommands.Subject)!);
            var one = session.Parsed.GetValue(version);
            var path = PathOf(subject, one) + "/undelete" + (session.Parsed.GetValue(force) ? "?force=true" : "");
            try
            {
                Print(session, await ChangeAsync(session, HttpMethod.Post, path, one).ConfigureAwait(false), "live again");
                return ExitCode.Ok;
            }
            catch (CliException e) when (e.RegistryCode is 404 or 405 || e.RegistryCode == 0 && e.ExitCode == ExitCode.NotFound)
            {
                // The registry knows no such endpoint: an unknown subject would have had an error code of its own.
                throw new CliException(
                    $"{session.Registry.Address} cannot undelete: the endpoint is Federation's own. "
                    + "Registering the same text again gives a new version with the same id",
                    ExitCode.Error);
            }
        });
    }

    private static string PathOf(string subject, string? version) =>
        $"subjects/{SubjectText.Segment(subject)}{(version is null ? "" : $"/versions/{Uri.EscapeDataString(version)}")}";

    private static async Task<int[]> ChangeAsync(SchemaSession session, HttpMethod method, string path, string? version) => version is null
        ? await session.Registry.SendAsync(method, path, null, RegistryJson.Plain.Int32Array, session.Cancel).ConfigureAwait(false)
        : [await session.Registry.SendAsync(method, path, null, RegistryJson.Plain.Int32, session.Cancel).ConfigureAwait(false)];

    private static void Print(SchemaSession session, int[] versions, string state) =>
        Output.Print(versions, RegistryJson.Plain.Int32Array, session.Format, ["VERSION", "STATE"],
            versions.Select(version => (string[])[$"{version}", state]), session.Out);

    private static bool IsSure(SchemaSession session, string subject, string? version, bool isPermanent)
    {
        if (Console.IsInputRedirected)
        {
            session.Say("nobody to ask; say --yes to delete");
            return false;
        }

        var what = version is null ? "all its versions" : $"its version {version}";
        Console.Error.Write($"Type {subject} to delete {what}{(isPermanent ? " for good" : "")}: ");
        return Console.ReadLine() == subject;
    }
}
