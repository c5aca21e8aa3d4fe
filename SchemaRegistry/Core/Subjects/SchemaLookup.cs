using SchemaRegistry.Core.Languages;
using SchemaRegistry.Core.Subjects.Contracts;

namespace SchemaRegistry.Core.Subjects;

/// <summary>Finds the version of a subject that is the same as a given schema.</summary>
public static class SchemaLookup
{
    /// <summary>The newest version that counts as the same; null when none does.</summary>
    /// <param name="withDeleted">Softly deleted versions count too.</param>
    public static StoredSchema? Find(RegistryImage image, SchemaParser parser, SubjectName name, Candidate candidate, bool withDeleted)
    {
        if (image.Subject(name) is not { } subject)
        {
            return null;
        }

        var guid = candidate.Guid;
        var resolved = new ResolvedTexts(image, parser, candidate);
        StoredSchema? wider = null;
        foreach (var version in subject.Versions.Values.Reverse())
        {
            if (version.IsDeleted && !withDeleted)
            {
                continue;
            }

            if (version.Guid == guid && version.Type == candidate.Type)
            {
                return version;
            }

            wider ??= IsSame(resolved, version, candidate) ? version : null;
        }

        return wider;
    }

    /// <summary>
    /// The version that a request would get without anything being written; null when it has to be written, or is wrong. A reader may ask
    /// before it sends the request on to whoever writes.
    /// </summary>
    public static StoredSchema? Existing(RegistryImage image, SchemaParser parser, SubjectName name, SchemaRequest request, bool normalize)
    {
        Candidate candidate;
        try
        {
            candidate = parser.Parse(image, name.Context, request, normalize, ParseRules.Lookup);
        }
        catch (RegistryException)
        {
            // The registration says what is wrong, after the mode had its say.
            return null;
        }

        var found = Find(image, parser, name, candidate, withDeleted: false);
        return found is not null && (!request.HasVersion || request.Version == found.Version) && (!request.HasId || request.Id == found.Id) ? found : null;
    }

    /// <summary>An empty text stands for the one of the latest version.</summary>
    public static SchemaRequest WithText(RegistryImage image, SubjectName name, SchemaRequest request)
    {
        if (!string.IsNullOrEmpty(request.Text))
        {
            return request;
        }

        var previous = image.Subject(name)?.Latest ?? throw new RegistryException(RegistryError.EmptySchema());
        return request with
        {
            // A string of its own: what is parsed of a request's text is remembered as long as that text lives.
            Text = new string(previous.Text.AsSpan()),
            Type = previous.Type.Name(),
            References = request.References.Count > 0 ? request.References : previous.References,
        };
    }

    private static bool IsSame(ResolvedTexts resolved, StoredSchema version, Candidate candidate)
    {
        if (version.Type != candidate.Type || !RuleSet.Same(version.Rules, candidate.Rules)
            || !IsSameMetadata(version.Metadata, candidate.Metadata, version.Version))
        {
            return false;
        }

        if (version.Text == candidate.Text && HasSameReferences(version, candidate))
        {
            return true;
        }

        // A schema in one piece is the same as one with references that make the same when put together.
        return version.Type == SchemaType.Avro && candidate.References.Count == 0 && version.References.Count > 0 && resolved.IsSame(version);
    }

    private static bool HasSameReferences(StoredSchema version, Candidate candidate)
    {
        var context = SubjectName.Parse(version.Subject).Context;
        return version.References.Count == candidate.References.Count
            && version.References.Zip(candidate.References).All(pair => pair.First.Name == pair.Second.Name && pair.First.Version == pair.Second.Version
                && SubjectName.ParseWithin(pair.First.Subject, context) == SubjectName.ParseWithin(pair.Second.Subject, context));
    }

    private static bool IsSameMetadata(SchemaMetadata? stored, SchemaMetadata? asked, int version)
    {
        var storedVersion = stored?.Property(SchemaMetadata.VersionProperty);
        var askedVersion = asked?.Property(SchemaMetadata.VersionProperty);
        if (storedVersion == askedVersion)
        {
            return SchemaMetadata.Same(stored, asked);
        }

        if (storedVersion is null && askedVersion is not null && askedVersion != version.ToString(System.Globalization.CultureInfo.InvariantCulture))
        {
            return false;
        }

        return (storedVersion is null || askedVersion is null) && SchemaMetadata.Same(WithoutVersion(stored), WithoutVersion(asked));
    }

    private static SchemaMetadata? WithoutVersion(SchemaMetadata? metadata)
    {
        var rest = metadata?.With(SchemaMetadata.VersionProperty, null);
        return rest is { Properties.Count: 0, Tags.Count: 0, Sensitive.Count: 0 } ? null : rest;
    }
}
