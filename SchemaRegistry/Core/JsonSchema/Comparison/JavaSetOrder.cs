namespace SchemaRegistry.Core.JsonSchema.Comparison;

/// <summary>
/// The order in which Java's HashSet gives strings. Confluent's registry walks properties in it, and so its messages come in it. Names that share
/// a bucket keep the order in which they were added.
/// </summary>
internal static class JavaSetOrder
{
    private const int DefaultCapacity = 16;

    /// <summary>A set made of the first names, to which the others are added.</summary>
    public static List<string> Union(IReadOnlyCollection<string> first, IEnumerable<string> others)
    {
        var names = new List<string>(first);
        var seen = new HashSet<string>(first, StringComparer.Ordinal);
        names.AddRange(others.Where(seen.Add));
        if (names.Count < 2)
        {
            return names;
        }

        var capacity = DefaultCapacity;
        while (capacity < (first.Count * 4 / 3) + 1 || capacity * 3 / 4 < names.Count)
        {
            capacity *= 2;
        }

        return [.. names.OrderBy(name => Bucket(name, capacity))];
    }

    private static uint Bucket(string name, int capacity)
    {
        uint hash = 0;
        foreach (var c in name)
        {
            hash = unchecked((hash * 31) + c);
        }

        return (hash ^ (hash >> 16)) & (uint)(capacity - 1);
    }
}
