using System.Diagnostics.CodeAnalysis;
using SchemaRegistry.Core.JsonSchema.Loading;
using SchemaRegistry.Core.JsonSchema.Model;

namespace SchemaRegistry.Core.JsonSchema.Text;

/// <summary>
/// A JSON value of a schema's text, with what the registry needs and common readers lose: the order of an object's members and the number's
/// own text. Only the parse that made it changes it.
/// </summary>
internal abstract class JsonValue
{
    /// <summary>For messages: what it is, with its article.</summary>
    public abstract string What { get; }

    /// <summary>As <see cref="ValueEquality"/> hashes it; 0 until asked.</summary>
    public int Hash { get; set; }

    /// <summary>The schema that it was loaded as; null until then, and for what is none.</summary>
    public Schema? Schema { get; set; }
}

/// <summary>An object: members in the order of the text; of equal names the last value is at the first's place, as Jackson keeps them.</summary>
internal sealed class JsonObject : JsonValue
{
    // Most objects of a schema have a few members, and a dictionary costs more than the whole walk through them.
    private const int MembersWithoutIndex = 8;

    private readonly List<KeyValuePair<string, JsonValue>> _members = [];
    private Dictionary<string, int>? _places;

    public override string What => "an object";

    /// <summary>For reading; a list, because all of a schema is walked and an interface would make an enumerator for each object.</summary>
    public List<KeyValuePair<string, JsonValue>> Members => _members;

    /// <summary>The document or part with an own $id that it stands in; references in it are relative to that.</summary>
    public SchemaResource? Resource { get; set; }

    public void Set(string name, JsonValue value)
    {
        var at = Find(name);
        if (at >= 0)
        {
            _members[at] = new KeyValuePair<string, JsonValue>(name, value);
            return;
        }

        _members.Add(new KeyValuePair<string, JsonValue>(name, value));
        if (_places is not null)
        {
            _places.Add(name, _members.Count - 1);
        }
        else if (_members.Count > MembersWithoutIndex)
        {
            _places = new Dictionary<string, int>(StringComparer.Ordinal);
            for (var i = 0; i < _members.Count; i++)
            {
                _places.Add(_members[i].Key, i);
            }
        }
    }

    public bool TryGet(string name, [NotNullWhen(true)] out JsonValue? value)
    {
        var at = Find(name);
        value = at >= 0 ? _members[at].Value : null;
        return at >= 0;
    }

    public bool Has(string name) => Find(name) >= 0;

    public JsonValue? Get(string name) => TryGet(name, out var value) ? value : null;

    private int Find(string name)
    {
        if (_places is not null)
        {
            return _places.TryGetValue(name, out var at) ? at : -1;
        }

        for (var i = 0; i < _members.Count; i++)
        {
            if (string.Equals(_members[i].Key, name, StringComparison.Ordinal))
            {
                return i;
            }
        }

        return -1;
    }
}

internal sealed class JsonArray : JsonValue
{
    public override string What => "an array";

    public List<JsonValue> Items { get; } = [];
}

internal sealed class JsonString(string value) : JsonValue
{
    public override string What => "a string";

    public string Value { get; } = value;
}

/// <summary>A number: its text as Jackson prints it again, and its exact value.</summary>
internal sealed class JsonNumber(string text, ExactDecimal value) : JsonValue
{
    public override string What => "a number";

    public string Text { get; } = text;

    public ExactDecimal Value { get; } = value;
}

/// <summary>true, false or null.</summary>
internal sealed class JsonLiteral : JsonValue
{
    private readonly string _what;

    private JsonLiteral(string text, string what)
    {
        Text = text;
        _what = what;
    }

    public string Text { get; }

    public override string What => _what;

    // One object for each occurrence: loading remembers schemas by the value that they were read from.
    public static JsonLiteral True() => new("true", "a boolean");

    public static JsonLiteral False() => new("false", "a boolean");

    public static JsonLiteral Null() => new("null", "null");

    public bool IsTrue => Text == "true";

    public bool IsFalse => Text == "false";

    public bool IsBoolean => Text != "null";
}
