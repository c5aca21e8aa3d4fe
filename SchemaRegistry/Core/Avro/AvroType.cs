namespace SchemaRegistry.Core.Avro;

/// <summary>Kinds of Avro types; their names in capitals are those of the registry's messages.</summary>
internal enum AvroKind
{
    Null,
    Boolean,
    Int,
    Long,
    Float,
    Double,
    Bytes,
    String,
    Array,
    Map,
    Union,
    Fixed,
    Enum,
    Record,
}

/// <summary>
/// One occurrence of a type in a schema. Each primitive, array, map and union of the text is an object of its own, a named type one for all
/// its uses: comparing goes by identity, as it does for Java. Immutable after the parser has settled it.
/// </summary>
internal abstract class AvroType
{
    public abstract AvroKind Kind { get; }

    /// <summary>Its number among the types of one parse, references included: what comparing remembers it by.</summary>
    public required int Id { get; init; }

    /// <summary>Attributes that the language gives no meaning, and logical types, in the text's order.</summary>
    public IReadOnlyList<JsonMember> Properties { get; init; } = [];

    /// <summary>The type itself, behind a name that was used before its definition.</summary>
    public virtual AvroType Resolved => this;

    public JsonTree? Property(string name)
    {
        foreach (var (key, value) in Properties)
        {
            if (key == name)
            {
                return value;
            }
        }

        return null;
    }
}

internal sealed class AvroPrimitive(AvroKind kind) : AvroType
{
    public static readonly Dictionary<string, AvroKind> Names = new(StringComparer.Ordinal)
    {
        ["null"] = AvroKind.Null,
        ["boolean"] = AvroKind.Boolean,
        ["int"] = AvroKind.Int,
        ["long"] = AvroKind.Long,
        ["float"] = AvroKind.Float,
        ["double"] = AvroKind.Double,
        ["bytes"] = AvroKind.Bytes,
        ["string"] = AvroKind.String,
    };

    public override AvroKind Kind => kind;
}

internal sealed class AvroArray(AvroType items) : AvroType
{
    public override AvroKind Kind => AvroKind.Array;

    public AvroType Items => items.Resolved;
}

internal sealed class AvroMap(AvroType values) : AvroType
{
    public override AvroKind Kind => AvroKind.Map;

    public AvroType Values => values.Resolved;
}

internal sealed class AvroUnion(AvroType[] branches) : AvroType
{
    public override AvroKind Kind => AvroKind.Union;

    public int Count => branches.Length;

    public AvroType this[int i] => branches[i].Resolved;
}

/// <summary>A record, enum or fixed.</summary>
internal abstract class AvroNamed(AvroName name) : AvroType
{
    public AvroName Name => name;

    public string? Doc { get; init; }

    /// <summary>Without duplicates, in the text's order.</summary>
    public IReadOnlyList<AvroName> Aliases { get; init; } = [];

    /// <summary>Whether Java's name rule takes the reader's type for the writer's: equal short names, or an alias that is the writer's full name.</summary>
    public bool Answers(AvroNamed writer)
    {
        if (Name.Name == writer.Name.Name)
        {
            return true;
        }

        foreach (var alias in Aliases)
        {
            // An alias without namespace of a type that has one never matches in Java, which spells it ".X".
            if ((alias.Space is not null || Name.Space is null) && alias == writer.Name)
            {
                return true;
            }
        }

        return false;
    }
}

internal sealed class AvroFixed(AvroName name, int size) : AvroNamed(name)
{
    public override AvroKind Kind => AvroKind.Fixed;

    /// <summary>In bytes.</summary>
    public int Size => size;
}

internal sealed class AvroEnum(AvroName name, string[] symbols, string? @default) : AvroNamed(name)
{
    private readonly HashSet<string> _set = new(symbols, StringComparer.Ordinal);

    public override AvroKind Kind => AvroKind.Enum;

    public IReadOnlyList<string> Symbols => symbols;

    /// <summary>
    /// The symbol that a reader takes for one that it does not know. In a schema that was not checked it may be no symbol of the enum, and is
    /// none then.
    /// </summary>
    public string? Default => @default;

    public bool Has(string symbol) => _set.Contains(symbol);
}

internal sealed class AvroRecord(AvroName name, bool isError) : AvroNamed(name)
{
    private readonly Dictionary<string, AvroField> _byName = new(StringComparer.Ordinal);
    private readonly List<AvroField> _fields = [];

    public override AvroKind Kind => AvroKind.Record;

    /// <summary>Written as "error", which is a record otherwise.</summary>
    public bool IsError => isError;

    public IReadOnlyList<AvroField> Fields => _fields;

    public AvroField? Field(string name) => _byName.GetValueOrDefault(name);

    /// <summary>For the parser alone. False for a name that is there already.</summary>
    public bool Add(AvroField field)
    {
        _fields.Add(field);
        return _byName.TryAdd(field.Name, field);
    }
}

/// <summary>How a field takes part in sorting.</summary>
internal enum AvroOrder
{
    Ascending,
    Descending,
    Ignore,
}

internal sealed class AvroField(string name, AvroType type)
{
    public string Name => name;

    public AvroType Type => type.Resolved;

    public string? Doc { get; init; }

    /// <summary>Null for none; a JSON null is a default.</summary>
    public JsonTree? Default { get; init; }

    public AvroOrder Order { get; init; }

    public IReadOnlyList<string> Aliases { get; init; } = [];

    public IReadOnlyList<JsonMember> Properties { get; init; } = [];
}

/// <summary>A name that is used before its definition. Stands in the schema until the parser knows all definitions, and behind it for ever.</summary>
internal sealed class AvroForward(string full, string asWritten) : AvroType
{
    private AvroNamed? _target;

    public override AvroKind Kind => Resolved.Kind;

    public string Full => full;

    public string AsWritten => asWritten;

    public override AvroType Resolved => _target ?? throw new AvroFault($"Undefined name: \"{AvroPlace.Excerpt(asWritten)}\"");

    public void Settle(AvroNamed target) => _target = target;
}
