namespace Federation.Cli.Schemas;

/// <summary>A schema to be checked against what a subject holds.</summary>
internal sealed record CheckedSchema(string Subject, string File, SchemaBody Body, bool Normalize);

/// <summary>What came of checking one schema.</summary>
/// <param name="Status">"compatible", "new" (no such subject yet), "incompatible" or "invalid".</param>
/// <param name="Level">That it was checked at; null where it may not be read.</param>
/// <param name="Version">The earlier version that is in the way, where one is named.</param>
/// <param name="Findings">What is in the way.</param>
internal sealed record CheckResult(string Subject, string File, string Status, string? Level, int? Version, CheckFinding[] Findings)
{
    public const string Compatible = "compatible";
    public const string New = "new";
    public const string Incompatible = "incompatible";
    public const string Invalid = "invalid";
}

/// <summary>Asks a registry whether schemas fit. By Confluent's endpoints, unless another level than the subject's is asked for.</summary>
internal sealed class CompatibilityChecker(RegistryClient registry)
{
    /// <param name="against">"all" that the level asks for, "latest" or a version.</param>
    public async Task<CheckResult> CheckAsync(CheckedSchema schema, string against, CancellationToken cancel)
    {
        var subject = SubjectText.Segment(schema.Subject);
        var versions = await VersionsAsync(schema.Subject, cancel).ConfigureAwait(false);
        var level = await SchemaCommands.LevelAsync(registry, schema.Subject, cancel).ConfigureAwait(false);
        var one = against == CheckCommand.All || versions.Length == 0 ? "" : "/" + Uri.EscapeDataString(against);
        var path = $"compatibility/subjects/{subject}/versions{one}";
        var normalize = schema.Normalize ? "&normalize=true" : "";
        var verdict = await AskAsync($"{path}?verbose=true{normalize}", schema.Body, cancel).ConfigureAwait(false);
        var words = VerdictWords.Of(verdict.Messages ?? []);
        if (verdict.IsCompatible)
        {
            return Result(schema, versions.Length == 0 ? CheckResult.New : CheckResult.Compatible, level, null, []);
        }

        if (words.Level is null)
        {
            // A verbose answer says that a schema is invalid in the same shape; a plain one refuses it.
            try
            {
                await AskAsync($"{path}?verbose=false{normalize}", schema.Body, cancel).ConfigureAwait(false);
            }
            catch (CliException e) when (e.ExitCode == ExitCode.Usage)
            {
                return Result(schema, CheckResult.Invalid, level, null, words.Findings);
            }
        }

        return Result(schema, CheckResult.Incompatible, words.Level ?? level, words.Version, words.Findings);
    }

    /// <summary>Checks at another level than the subject's, with the endpoint that compares two texts.</summary>
    public async Task<CheckResult> CheckAtAsync(CheckedSchema schema, string level, string against, CancellationToken cancel)
    {
        var versions = await VersionsAsync(schema.Subject, cancel).ConfigureAwait(false);
        IEnumerable<string> asked = against switch
        {
            CheckCommand.All when level.EndsWith("_TRANSITIVE", StringComparison.Ordinal) => versions.OrderDescending().Select(version => $"{version}"),
            CheckCommand.All or "latest" => versions.Length == 0 ? [] : ["latest"],
            _ => [against],
        };
        foreach (var version in level == "NONE" ? [] : asked)
        {
            var old = await registry.VersionAsync(schema.Subject, version, cancel).ConfigureAwait(false);
            Comparison comparison;
            try
            {
                comparison = await ComparedSide.CompareAsync(
                    registry, ComparedSide.Of(old), ComparedSide.Of(schema.Body, SubjectText.ContextOf(schema.Subject)), cancel).ConfigureAwait(false)
                    ?? throw new CliException($"--level: {registry.Address} has no endpoint to compare at another level than the subject's", ExitCode.Error);
            }
            catch (CliException e) when (e.RegistryCode is 42201 or 42209)
            {
                return Result(schema, CheckResult.Invalid, level, null, [new CheckFinding(null, e.Message)]);
            }

            ComparedDirection[] directions =
            [
                .. level.StartsWith("BACKWARD", StringComparison.Ordinal) ? [] : (ComparedDirection[])[comparison.Forward],
                .. level.StartsWith("FORWARD", StringComparison.Ordinal) ? [] : (ComparedDirection[])[comparison.Backward],
            ];
            CheckFinding[] findings =
            [
                .. directions.SelectMany(direction => direction.Findings).Where(finding => !finding.IsCompatible)
                    .Select(finding => CheckFinding.Of(finding.Type, finding.Message, finding.Detail)),
            ];
            if (findings.Length > 0)
            {
                return Result(schema, CheckResult.Incompatible, level, old.Version, findings);
            }
        }

        return Result(schema, versions.Length == 0 ? CheckResult.New : CheckResult.Compatible, level, null, []);
    }

    private Task<Verdict> AskAsync(string path, SchemaBody body, CancellationToken cancel) =>
        registry.SendAsync(HttpMethod.Post, path, body, RegistryJson.Plain.SchemaBody, RegistryJson.Plain.Verdict, cancel);

    private async Task<int[]> VersionsAsync(string subject, CancellationToken cancel) =>
        await registry.TryGetAsync($"subjects/{SubjectText.Segment(subject)}/versions", RegistryJson.Plain.Int32Array, cancel).ConfigureAwait(false) ?? [];

    private static CheckResult Result(CheckedSchema schema, string status, string? level, int? version, CheckFinding[] findings) =>
        new(schema.Subject, schema.File, status, level, version, findings);
}
