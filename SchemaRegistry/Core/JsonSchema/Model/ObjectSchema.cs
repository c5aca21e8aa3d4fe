namespace SchemaRegistry.Core.JsonSchema.Model;

/// <summary>The keywords of objects.</summary>
internal sealed class ObjectSchema : Schema
{
    // Most objects have neither, and a large schema has tens of thousands of objects.
    private static readonly HashSet<string> Nothing = [];
    private static readonly Dictionary<string, HashSet<string>> NoDependencies = [];

    private long _chars = -1;

    /// <summary>In the order of the text.</summary>
    public NamedSchemas Properties { get; init; } = NamedSchemas.None;

    public HashSet<string> Required { get; set; } = Nothing;

    /// <summary>Patterns with their schemas, in the order of the text.</summary>
    public NamedSchemas PatternProperties { get; init; } = NamedSchemas.None;

    /// <summary>False only for additionalProperties: false.</summary>
    public bool PermitsAdditional { get; init; } = true;

    /// <summary>additionalProperties where it is a schema other than true and false.</summary>
    public Schema? Additional { get; init; }

    /// <summary>unevaluatedProperties, also true and false; null when absent and before draft 2019-09.</summary>
    public Schema? Unevaluated { get; init; }

    /// <summary>Properties that a property requires: dependencies with arrays, or dependentRequired.</summary>
    public Dictionary<string, HashSet<string>> DependentRequired { get; set; } = NoDependencies;

    /// <summary>Characters of all names in <see cref="DependentRequired"/>.</summary>
    public long DependentRequiredChars => _chars >= 0 ? _chars
        : _chars = DependentRequired.Sum(pair => pair.Key.Length + pair.Value.Sum(name => (long)name.Length));

    /// <summary>Schemas that a property asks for: dependencies with schemas, or dependentSchemas.</summary>
    public NamedSchemas DependentSchemas { get; init; } = NamedSchemas.None;

    public Text.ExactDecimal? MaxProperties { get; init; }

    public Text.ExactDecimal? MinProperties { get; init; }

    /// <summary>Any other property is valid.</summary>
    public bool IsOpen => PermitsAdditional && Additional is null && PatternProperties.Count == 0 && (Unevaluated?.Target is null or TrueSchema);
}

/// <summary>Schemas by name, in the order of the text.</summary>
internal sealed class NamedSchemas
{
    public static readonly NamedSchemas None = new();

    // Most objects name a few, and a dictionary costs more than the walk through them.
    private const int NamesWithoutIndex = 8;

    private readonly List<string> _names = [];
    private readonly List<Schema> _schemas = [];
    private Dictionary<string, Schema>? _byName;

    public int Count => _names.Count;

    /// <summary>Characters of all names.</summary>
    public long Chars { get; private set; }

    public IReadOnlyList<string> Names => _names;

    public Schema? this[string name]
    {
        get
        {
            if (_byName is not null)
            {
                return _byName.GetValueOrDefault(name);
            }

            var at = _names.IndexOf(name);
            return at >= 0 ? _schemas[at] : null;
        }
    }

    /// <summary>Names are those of one JSON object, so none comes twice.</summary>
    public void Add(string name, Schema schema)
    {
        _names.Add(name);
        _schemas.Add(schema);
        Chars += name.Length;
        if (_byName is not null)
        {
            _byName.Add(name, schema);
        }
        else if (_names.Count > NamesWithoutIndex)
        {
            _byName = new Dictionary<string, Schema>(StringComparer.Ordinal);
            for (var i = 0; i < _names.Count; i++)
            {
                _byName.Add(_names[i], _schemas[i]);
            }
        }
    }
}
