using System.Globalization;
using Kernel;
using SchemaRegistry.Core.Subjects;
using static Tests.Registry.Worst.WorstInput;

namespace Tests.Registry.Worst;

/// <summary>
/// Exporters that cost most when it is asked whether they cover their copies: as many subjects as one may have, as long as they may be, alike up to
/// the end, and no copy covered.
/// </summary>
internal static class ExporterWorst
{
    private static readonly string Long = Repeat("n", Limits.MaxSchemaSubjectChars - 20);

    public static IReadOnlyList<(string Name, Func<Exporter> Make)> All { get; } =
    [
        ("names", () => Of("NONE", "${subject}x", i => Long + Number(i))),
        ("names in a long context", () => Of("AUTO", null, i => $":.{Long}:{Long}{Number(i)}")),
        ("beginnings", () => Of("NONE", "x${subject}", i => Long + Number(i) + "*")),
        ("beginnings in a long context", () => Of("AUTO", null, i => $":.{Long}:{Long}{Number(i)}*")),
        ("beginnings whose copies are in the default context",
            () => Of("DEFAULT", "x${subject}", i => (i % 2 == 0 ? $":.{Long}:" : "") + Long + Number(i) + "*")),
        ("beginnings of each other", () => Of("NONE", "x${subject}", i => Repeat("n", i + 1) + "*")),
        ("names that the new name holds a hundred times", () => Of("NONE", Repeat("${subject}", 100), i => "n" + Number(i))),
        ("long names that the new name holds a hundred times", () => Of("NONE", Repeat("${subject}", 100), i => Long + Number(i))),
    ];

    private static string Number(int i) => i.ToString("D4", CultureInfo.InvariantCulture);

    private static Exporter Of(string contextType, string? format, Func<int, string> subject) => new(
        "x", contextType, null, [.. Enumerable.Range(0, Limits.MaxSchemaExporterSubjects).Select(subject)], format, new Dictionary<string, string>(),
        IsPaused: false, Generation: 0);
}
