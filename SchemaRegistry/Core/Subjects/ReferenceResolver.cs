using Kernel;
using SchemaRegistry.Core.Languages;
using SchemaRegistry.Core.Subjects.Contracts;

namespace SchemaRegistry.Core.Subjects;

/// <summary>
/// Finds the schemas that a schema refers to, each once however many ways lead to it. Bounded in number, depth and characters, because a few
/// small requests could otherwise build a graph that takes minutes to parse. Throws <see cref="RegistryException"/> 42201.
/// </summary>
internal sealed class ReferenceResolver(RegistryImage image, bool mustBeLive)
{
    private readonly Dictionary<SchemaKey, SchemaSource> _found = [];
    private long _chars;

    /// <summary>Of all texts found so far.</summary>
    public long Chars => _chars;

    /// <summary>The same references with "latest" replaced by the version that is latest now.</summary>
    public static IReadOnlyList<SchemaReference> WithVersions(RegistryImage image, string context, IReadOnlyList<SchemaReference> references)
    {
        if (references.Count > Limits.MaxSchemaReferences)
        {
            throw new RegistryException(RegistryError.InvalidSchema($"A schema may have {Limits.MaxSchemaReferences} references"));
        }

        if (!references.Any(reference => reference.Version < 1))
        {
            return references;
        }

        var resolved = new List<SchemaReference>(references.Count);
        foreach (var reference in references)
        {
            var latest = image.Subject(SubjectName.ParseWithin(reference.Subject, context))?.Latest?.Version;
            resolved.Add(reference.Version >= 1 ? reference
                : reference with { Version = latest ?? throw Missing(reference) });
        }

        return resolved;
    }

    public SchemaSource Source(string text, string context, IReadOnlyList<SchemaReference> references) => Source(text, context, references, depth: 0);

    private SchemaSource Source(string text, string context, IReadOnlyList<SchemaReference> references, int depth)
    {
        _chars += text.Length;
        if (depth > Limits.MaxSchemaReferenceDepth || _found.Count > Limits.MaxSchemaReferencesInAll || _chars > Limits.MaxSchemaCharsInAll)
        {
            throw new RegistryException(RegistryError.InvalidSchema("The references of the schema are too many or go too deep"));
        }

        if (references.Count == 0)
        {
            return SchemaSource.Of(text);
        }

        var resolved = new List<ResolvedReference>(references.Count);
        foreach (var reference in references)
        {
            var key = new SchemaKey(SubjectName.ParseWithin(reference.Subject, context).ToString(), reference.Version);
            if (!_found.TryGetValue(key, out var source))
            {
                var schema = image.Schema(key);
                if (schema is null || mustBeLive && depth == 0 && schema.IsDeleted)
                {
                    throw Missing(reference);
                }

                source = Source(schema.Text, SubjectName.Parse(key.Subject).Context, schema.References, depth + 1);
                _found[key] = source;
            }

            resolved.Add(new ResolvedReference(reference.Name, reference.Subject, reference.Version, source));
        }

        return new SchemaSource(text, resolved);
    }

    private static RegistryException Missing(SchemaReference reference) => new(RegistryError.NoReference(reference.Subject, reference.Version));
}
