namespace SchemaRegistry.Core.Avro;

/// <summary>
/// The branches of a large union by what can read: two unions of n types would make n² pairs, of which nearly all differ in their names. Owned by
/// one comparison.
/// </summary>
internal sealed class AvroBranches
{
    /// <summary>
    /// Branches of a union that are all tried, as Java tries them. Its memory of pairs keeps the places of those too that do not fit, and some
    /// message may name such a place: that is worth keeping where unions have the size that people give them.
    /// </summary>
    public const int TriedInOrder = 100;

    private readonly List<int> _unnamed = [];
    private readonly Dictionary<(AvroKind, string), List<int>> _byName = [];
    private readonly Dictionary<(AvroKind, AvroName), List<int>> _byAlias = [];

    public AvroBranches(AvroUnion union)
    {
        for (var i = 0; i < union.Count; i++)
        {
            if (union[i] is not AvroNamed named)
            {
                _unnamed.Add(i);
                continue;
            }

            Add(_byName, (named.Kind, named.Name.Name), i);
            Names += 1 + named.Aliases.Count;
            foreach (var alias in named.Aliases)
            {
                Add(_byAlias, (named.Kind, alias), i);
            }
        }
    }

    /// <summary>Names and aliases of all branches: what looking through them cost.</summary>
    public int Names { get; }

    /// <summary>The branches that may read a type, in their order: all others differ from it in kind or name.</summary>
    public IEnumerable<int> For(AvroType writer)
    {
        if (writer is not AvroNamed named)
        {
            return _unnamed;
        }

        var byName = _byName.GetValueOrDefault((named.Kind, named.Name.Name));
        var byAlias = _byAlias.GetValueOrDefault((named.Kind, named.Name));
        return byName is null || byAlias is null ? byName ?? byAlias ?? [] : byName.Union(byAlias).Order();
    }

    private static void Add<TKey>(Dictionary<TKey, List<int>> index, TKey key, int branch)
        where TKey : notnull
    {
        if (!index.TryGetValue(key, out var branches))
        {
            index[key] = branches = new List<int>(1);
        }

        branches.Add(branch);
    }
}
