using SchemaRegistry.Core.Languages;
using SchemaRegistry.Core.Subjects;

namespace Tests.Registry.Subjects;

/// <summary>
/// A tiny language for tests of what is around languages: a schema is a list of words, each a field; a word with a question mark may be missing
/// in what was written. "!loose" keeps a schema from being normalised. "@name" includes the words of a reference. Reading needs every word without question mark to be written.
/// </summary>
internal sealed class WordLanguage(SchemaType type) : ISchemaLanguage
{
    public static ISchemaLanguage Of(SchemaType type) => new WordLanguage(type);

    public SchemaType Type => type;

    public ParseResult Parse(SchemaSource source, ParseRules rules)
    {
        string[] words = source.Text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Contains("!bad") || rules.ValidateNew && words.Contains("!strict"))
        {
            return ParseResult.Bad($"Invalid schema {source.Text}");
        }

        var all = new List<string>();
        foreach (var word in words)
        {
            if (word[0] != '@')
            {
                all.Add(word);
                continue;
            }

            var reference = source.References.FirstOrDefault(candidate => candidate.Name == word[1..]);
            if (reference is null)
            {
                return ParseResult.Bad($"Invalid schema: no reference {word[1..]}");
            }

            all.AddRange(((Words)Parse(reference.Source, ParseRules.Lookup).Schema!).All);
        }

        return ParseResult.Ok(new Words(type, words, all));
    }

    public IReadOnlyList<Finding> Compare(IParsedSchema reader, IParsedSchema writer, CompatibilityPolicy policy)
    {
        var written = ((Words)writer).All.Select(word => word.TrimEnd('?')).ToHashSet();
        return
        [
            .. ((Words)reader).All.Where(word => policy == CompatibilityPolicy.Strict && !word.EndsWith('?') && !written.Contains(word))
                .Select(word => new Finding("WORD_MISSING", word, false, $"The {{0}} schema needs '{word}' which the {{1}} schema lacks", word)),
            .. written.Except(((Words)reader).All.Select(word => word.TrimEnd('?')))
                .Select(word => new Finding("WORD_IGNORED", word, true, "", word)),
        ];
    }

    public string Describe(Finding finding, string reader, string writer) =>
        SchemaLanguages.Of(type).Describe(finding, reader, writer);

    public string Sentence(Finding finding, string reader, string writer) =>
        finding.Description.Replace("{0}", reader, StringComparison.Ordinal).Replace("{1}", writer, StringComparison.Ordinal);

    private sealed class Words(SchemaType type, string[] words, List<string> all) : IParsedSchema
    {
        public List<string> All => all;
        public SchemaType Type => type;
        public string CanonicalText => string.Join(' ', words);
        public string? NormalizationError => words.Contains("!loose") ? "Could not resolve type: !loose" : null;
        public string NormalizedText => string.Join(' ', words.Order(StringComparer.Ordinal));
        public string? Format(string format) => format == "resolved" ? string.Join(' ', all) : null;
        public bool HasField(string name) => all.Contains(name);
        public string? Name => words.FirstOrDefault();
    }
}
