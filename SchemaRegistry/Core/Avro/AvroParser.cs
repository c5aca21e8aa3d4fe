using System.Globalization;
using Kernel;

namespace SchemaRegistry.Core.Avro;

/// <summary>
/// Makes types of JSON trees, one schema after the other with one table of names: first the references, then the schema itself. Its rules are
/// those of Java's parser in 1.12: names may be used before they are defined, equal definitions may repeat. Faults are <see cref="AvroFault"/>.
/// One thread, for one parse.
/// </summary>
internal sealed class AvroParser
{
    /// <summary>Java's largest array: no fixed can be larger.</summary>
    private const int MaxFixedSize = int.MaxValue - 8;

    private static readonly HashSet<string> SchemaWords =
        ["doc", "fields", "items", "name", "namespace", "size", "symbols", "values", "type", "aliases"];

    private static readonly HashSet<string> EnumWords = [.. SchemaWords, "default"];

    private static readonly HashSet<string> FieldWords = ["default", "doc", "name", "order", "type", "aliases"];

    private readonly AvroNames _names = new();
    private readonly AvroPlace _place = new();
    private int _values = Limits.MaxSchemaAvroNodes;
    private bool _strict;

    /// <summary>Full names of all definitions so far.</summary>
    public IReadOnlyCollection<string> DefinedNames => _names.Defined;

    /// <summary>Parses one schema; what it defines is known to the following ones.</summary>
    /// <param name="text">JSON.</param>
    /// <param name="strict">Names and defaults are checked.</param>
    public AvroType Parse(string text, bool strict)
    {
        var tree = JsonTreeReader.Read(text, ref _values);
        _strict = strict;
        try
        {
            var type = Type(tree, null);
            _names.Settle();
            if (strict)
            {
                new AvroDefaults().Check(_names.NewRecords);
            }

            _names.Next();
            return type.Resolved;
        }
        catch (AvroFault e) when (_place.IsInside)
        {
            throw new AvroFault($"{e.Message} (at {_place})");
        }
    }

    private AvroType Type(JsonTree tree, string? space)
    {
        switch (tree.Kind)
        {
            case JsonKind.String:
                return _names.Find(tree.Text, space);
            case JsonKind.Array:
                return Union(tree, space);
            case JsonKind.Object:
                break;
            default:
                throw new AvroFault($"A schema is a name, an object or an array, not {Excerpt(tree)}");
        }

        var type = tree.FindText("type") ?? throw new AvroFault($"No type: {Excerpt(tree)}");
        if (AvroPrimitive.Names.TryGetValue(type, out var kind))
        {
            return new AvroPrimitive(kind) { Id = _names.NextId(), Properties = Rest(tree, SchemaWords) };
        }

        return type switch
        {
            "record" or "error" => Record(tree, space, isError: type == "error"),
            "enum" => Enum(tree, space),
            "fixed" => Fixed(tree, space),
            "array" => new AvroArray(Inner(tree, "items", "Array has no items type", space)) { Id = _names.NextId(), Properties = Rest(tree, SchemaWords) },
            "map" => new AvroMap(Inner(tree, "values", "Map has no values type", space)) { Id = _names.NextId(), Properties = Rest(tree, SchemaWords) },
            _ => _names.Find(type, space),
        };
    }

    private AvroType Inner(JsonTree tree, string attribute, string missing, string? space)
    {
        var inner = tree.Find(attribute) ?? throw new AvroFault($"{missing}: {Excerpt(tree)}");
        _place.Enter(attribute);
        var type = Type(inner, space);
        _place.Leave();
        return type;
    }

    private AvroUnion Union(JsonTree tree, string? space)
    {
        var branches = new AvroType[tree.Items.Count];
        for (var i = 0; i < branches.Length; i++)
        {
            _place.Enter(i);
            branches[i] = Type(tree.Items[i], space);
            _place.Leave();
        }

        var union = new AvroUnion(branches) { Id = _names.NextId() };
        _names.Remember(union);
        return union;
    }

    private AvroRecord Record(JsonTree tree, string? space, bool isError)
    {
        var name = Name(tree, space);
        var record = new AvroRecord(name, isError)
        {
            Id = _names.NextId(),
            Doc = tree.FindText("doc"),
            Aliases = Aliases(tree, name),
            Properties = Rest(tree, SchemaWords),
        };
        if (tree.Find("fields") is not { Kind: JsonKind.Array } fields)
        {
            throw new AvroFault($"Record has no fields: {Excerpt(tree)}");
        }

        _names.Define(record);
        _place.Enter("fields");
        for (var i = 0; i < fields.Items.Count; i++)
        {
            _place.Enter(i);
            var field = Field(fields.Items[i], name.Space);
            if (!record.Add(field))
            {
                throw new AvroFault($"Duplicate field {Excerpt(field.Name)} in record {Excerpt(name.Full)}");
            }

            _place.Leave();
        }

        _place.Leave();
        return record;
    }

    private AvroField Field(JsonTree tree, string? space)
    {
        var name = tree.FindText("name") ?? throw new AvroFault($"No field name: {Excerpt(tree)}");
        CheckName(name);
        var type = Inner(tree, "type", "No field type", space);
        return new AvroField(name, type)
        {
            Doc = tree.FindText("doc"),
            Default = Default(tree.Find("default"), type),
            Order = Order(tree.Find("order")),
            Aliases = AliasTexts(tree),
            Properties = Rest(tree, FieldWords),
        };
    }

    /// <summary>Java takes a string for a float's or double's default when it reads as a number: "NaN" has no other spelling.</summary>
    private static JsonTree? Default(JsonTree? given, AvroType type)
    {
        if (given is not { IsText: true } || type is not AvroPrimitive { Kind: AvroKind.Float or AvroKind.Double })
        {
            return given;
        }

        return JavaDouble.TryParse(given.Text, out var value)
            ? JsonTree.OfDouble(value)
            : throw new AvroFault($"The default is no number: {Excerpt(given)}");
    }

    private static AvroOrder Order(JsonTree? given) => given switch
    {
        null => AvroOrder.Ascending,
        { IsText: true } => given.Text.ToUpperInvariant() switch
        {
            "ASCENDING" => AvroOrder.Ascending,
            "DESCENDING" => AvroOrder.Descending,
            "IGNORE" => AvroOrder.Ignore,
            _ => throw new AvroFault($"Unknown order: {Excerpt(given)}"),
        },
        _ => throw new AvroFault($"Unknown order: {Excerpt(given)}"),
    };

    private AvroEnum Enum(JsonTree tree, string? space)
    {
        var name = Name(tree, space);
        if (tree.Find("symbols") is not { Kind: JsonKind.Array } given)
        {
            throw new AvroFault($"Enum has no symbols: {Excerpt(tree)}");
        }

        var symbols = new string[given.Items.Count];
        var seen = new HashSet<string>(symbols.Length, StringComparer.Ordinal);
        for (var i = 0; i < symbols.Length; i++)
        {
            symbols[i] = given.Items[i] is { IsText: true } symbol
                ? symbol.Text
                : throw new AvroFault($"An enum symbol is no string: {Excerpt(given.Items[i])}");
            CheckName(symbols[i]);
            if (!seen.Add(symbols[i]))
            {
                throw new AvroFault($"Duplicate enum symbol: {Excerpt(symbols[i])}");
            }
        }

        var @default = tree.FindText("default");
        if (_strict && @default is not null && !seen.Contains(@default))
        {
            throw new AvroFault($"The Enum Default: {Excerpt(@default)} is not in the enum symbol set");
        }

        var type = new AvroEnum(name, symbols, @default)
        {
            Id = _names.NextId(),
            Doc = tree.FindText("doc"),
            Aliases = Aliases(tree, name),
            Properties = Rest(tree, EnumWords),
        };
        _names.Define(type);
        return type;
    }

    private AvroFixed Fixed(JsonTree tree, string? space)
    {
        var name = Name(tree, space);
        if (tree.Find("size") is not { Kind: JsonKind.Integer } given
            || !int.TryParse(given.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var size)
            || size is < 0 or > MaxFixedSize)
        {
            throw new AvroFault($"Invalid or no size: {Excerpt(tree)}");
        }

        var type = new AvroFixed(name, size)
        {
            Id = _names.NextId(),
            Doc = tree.FindText("doc"),
            Aliases = Aliases(tree, name),
            Properties = Rest(tree, SchemaWords),
        };
        _names.Define(type);
        return type;
    }

    private AvroName Name(JsonTree tree, string? space)
    {
        var text = tree.FindText("name") ?? throw new AvroFault($"No name in schema: {Excerpt(tree)}");
        var name = AvroName.Of(text, tree.FindText("namespace") ?? space);
        CheckName(name.Name);
        if (_strict && name.Space is not null)
        {
            foreach (var part in name.Space.Split('.'))
            {
                CheckName(part);
            }
        }

        if (name.Space is null && AvroPrimitive.Names.ContainsKey(name.Name))
        {
            throw new AvroFault($"Schemas may not be named after primitives: {name.Name}");
        }

        return name;
    }

    private List<AvroName> Aliases(JsonTree tree, AvroName name)
    {
        var aliases = new List<AvroName>();
        var seen = new HashSet<AvroName>();
        foreach (var text in AliasTexts(tree))
        {
            var alias = AvroName.Of(text, name.Space);
            CheckName(alias.Name);
            _names.Charge(alias.Full);
            if (seen.Add(alias))
            {
                aliases.Add(alias);
            }
        }

        return aliases;
    }

    private static IReadOnlyList<string> AliasTexts(JsonTree tree)
    {
        if (tree.Find("aliases") is not { } given)
        {
            return [];
        }

        if (given.Kind != JsonKind.Array || given.Items.Any(item => !item.IsText))
        {
            throw new AvroFault($"aliases is no array of strings: {Excerpt(given)}");
        }

        return [.. given.Items.Select(item => item.Text).Distinct(StringComparer.Ordinal)];
    }

    private void CheckName(string name) => AvroName.Check(name, _strict);

    private static IReadOnlyList<JsonMember> Rest(JsonTree tree, HashSet<string> words)
    {
        List<JsonMember>? rest = null;
        foreach (var member in tree.Members)
        {
            if (!words.Contains(member.Name))
            {
                (rest ??= []).Add(member);
            }
        }

        return rest ?? (IReadOnlyList<JsonMember>)[];
    }

    private static string Excerpt(JsonTree tree) => AvroPlace.Excerpt(tree);

    private static string Excerpt(string text) => AvroPlace.Excerpt(text);
}
