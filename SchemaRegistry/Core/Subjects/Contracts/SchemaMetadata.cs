namespace SchemaRegistry.Core.Subjects.Contracts;

/// <summary>What is said about a schema beside its text (data contracts). Immutable. Keys are in UTF-16 order, as they are hashed and printed.</summary>
public sealed class SchemaMetadata
{
    /// <summary>The server keeps the version number here for clients that ask for compare-and-set.</summary>
    public const string VersionProperty = "confluent:version";

    /// <summary>Names of fields that must never be used again, separated by commas.</summary>
    public const string ReservedProperty = "confluent:reserved";

    private static readonly SortedDictionary<string, IReadOnlyList<string>> NoTags = new(StringComparer.Ordinal);
    private static readonly SortedDictionary<string, string> NoProperties = new(StringComparer.Ordinal);

    public SchemaMetadata(
        IEnumerable<KeyValuePair<string, IReadOnlyList<string>>>? tags,
        IEnumerable<KeyValuePair<string, string>>? properties,
        IEnumerable<string>? sensitive)
    {
        Tags = NoTags;
        if (tags is not null)
        {
            var sorted = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
            foreach (var (path, names) in tags)
            {
                sorted[path] = Sorted(names);
            }

            Tags = sorted;
        }

        Properties = NoProperties;
        if (properties is not null)
        {
            var sorted = new SortedDictionary<string, string>(StringComparer.Ordinal);
            foreach (var (name, value) in properties)
            {
                sorted[name] = value;
            }

            Properties = sorted;
        }

        Sensitive = Sorted(sensitive ?? []);
    }

    /// <summary>Tags of paths within the schema.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Tags { get; }

    public IReadOnlyDictionary<string, string> Properties { get; }

    /// <summary>Names of properties whose values are secret.</summary>
    public IReadOnlyList<string> Sensitive { get; }

    /// <summary>A property's value; null when it is not set.</summary>
    public string? Property(string name) => Properties.GetValueOrDefault(name);

    /// <summary>The same with one property more, or without it for null.</summary>
    public SchemaMetadata With(string name, string? value)
    {
        var properties = new Dictionary<string, string>(Properties, StringComparer.Ordinal);
        if (value is null)
        {
            properties.Remove(name);
        }
        else
        {
            properties[name] = value;
        }

        return new SchemaMetadata(Tags, properties, Sensitive);
    }

    /// <summary>Both together; where both say something the second wins, and tags of one path and secret names are joined.</summary>
    public static SchemaMetadata? Merge(SchemaMetadata? first, SchemaMetadata? second)
    {
        if (first is null || second is null)
        {
            return first ?? second;
        }

        var tags = new Dictionary<string, IReadOnlyList<string>>(first.Tags, StringComparer.Ordinal);
        foreach (var (path, names) in second.Tags)
        {
            tags[path] = tags.TryGetValue(path, out var present) ? [.. present, .. names] : names;
        }

        return new SchemaMetadata(tags, first.Properties.Concat(second.Properties), first.Sensitive.Concat(second.Sensitive));
    }

    public static bool Same(SchemaMetadata? one, SchemaMetadata? other)
    {
        if (one is null || other is null)
        {
            return ReferenceEquals(one, other);
        }

        return one.Properties.SequenceEqual(other.Properties)
            && one.Sensitive.SequenceEqual(other.Sensitive)
            && one.Tags.Count == other.Tags.Count
            && one.Tags.Zip(other.Tags).All(pair => pair.First.Key == pair.Second.Key && pair.First.Value.SequenceEqual(pair.Second.Value));
    }

    private static string[] Sorted(IEnumerable<string> names)
    {
        string[] sorted = [.. names.Distinct(StringComparer.Ordinal)];
        Array.Sort(sorted, StringComparer.Ordinal);
        return sorted;
    }
}
