namespace Federation.Cli.Schemas;

/// <summary>One of two schemas to be compared, with references that hold whatever context they are looked for in.</summary>
/// <param name="Label">For people: the subject and version, or the file.</param>
internal sealed record ComparedSide(string Label, SchemaBody Body)
{
    public static ComparedSide Of(SchemaVersion version) => new($"{version.Subject} version {version.Version}", new SchemaBody
    {
        Schema = version.Schema ?? "",
        SchemaType = version.Type,
        References = Qualified(version.References, SubjectText.ContextOf(version.Subject ?? "")),
    });

    public static ComparedSide Of(SchemaBody body, string context) => new("", body with { References = Qualified(body.References, context) });

    /// <summary>Compares by the endpoint that is Federation's own; null where the registry has none.</summary>
    public static async Task<Comparison?> CompareAsync(RegistryClient registry, ComparedSide old, ComparedSide newer, CancellationToken cancel)
    {
        try
        {
            var body = new CompareBody(old.Body, newer.Body);
            return await registry.SendAsync(
                HttpMethod.Post, "compatibility/schemas", body, RegistryJson.Plain.CompareBody, RegistryJson.Plain.Comparison, cancel).ConfigureAwait(false);
        }
        catch (CliException e) when (e.RegistryCode is 0 or 404 or 405 && e.ExitCode is ExitCode.NotFound or ExitCode.Error)
        {
            return null;
        }
    }

    private static SchemaReference[]? Qualified(SchemaReference[]? references, string context) =>
        references?.Select(reference => reference with { Subject = SubjectText.Within(reference.Subject, context) }).ToArray();
}
