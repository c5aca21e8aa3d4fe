using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tests.World.Harness;

/// <summary>
/// What one run of differ printed: for each step whether anything is left that no line allows, and what our broker answered. Read from its `--json` file
/// (results, and how each exchange ended) and from its output with `--dump` and without `--quiet` (the answers themselves).
/// </summary>
internal sealed class DifferRun
{
    private const int MarkLength = 8;
    private readonly Dictionary<string, Step> _steps = [];

    private DifferRun()
    {
    }

    /// <summary>One step of a run: its lines that say what is different or broken, and our answer with the kind of its exchange.</summary>
    internal sealed record Step(IReadOnlyList<string> Open, string Ours);

    /// <summary>Reads a run. <paramref name="json"/> is the text of its `--json` file.</summary>
    public static DifferRun Of(string printed, string json)
    {
        var run = new DifferRun();
        var kinds = new Dictionary<string, string>();
        using (var document = JsonDocument.Parse(json))
        {
            foreach (var step in document.RootElement.GetProperty("steps").EnumerateArray())
            {
                kinds[step.GetProperty("id").GetString()!] = step.GetProperty("bKind").GetString()!;
            }
        }

        var open = new Dictionary<string, List<string>>();
        var answers = new Dictionary<string, string>();
        var id = "";
        foreach (var line in printed.Split('\n'))
        {
            if (line.StartsWith("        A ", StringComparison.Ordinal) || line.StartsWith("        B ", StringComparison.Ordinal))
            {
                // Ours is printed only where it differs, behind the other one.
                answers[id] = Ordered(JsonNode.Parse(line[(MarkLength + 2)..]))?.ToJsonString() ?? "null";
            }
            else if (line.Length > MarkLength && line[..MarkLength] is "same    " or "DIFF    " or "ALLOWED " or "BROKEN  ")
            {
                var end = line.IndexOf("  ", MarkLength, StringComparison.Ordinal);
                id = end < 0 ? line[MarkLength..] : line[MarkLength..end];
                open.TryAdd(id, []);
                if (line[0] is 'D' or 'B')
                {
                    open[id].Add(line);
                }
            }
        }

        foreach (var (step, lines) in open)
        {
            run._steps[step] = new(lines, $"{kinds.GetValueOrDefault(step, "broken")} {answers.GetValueOrDefault(step)}");
        }

        return run;
    }

    /// <summary>
    /// The lines that stand after several runs of the same scenarios. A step of which Kafka gave another answer once is no finding: it answers a change when its
    /// controller has it, and a read right behind may be served from before it, on a busy machine even every second time. That is said of Kafka only: a step counts
    /// as agreed on when one run left nothing open there and our broker's answer was that same one in every run that did.
    /// </summary>
    public static IReadOnlyList<string> Findings(IReadOnlyList<DifferRun> runs) =>
    [
        .. runs.SelectMany(run => run._steps.Keys).Distinct().SelectMany(id =>
        {
            var seen = runs.Where(run => run._steps.ContainsKey(id)).Select(run => run._steps[id]).ToLookup(step => step.Open.Count > 0);
            var agreed = seen[false].Any(good => seen[true].All(bad => bad.Ours == good.Ours));
            return agreed ? [] : seen[true].SelectMany(step => step.Open).Distinct();
        }),
    ];

    /// <summary>An answer without the order of its fields and of its lists of objects: the other one's stands for ours where differ, which ignores it too, sees none.</summary>
    private static JsonNode? Ordered(JsonNode? answer) => answer switch
    {
        JsonObject fields => new JsonObject(fields.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => KeyValuePair.Create(field.Key, Ordered(field.Value)))),
        JsonArray list when list.Any(item => item is JsonObject) =>
            new JsonArray([.. list.Select(Ordered).OrderBy(item => item?.ToJsonString(), StringComparer.Ordinal)]),
        JsonArray list => new JsonArray([.. list.Select(Ordered)]),
        _ => answer?.DeepClone(),
    };

    /// <summary>The scenario that a line of <see cref="Findings"/> is about.</summary>
    public static string Scenario(string finding) => finding[MarkLength..finding.IndexOf('#', StringComparison.Ordinal)];
}
