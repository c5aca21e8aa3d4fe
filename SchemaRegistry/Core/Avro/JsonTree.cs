namespace SchemaRegistry.Core.Avro;

/// <summary>What a JSON value is. Whole numbers and those with a fraction or exponent are told apart, as Jackson does.</summary>
internal enum JsonKind
{
    Object,
    Array,
    String,
    Integer,
    Decimal,
    Boolean,
    Null,
}

/// <summary>One member of an object.</summary>
internal readonly record struct JsonMember(string Name, JsonTree Value);

/// <summary>
/// A JSON value that keeps the order of members and the text of whole numbers. Immutable once it is read. Of members with one name the last
/// value holds, at the first one's place: what Jackson does.
/// </summary>
internal sealed class JsonTree
{
    /// <summary>Objects with more members have an index; below it a scan is faster.</summary>
    public const int IndexedFrom = 9;

    private readonly Dictionary<string, int>? _index;

    private JsonTree(JsonKind kind, string text = "", JsonTree[]? items = null, List<JsonMember>? members = null, Dictionary<string, int>? index = null)
    {
        Kind = kind;
        Text = text;
        Items = items ?? [];
        Members = members ?? (IReadOnlyList<JsonMember>)[];
        _index = index;
    }

    public JsonKind Kind { get; }

    /// <summary>A string's characters, or a number or boolean as it is printed; empty otherwise.</summary>
    public string Text { get; }

    public IReadOnlyList<JsonTree> Items { get; }

    public IReadOnlyList<JsonMember> Members { get; }

    public bool IsText => Kind == JsonKind.String;

    public bool IsNumber => Kind is JsonKind.Integer or JsonKind.Decimal;

    public static JsonTree Null { get; } = new(JsonKind.Null);

    public static JsonTree True { get; } = new(JsonKind.Boolean, "true");

    public static JsonTree False { get; } = new(JsonKind.Boolean, "false");

    public static JsonTree OfText(string text) => new(JsonKind.String, text);

    /// <summary>A whole number, by its digits. Minus zero is zero, as for Jackson.</summary>
    public static JsonTree OfInteger(string digits) => new(JsonKind.Integer, digits == "-0" ? "0" : digits);

    public static JsonTree OfDouble(double value) => new(JsonKind.Decimal, JavaDouble.Text(value));

    public static JsonTree OfArray(JsonTree[] items) => new(JsonKind.Array, items: items);

    /// <summary>An object of members as they came, duplicates among them.</summary>
    public static JsonTree OfObject(List<JsonMember> members)
    {
        if (members.Count < IndexedFrom)
        {
            for (var i = 1; i < members.Count; i++)
            {
                for (var first = 0; first < i; first++)
                {
                    if (members[first].Name == members[i].Name)
                    {
                        members[first] = members[i];
                        members.RemoveAt(i--);
                        break;
                    }
                }
            }

            return new JsonTree(JsonKind.Object, members: members);
        }

        var index = new Dictionary<string, int>(members.Count, StringComparer.Ordinal);
        var kept = new List<JsonMember>(members.Count);
        foreach (var member in members)
        {
            if (index.TryGetValue(member.Name, out var at))
            {
                kept[at] = member;
            }
            else
            {
                index.Add(member.Name, kept.Count);
                kept.Add(member);
            }
        }

        return new JsonTree(JsonKind.Object, members: kept, index: index);
    }

    /// <summary>The member's value, or null where there is none (a JSON null is a value).</summary>
    public JsonTree? Find(string name)
    {
        if (_index is not null)
        {
            return _index.TryGetValue(name, out var at) ? Members[at].Value : null;
        }

        for (var i = 0; i < Members.Count; i++)
        {
            if (Members[i].Name == name)
            {
                return Members[i].Value;
            }
        }

        return null;
    }

    /// <summary>The member's characters, or null where it is absent or no string.</summary>
    public string? FindText(string name) => Find(name) is { IsText: true } value ? value.Text : null;

    /// <summary>Equal values; the order of members does not matter. As deep as the shallower of both, so bounded by the reader's depth.</summary>
    public bool SameAs(JsonTree other)
    {
        if (Kind != other.Kind || Text != other.Text || Items.Count != other.Items.Count || Members.Count != other.Members.Count)
        {
            return false;
        }

        for (var i = 0; i < Items.Count; i++)
        {
            if (!Items[i].SameAs(other.Items[i]))
            {
                return false;
            }
        }

        foreach (var (name, value) in Members)
        {
            if (other.Find(name) is not { } theirs || !value.SameAs(theirs))
            {
                return false;
            }
        }

        return true;
    }
}
