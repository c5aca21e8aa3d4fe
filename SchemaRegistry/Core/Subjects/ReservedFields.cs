using SchemaRegistry.Core.Languages;
using SchemaRegistry.Core.Subjects.Contracts;

namespace SchemaRegistry.Core.Subjects;

/// <summary>Names of fields that a schema's metadata reserve: once reserved they stay so, and no field may have one (validateFields).</summary>
internal static class ReservedFields
{
    private const string Removed = "The {0} schema has reserved property '{2}' removed from its metadata which is present in the {1} schema.";
    private const string Conflicts =
        "The {0} schema has property at path '{2}' that conflicts with the reserved properties which is missing in the {1} schema.";

    // A language takes braces in a sentence for its places: the name, which may hold any characters, comes in afterwards.
    private const string Place = "\uFFFF";

    /// <param name="language">The candidate's.</param>
    /// <param name="previous">The version before.</param>
    public static IEnumerable<string> Problems(ISchemaLanguage language, Candidate candidate, StoredSchema previous)
    {
        var before = Names(previous.Metadata);
        var now = Names(candidate.Metadata);
        foreach (var name in before.Where(name => !now.Contains(name)))
        {
            yield return Text(language, "RESERVED_PROPERTY_REMOVED", Removed, name);
        }

        foreach (var name in now.Where(candidate.Parsed.HasField))
        {
            yield return Text(language, "RESERVED_PROPERTY_CONFLICTS_WITH_PROPERTY", Conflicts, name);
        }
    }

    private static SortedSet<string> Names(SchemaMetadata? metadata) => new(
        metadata?.Property(SchemaMetadata.ReservedProperty)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [],
        StringComparer.Ordinal);

    private static string Text(ISchemaLanguage language, string errorType, string sentence, string name)
    {
        var finding = new Finding(errorType, name, IsCompatible: false, sentence.Replace("{2}", Place, StringComparison.Ordinal), Place);
        return language.Describe(finding, "new", "old").Replace(Place, name, StringComparison.Ordinal);
    }
}
