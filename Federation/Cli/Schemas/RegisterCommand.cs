using System.CommandLine;
using System.Text.Json;

namespace Federation.Cli.Schemas;

/// <summary>`fed schema register`: a new version of a subject, or the one that is there already.</summary>
internal static class RegisterCommand
{
    public static Command Build()
    {
        var file = new Argument<string>("file") { Description = "The schema; - for standard input" };
        var normalize = new Option<bool>("--normalize") { Description = "Store the form that is independent of order and spelling" };
        var metadata = new Option<string[]>("--metadata") { Description = "name=value, repeated", AllowMultipleArgumentsPerToken = true };
        return new Command("register", "Registers a schema under a subject, if the subject's level allows")
        {
            SchemaCommands.Subject, file, SchemaFile.TypeOption, SchemaFile.ReferenceOption, normalize, metadata,
        }.Asks(async session =>
        {
            var subject = session.Subject(session.Parsed.GetValue(SchemaCommands.Subject)!);
            var schema = SchemaFile.Read(session.Parsed.GetValue(file)!, session.Parsed);
            var body = schema.Body with { Metadata = Properties(session.Parsed.GetValue(metadata) ?? []) };
            var query = session.Parsed.GetValue(normalize) ? "?normalize=true" : "";
            var path = $"subjects/{SubjectText.Segment(subject)}";
            try
            {
                var registered = await session.Registry.PostSchemaAsync($"{path}/versions{query}", body, session.Cancel).ConfigureAwait(false);
                if (registered.Version == 0)
                {
                    // Older registries give the id alone.
                    registered = await session.Registry.PostSchemaAsync($"{path}{query}", body, session.Cancel).ConfigureAwait(false);
                }

                registered = registered with { Subject = subject, Schema = null, SchemaType = registered.SchemaType ?? schema.Type };
                Output.Print(registered, RegistryJson.Plain.SchemaVersion, session.Format, ["SUBJECT", "VERSION", "ID", "TYPE"],
                    [[subject, $"{registered.Version}", $"{registered.Id}", registered.Type]], session.Out);
                return ExitCode.Ok;
            }
            catch (CliException e) when (e.RegistryCode is 409 or 40901)
            {
                var check = await new CompatibilityChecker(session.Registry).CheckAsync(
                    new CheckedSchema(subject, schema.Path, body, session.Parsed.GetValue(normalize)), CheckCommand.All, session.Cancel).ConfigureAwait(false);
                CheckCommand.Print(session, [check]);
                return ExitCode.Conflict;
            }
        });
    }

    private static JsonElement? Properties(string[] pairs)
    {
        if (pairs.Length == 0)
        {
            return null;
        }

        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in pairs)
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            properties[at > 0 ? pair[..at] : throw new CliException($"--metadata {pair}: name=value is expected", ExitCode.Usage)] = pair[(at + 1)..];
        }

        var map = JsonSerializer.SerializeToElement(properties, RegistryJson.Plain.DictionaryStringString);
        return JsonSerializer.SerializeToElement(new Dictionary<string, JsonElement> { ["properties"] = map }, RegistryJson.Plain.DictionaryStringJsonElement);
    }
}
