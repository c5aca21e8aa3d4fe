using CsCheck;
using SchemaRegistry.Core.Subjects;
using Xunit;

namespace Tests.Registry.Subjects;

/// <summary>What exporters cover, against the plain definition.</summary>
public class ExporterNamesTests
{
    private static readonly Gen<string> Text = OneOf('a', 'b', '*').Array[0, 3].Select(letters => new string(letters));

    private static readonly Gen<string> Pattern = Gen.Select(OneOf("", "", ":", ":.", ":.a", ":.a:", ":.b:", ":.a.a:", ":.ab:"), Text, Gen.Bool,
        (context, text, isOpen) => context + text + (isOpen ? "*" : "")).Where(pattern => pattern.Length > 0);

    [Fact]
    public void Patterns_cover_what_each_of_them_does() => Gen.Select(Pattern.Array[1, 8], Pattern).Sample((patterns, text) =>
    {
        var some = new SubjectPatterns(patterns);
        return some.Covers(text) == patterns.Any(pattern => Covers(pattern, text))
            && some.CoverSomeWith(text) == patterns.Any(pattern => Covers(pattern, text) || Begin(pattern).StartsWith(text, StringComparison.Ordinal));
    });

    /// <summary>Whatever it says: where a copy of a subject that is covered is covered, it must say so.</summary>
    [Fact]
    public void A_copy_that_is_covered_is_foreseen() =>
        Gen.Select(Pattern.Array[1, 5], OneOf("AUTO", "CUSTOM", "DEFAULT", "NONE"),
            OneOf<string?>(null, "a${subject}", ":.b:${subject}", "${subject}b", "${subject}${subject}"), Pattern)
            .Sample((patterns, contextType, format, text) =>
            {
                var names = new ExporterNames(new Exporter("x", contextType, "b", patterns, format, new Dictionary<string, string>(), false, 0), "a");
                var subject = SubjectName.Parse(text);
                return names.CoversCopies || !subject.IsValid || !names.Covers(subject) || !names.Covers(names.NameOf(subject));
            });

    private static Gen<T> OneOf<T>(params T[] each) => Gen.Int[0, each.Length - 1].Select(i => each[i]);

    private static bool Covers(string pattern, string name) =>
        pattern.EndsWith('*') ? name.StartsWith(Begin(pattern), StringComparison.Ordinal) : pattern == name;

    private static string Begin(string pattern) => pattern.EndsWith('*') ? pattern[..^1] : pattern;
}
