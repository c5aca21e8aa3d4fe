using Kernel;

namespace SchemaRegistry.Core.Avro;

/// <summary>
/// The named types of a schema and its references, and what can be judged only when all are known: names that were used before their
/// definition, definitions that repeat, unions.
/// </summary>
internal sealed class AvroNames
{
    private readonly Dictionary<string, AvroNamed> _byName = new(StringComparer.Ordinal);
    private readonly List<AvroForward> _forwards = [];
    private readonly List<(AvroNamed First, AvroNamed Again)> _repeats = [];
    private readonly List<AvroUnion> _unions = [];
    private readonly List<AvroRecord> _records = [];
    private long _chars;
    private int _ids;

    public IReadOnlyCollection<string> Defined => _byName.Keys;

    /// <summary>Records of the schema that is being parsed, in the order of their definitions.</summary>
    public IReadOnlyList<AvroRecord> NewRecords => _records;

    /// <summary>A number for the next type.</summary>
    public int NextId() => _ids++;

    /// <summary>A primitive of its own, or the named type: of the enclosing namespace first, then as it is written.</summary>
    public AvroType Find(string name, string? space)
    {
        if (AvroPrimitive.Names.TryGetValue(name, out var kind))
        {
            return new AvroPrimitive(kind) { Id = NextId() };
        }

        var full = AvroName.Of(name, space).Full;
        Charge(full);
        if (_byName.TryGetValue(full, out var found) || _byName.TryGetValue(name, out found))
        {
            return found;
        }

        var forward = new AvroForward(full, name) { Id = NextId() };
        _forwards.Add(forward);
        return forward;
    }

    /// <summary>Counts a full name that printing may write out.</summary>
    public void Charge(string full)
    {
        _chars += full.Length;
        if (_chars > Limits.MaxSchemaAvroNameCharsInAll)
        {
            throw new AvroFault($"The full names of the schema have more than {Limits.MaxSchemaAvroNameCharsInAll} characters altogether");
        }
    }

    public void Define(AvroNamed type)
    {
        var full = type.Name.Full;
        Charge(full);
        if (!_byName.TryAdd(full, type))
        {
            _repeats.Add((_byName[full], type));
        }

        if (type is AvroRecord record)
        {
            _records.Add(record);
        }
    }

    public void Remember(AvroUnion union) => _unions.Add(union);

    /// <summary>The schema is read to its end: judges what had to wait.</summary>
    public void Settle()
    {
        foreach (var forward in _forwards)
        {
            if (_byName.TryGetValue(forward.Full, out var target) || _byName.TryGetValue(forward.AsWritten, out target))
            {
                forward.Settle(target);
            }
            else
            {
                throw new AvroFault($"Undefined name: \"{AvroPlace.Excerpt(forward.AsWritten)}\"");
            }
        }

        foreach (var (first, again) in _repeats)
        {
            if (!AvroDefinitions.AreEqual(first, again))
            {
                throw new AvroFault($"Can't redefine: {AvroPlace.Excerpt(again.Name.Full)}");
            }
        }

        foreach (var union in _unions)
        {
            Check(union);
        }
    }

    /// <summary>Another schema follows, which sees the names.</summary>
    public void Next()
    {
        _forwards.Clear();
        _repeats.Clear();
        _unions.Clear();
        _records.Clear();
    }

    private static void Check(AvroUnion union)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < union.Count; i++)
        {
            var branch = union[i];
            if (branch is AvroUnion)
            {
                throw new AvroFault("Nested union");
            }

            var name = branch is AvroNamed named ? named.Name.Full : AvroText.Name(branch.Kind);
            if (!seen.Add(name))
            {
                throw new AvroFault($"Duplicate in union: {AvroPlace.Excerpt(name)}");
            }
        }
    }
}
