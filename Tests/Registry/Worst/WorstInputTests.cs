using System.Globalization;
using SchemaRegistry.Core.Languages;
using SchemaRegistry.Core.Subjects;
using Xunit;

namespace Tests.Registry.Worst;

/// <summary>
/// The inputs that cost most: each ends with an answer, in bounded memory. What each costs is printed by the explicit test:
/// dotnet test --project Tests/Registry -c Release -- --explicit only --filter-method "*What_each_costs" (WORST=words chooses, WORST_ROUNDS=1 is cold).
/// </summary>
public class WorstInputTests
{
    // Of one step with one schema. What is live at a time is a part of it; a step that doubled with the input would be far beyond.
    private const long MaxAllocatedBytes = 192L * 1024 * 1024;

    private const int MaxDescribedChars = 64 * 1024 * 1024;

    public static TheoryData<string> Names => [.. WorstInput.All.Select(input => input.ToString())];

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_has_an_answer_in_bounded_memory(string name)
    {
        var input = WorstInput.All.Single(each => each.ToString() == name);
        foreach (var step in Steps(input, input.Make()))
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var chars = step.Run();
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < MaxAllocatedBytes, $"{step.Name}: {allocated} bytes");
            Assert.True(chars < MaxDescribedChars, $"{step.Name}: {chars} characters");
        }
    }

    public static TheoryData<string> Exporters => [.. ExporterWorst.All.Select(input => input.Name)];

    [Theory]
    [MemberData(nameof(Exporters))]
    public void Each_exporter_has_an_answer_in_bounded_memory(string name)
    {
        var exporter = ExporterWorst.All.Single(each => each.Name == name).Make();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(new ExporterNames(exporter, "demo").CoversCopies);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MaxAllocatedBytes);
    }

    [Fact(Explicit = true)]
    public void What_each_costs()
    {
        var words = Environment.GetEnvironmentVariable("WORST") ?? "";
        var rounds = int.Parse(Environment.GetEnvironmentVariable("WORST_ROUNDS") ?? "5", CultureInfo.InvariantCulture);
        foreach (var input in WorstInput.All.Where(input => input.ToString().Contains(words, StringComparison.OrdinalIgnoreCase)))
        {
            var sources = input.Make();
            var best = new Dictionary<string, (double First, double Best, long Bytes)>();
            for (var round = 0; round < rounds; round++)
            {
                if (best.Values.Any(each => each.Best > 2000))
                {
                    break;
                }

                foreach (var step in Steps(input, sources))
                {
                    var (bytes, start) = (GC.GetAllocatedBytesForCurrentThread(), ThreadCpu.Ms());
                    _ = step.Run();
                    var (ms, allocated) = (ThreadCpu.Ms() - start, GC.GetAllocatedBytesForCurrentThread() - bytes);
                    var known = best.GetValueOrDefault(step.Name, (ms, ms, allocated));
                    best[step.Name] = (known.Item1, Math.Min(known.Item2, ms), allocated);
                }
            }

            var total = best.Values.Sum(each => each.Best);
            Console.Error.WriteLine($"{(best.Values.Any(each => each.Best > 100) ? "!!" : total > 100 ? " !" : "  ")} {total,7:F0} ms {input}: " + string.Join("; ", best
                .Where(each => each.Value.Best > 3 || each.Value.First > 30).Select(each => $"{each.Key} {each.Value.Best:F0} ms (first {each.Value.First:F0}, {each.Value.Bytes >> 20} MiB)")));
        }
    }

    [Fact(Explicit = true)]
    public void What_each_exporter_costs()
    {
        foreach (var input in ExporterWorst.All)
        {
            var (exporter, best) = (input.Make(), double.MaxValue);
            for (var round = 0; round < 5; round++)
            {
                var start = ThreadCpu.Ms();
                _ = new ExporterNames(exporter, "demo").CoversCopies;
                best = Math.Min(best, ThreadCpu.Ms() - start);
            }

            Console.Error.WriteLine($"{best,7:F1} ms an exporter of {input.Name}");
        }
    }

    /// <summary>What the registry does with a schema. The answers are looked at in length alone.</summary>
    private static IEnumerable<(string Name, Func<long> Run)> Steps(WorstInput input, (SchemaSource Reader, SchemaSource? Writer) sources)
    {
        var language = SchemaLanguages.Of(input.Type);
        ParseResult lookup = default, reader = default, writer = default;
        yield return ("look-up", () => Length(lookup = language.Parse(sources.Reader, ParseRules.Lookup)));
        yield return ("parse", () => Length(reader = language.Parse(sources.Reader, ParseRules.Register)));
        if (reader.Schema is { } schema)
        {
            yield return ("normalise", () => schema.NormalizedText.Length + (schema.NormalizationError?.Length ?? 0));
            foreach (var format in new[] { "resolved", "serialized", "ignore_extensions" })
            {
                yield return (format, () => schema.Format(format)?.Length ?? 0);
            }
        }

        if (sources.Writer is not { } other || reader.Schema is null)
        {
            yield break;
        }

        yield return ("parse the other", () => Length(writer = language.Parse(other, ParseRules.Lookup)));
        if (writer.Schema is not null)
        {
            IReadOnlyList<Finding> findings = [];
            yield return ("compare", () => (findings = language.Compare(reader.Schema, writer.Schema, CompatibilityPolicy.Strict)).Count);
            yield return ("describe", () => findings.Sum(finding => (long)language.Describe(finding, "new", "old").Length));
            yield return ("compare back", () => (findings = language.Compare(writer.Schema, reader.Schema, CompatibilityPolicy.Strict)).Count);
            yield return ("describe back", () => findings.Sum(finding => (long)language.Describe(finding, "old", "new").Length));
        }
    }

    private static long Length(ParseResult result) => result.Schema?.CanonicalText.Length ?? result.Error!.Length;
}
