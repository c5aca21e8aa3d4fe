using System.Collections.Immutable;

namespace SchemaRegistry.Core.Subjects;

/// <summary>All versions of a subject, softly deleted ones included, oldest first. Immutable; at least one version is in it.</summary>
public sealed class SubjectImage
{
    private SubjectImage(string name, ImmutableSortedDictionary<int, StoredSchema> versions, StoredSchema? latest, int highestVersion)
    {
        Name = name;
        Versions = versions;
        Latest = latest;
        HighestVersion = highestVersion;
    }

    /// <summary>Qualified.</summary>
    public string Name { get; }

    public ImmutableSortedDictionary<int, StoredSchema> Versions { get; }

    /// <summary>The newest version that is not deleted; null when all are.</summary>
    public StoredSchema? Latest { get; }

    /// <summary>The highest version number, deleted ones included.</summary>
    public int HighestVersion { get; }

    /// <summary>Those that are not deleted, newest first.</summary>
    public IEnumerable<StoredSchema> LiveNewestFirst => Versions.Values.Reverse().Where(schema => !schema.IsDeleted);

    internal static SubjectImage Of(string name, StoredSchema first) => new(name,
        ImmutableSortedDictionary<int, StoredSchema>.Empty.Add(first.Version, first), first.IsDeleted ? null : first, first.Version);

    internal SubjectImage With(StoredSchema schema)
    {
        var versions = Versions.SetItem(schema.Version, schema);
        var latest = schema.IsDeleted
            ? Latest?.Version == schema.Version ? NewestOf(versions) : Latest
            : Latest is null || Latest.Version <= schema.Version ? schema : Latest;
        return new SubjectImage(Name, versions, latest, Math.Max(HighestVersion, schema.Version));
    }

    /// <summary>The subject without a version; null when none is left.</summary>
    internal SubjectImage? Without(int version)
    {
        var versions = Versions.Remove(version);
        return versions.IsEmpty
            ? null
            : new SubjectImage(Name, versions, Latest?.Version == version ? NewestOf(versions) : Latest,
                version == HighestVersion ? versions.Keys.Last() : HighestVersion);
    }

    /// <summary>Walks all versions, so it is left to the cases in which the latest one goes.</summary>
    private static StoredSchema? NewestOf(ImmutableSortedDictionary<int, StoredSchema> versions) =>
        versions.Values.LastOrDefault(schema => !schema.IsDeleted);
}

/// <summary>The ids of a context. Immutable.</summary>
/// <param name="IsDeclared">A record says that the context exists.</param>
/// <param name="HighestId">The highest id ever given, 0 when none was.</param>
/// <param name="Ids">Versions that have an id, in the order of their records.</param>
/// <param name="Guids">The lowest id of each content. The language is part of the key because the GUID does not cover it.</param>
/// <param name="OtherIds">The other ids of contents that have several, as imports may give them.</param>
public sealed record ContextImage(
    string Name,
    bool IsDeclared,
    int HighestId,
    ImmutableDictionary<int, ImmutableArray<StoredSchema>> Ids,
    ImmutableDictionary<(Guid Guid, Languages.SchemaType Type), int> Guids,
    ImmutableDictionary<(Guid Guid, Languages.SchemaType Type), ImmutableSortedSet<int>> OtherIds)
{
    public static ContextImage Empty(string name) => new(name, false, 0,
        ImmutableDictionary<int, ImmutableArray<StoredSchema>>.Empty, ImmutableDictionary<(Guid, Languages.SchemaType), int>.Empty,
        ImmutableDictionary<(Guid, Languages.SchemaType), ImmutableSortedSet<int>>.Empty);

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
        var key = (added.Guid, added.Type);
        var without = replaced is null ? this : Without(replaced, keepId: (replaced.Guid, replaced.Type) == key && replaced.Id == added.Id);
        var versions = without.Ids.GetValueOrDefault(added.Id, ImmutableArray<StoredSchema>.Empty);
        var image = without with { HighestId = Math.Max(without.HighestId, added.Id), Ids = without.Ids.SetItem(added.Id, versions.Add(added)) };
        if (!image.Guids.TryGetValue(key, out var id))
        {
            return image with { Guids = image.Guids.Add(key, added.Id) };
        }

        // The lowest, so that it does not matter in which order the records came.
        return id == added.Id
            ? image
            : image.WithOtherIds(key, image.OtherIds.GetValueOrDefault(key, []).Add(Math.Max(id, added.Id))) with
            {
                Guids = image.Guids.SetItem(key, Math.Min(id, added.Id)),
            };
    }

    internal ContextImage Without(StoredSchema removed, bool keepId = false)
    {
        var versions = Ids.GetValueOrDefault(removed.Id, ImmutableArray<StoredSchema>.Empty).Remove(removed);
        var image = this with { Ids = versions.IsEmpty ? Ids.Remove(removed.Id) : Ids.SetItem(removed.Id, versions) };
        return keepId || !versions.IsEmpty ? image : image.WithoutId((removed.Guid, removed.Type), removed.Id);
    }

    /// <summary>A content has an id no more; the next of its ids takes the place.</summary>
    private ContextImage WithoutId((Guid Guid, Languages.SchemaType Type) key, int id)
    {
        var others = OtherIds.GetValueOrDefault(key, []);
        if (Guids.GetValueOrDefault(key) != id)
        {
            return WithOtherIds(key, others.Remove(id));
        }

        return others.IsEmpty
            ? this with { Guids = Guids.Remove(key) }
            : WithOtherIds(key, others.Remove(others[0])) with { Guids = Guids.SetItem(key, others[0]) };
    }

    private ContextImage WithOtherIds((Guid Guid, Languages.SchemaType Type) key, ImmutableSortedSet<int> ids) =>
        this with { OtherIds = ids.IsEmpty ? OtherIds.Remove(key) : OtherIds.SetItem(key, ids) };
}
