using System.Collections.Immutable;

namespace SchemaRegistry.Core.Subjects;

/// <summary>All versions of a subject, softly deleted ones included, oldest first. Immutable; at least one version is in it.</summary>
public sealed class SubjectImage(string name, ImmutableSortedDictionary<int, StoredSchema> versions)
{
    /// <summary>Qualified.</summary>
    public string Name { get; } = name;

    public ImmutableSortedDictionary<int, StoredSchema> Versions { get; } = versions;

    /// <summary>The newest version that is not deleted; null when all are.</summary>
    public StoredSchema? Latest { get; } = versions.Values.LastOrDefault(schema => !schema.IsDeleted);

    /// <summary>The highest version number, deleted ones included.</summary>
    public int HighestVersion { get; } = versions.Keys.Last();

    /// <summary>Those that are not deleted, newest first.</summary>
    public IEnumerable<StoredSchema> LiveNewestFirst => Versions.Values.Reverse().Where(schema => !schema.IsDeleted);
}

/// <summary>The ids of a context. Immutable.</summary>
/// <param name="IsDeclared">A record says that the context exists.</param>
/// <param name="HighestId">The highest id ever given, 0 when none was.</param>
/// <param name="Ids">Versions that have an id, in the order of their records.</param>
/// <param name="Guids">One id of each content. The language is part of the key because the GUID does not cover it.</param>
public sealed record ContextImage(
    string Name,
    bool IsDeclared,
    int HighestId,
    ImmutableDictionary<int, ImmutableArray<StoredSchema>> Ids,
    ImmutableDictionary<(Guid Guid, Languages.SchemaType Type), int> Guids)
{
    public static ContextImage Empty(string name) => new(name, false, 0,
        ImmutableDictionary<int, ImmutableArray<StoredSchema>>.Empty, ImmutableDictionary<(Guid, Languages.SchemaType), int>.Empty);

    /// <summary>A version that has the id, one that is not deleted where there is one; null for an unknown id.</summary>
    public StoredSchema? Schema(int id)
    {
        if (!Ids.TryGetValue(id, out var versions))
        {
            return null;
        }

        foreach (var version in versions)
        {
            if (!version.IsDeleted)
            {
                return version;
            }
        }

        return versions[0];
    }

    internal ContextImage With(StoredSchema added, StoredSchema? replaced)
    {
        var without = replaced is null ? this : Without(replaced, keepGuid: replaced.Guid == added.Guid);
        var versions = without.Ids.GetValueOrDefault(added.Id, ImmutableArray<StoredSchema>.Empty);
        var key = (added.Guid, added.Type);
        return without with
        {
            HighestId = Math.Max(without.HighestId, added.Id),
            Ids = without.Ids.SetItem(added.Id, versions.Add(added)),
            Guids = without.Guids.ContainsKey(key) ? without.Guids : without.Guids.Add(key, added.Id),
        };
    }

    internal ContextImage Without(StoredSchema removed, bool keepGuid = false)
    {
        var versions = Ids.GetValueOrDefault(removed.Id, ImmutableArray<StoredSchema>.Empty).Remove(removed);
        var ids = versions.IsEmpty ? Ids.Remove(removed.Id) : Ids.SetItem(removed.Id, versions);
        var key = (removed.Guid, removed.Type);
        if (keepGuid || !versions.IsEmpty || Guids.GetValueOrDefault(key) != removed.Id)
        {
            return this with { Ids = ids };
        }

        return this with { Ids = ids, Guids = Guids.Remove(key) };
    }
}
