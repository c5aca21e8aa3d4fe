namespace Federation.Cli.Schemas;

/// <summary>One change between two schemas, and what it breaks.</summary>
/// <param name="Path">Where: with names of fields and types for Avro, as the registry says it for the other languages.</param>
/// <param name="Change">"added", "removed", "changed", or the registry's name for it.</param>
/// <param name="Backward">Why a reader with the new schema cannot read data of the old one; empty when it can.</param>
/// <param name="Forward">Why a reader with the old schema cannot read data of the new one; empty when it can.</param>
internal sealed record SchemaChange(string Path, string Change, string? From, string? To, CheckFinding[] Backward, CheckFinding[] Forward);

/// <summary>
/// Puts together what changed and what that breaks. Protobuf and JSON Schema are compared by the registry with all changes as findings; for Avro
/// it reports what breaks alone, so the harmless changes come from the texts.
/// </summary>
internal static class SchemaChanges
{
    public static IReadOnlyList<SchemaChange> Of(Comparison comparison) =>
        comparison is { New.SchemaType: "AVRO", Old.SchemaType: "AVRO" } && JsonChanges.Of(comparison.Old.Schema, comparison.New.Schema) is { } changes
            ? OfTexts(comparison, changes)
            : OfFindings(comparison);

    private static List<SchemaChange> OfFindings(Comparison comparison)
    {
        var paths = new OrderedDictionary<string, (List<ComparedFinding> Backward, List<ComparedFinding> Forward)>(StringComparer.Ordinal);
        foreach (var (finding, isBackward) in comparison.Backward.Findings.Select(finding => (finding, true))
            .Concat(comparison.Forward.Findings.Select(finding => (finding, false))))
        {
            if (!paths.TryGetValue(finding.Path, out var at))
            {
                paths[finding.Path] = at = ([], []);
            }

            (isBackward ? at.Backward : at.Forward).Add(finding);
        }

        // Seen from the new schema, "added" is what was added. What the old one alone reports stands under its own name.
        return
        [
            .. paths.Select(pair => new SchemaChange(
                pair.Key,
                Words(pair.Value.Backward.Count > 0 ? pair.Value.Backward : pair.Value.Forward),
                null, null, Breaks(pair.Value.Backward), Breaks(pair.Value.Forward))),
        ];
    }

    private static List<SchemaChange> OfTexts(Comparison comparison, IReadOnlyList<JsonChange> texts)
    {
        var rows = texts.Select(change => (Change: change, Backward: new List<ComparedFinding>(), Forward: new List<ComparedFinding>())).ToList();
        Add(comparison.Backward, isBackward: true, comparison.New.Schema);
        Add(comparison.Forward, isBackward: false, comparison.Old.Schema);
        return
        [
            .. rows.Select(row => new SchemaChange(
                row.Change.Path, row.Change.Kind, row.Change.From, row.Change.To, Breaks(row.Backward), Breaks(row.Forward))),
        ];

        void Add(ComparedDirection direction, bool isBackward, string readerText)
        {
            foreach (var finding in direction.Findings.Where(finding => !finding.IsCompatible))
            {
                var path = JsonChanges.Named(finding.Path, readerText);
                var at = rows.FindIndex(row => row.Change.Path == path);
                at = at >= 0 ? at : rows.FindIndex(row => path.StartsWith(row.Change.Path + "/", StringComparison.Ordinal));
                at = at >= 0 ? at : rows.FindIndex(row => row.Change.Kind == (isBackward ? "removed" : "added") && IsUnder(row.Change.Path, path));
                at = at >= 0 ? at : rows.FindIndex(row => IsUnder(row.Change.Path, path));
                if (at < 0)
                {
                    rows.Add((new JsonChange(path, "changed", null, null), [], []));
                    at = rows.Count - 1;
                }

                (isBackward ? rows[at].Backward : rows[at].Forward).Add(finding);
            }
        }
    }

    private static bool IsUnder(string path, string parent) => parent == "/" || path.StartsWith(parent + "/", StringComparison.Ordinal);

    private static string Words(List<ComparedFinding> findings) =>
        string.Join(", ", findings.Select(finding => finding.Type.Replace('_', ' ').ToLowerInvariant()).Distinct(StringComparer.Ordinal));

    private static CheckFinding[] Breaks(List<ComparedFinding> findings) =>
        [.. findings.Where(finding => !finding.IsCompatible).Select(finding => CheckFinding.Of(finding.Type, finding.Message, finding.Detail))];
}
