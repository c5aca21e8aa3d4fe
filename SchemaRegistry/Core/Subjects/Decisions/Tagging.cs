using SchemaRegistry.Core.Languages;
using SchemaRegistry.Core.Subjects.Contracts;

namespace SchemaRegistry.Core.Subjects.Decisions;

/// <summary>
/// A change of tags, metadata or rules is the registration of a new version. Tags are kept in the metadata by their path, not written into the
/// schema's text.
/// </summary>
public static class Tagging
{
    public static RegisterSchema AsRegistration(RegistryImage image, TagSchema command)
    {
        var name = image.Resolve(SubjectName.Parse(command.Subject));
        var schema = VersionId.Parse(command.Version).Find(image, name, withDeleted: false);
        var tags = command.Tags;
        return new RegisterSchema(command.Subject, new SchemaRequest
        {
            // A string of its own: what is parsed of a request's text is remembered as long as that text lives.
            Text = new string(schema.Text.AsSpan()),
            Type = schema.Type.Name(),
            References = schema.References,
            Metadata = WithTags(SchemaMetadata.Merge(schema.Metadata, tags.Metadata), tags.Add, tags.Remove),
            Rules = RuleSet.Merge(tags.Rules ?? schema.Rules, tags.RulesToMerge)?.Without(tags.RulesToRemove),
            Version = tags.NewVersion is > 0 ? tags.NewVersion : -1,
        }, Normalize: false, Force: false);
    }

    /// <summary>Metadata with tags added and others removed.</summary>
    public static SchemaMetadata? WithTags(SchemaMetadata? metadata, IReadOnlyList<PathTags> add, IReadOnlyList<PathTags> remove)
    {
        if (add.Count == 0 && remove.Count == 0)
        {
            return metadata;
        }

        var tags = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var (path, names) in metadata?.Tags ?? new Dictionary<string, IReadOnlyList<string>>())
        {
            tags[path] = names;
        }

        foreach (var (path, names) in add)
        {
            tags[path] = [.. tags.GetValueOrDefault(path) ?? [], .. names];
        }

        foreach (var (path, names) in remove)
        {
            if (tags.TryGetValue(path, out var present))
            {
                tags[path] = [.. present.Except(names, StringComparer.Ordinal)];
                if (tags[path].Count == 0)
                {
                    tags.Remove(path);
                }
            }
        }

        return new SchemaMetadata(tags, metadata?.Properties, metadata?.Sensitive);
    }
}
