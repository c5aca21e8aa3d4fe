using System.Text;

namespace SchemaRegistry.Core.JsonSchema.Text;

/// <summary>
/// Gives equal values equal numbers: objects regardless of the order of members, numbers by value. One owner, for the values of one load; each
/// value is looked at once, however often it is asked for. Recurses by the depth of the value.
/// </summary>
internal sealed class ValueShapes
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    public int Of(JsonValue value)
    {
        if (value.Shape == 0)
        {
            value.Shape = Number(KeyOf(value));
        }

        return value.Shape;
    }

    /// <summary>A key that is equal for equal values of any load.</summary>
    public static string PortableKey(JsonValue value)
    {
        if (value is JsonNumber { Value.Key: var key })
        {
            return key;
        }

        var text = new StringBuilder();
        AppendKey(text, value);
        return text.ToString();
    }

    private static void AppendKey(StringBuilder text, JsonValue value)
    {
        switch (value)
        {
            case JsonObject o:
                text.Append('{');
                foreach (var (name, member) in o.Members.OrderBy(m => m.Key, StringComparer.Ordinal))
                {
                    text.Append(JsonPrinter.Print(new JsonString(name))).Append(':');
                    AppendKey(text, member);
                    text.Append(',');
                }

                text.Append('}');
                break;
            case JsonArray array:
                text.Append('[');
                foreach (var item in array.Items)
                {
                    AppendKey(text, item);
                    text.Append(',');
                }

                text.Append(']');
                break;
            case JsonNumber number:
                text.Append(number.Value.Key);
                break;
            default:
                text.Append(JsonPrinter.Print(value));
                break;
        }
    }

    private int Number(string key)
    {
        if (!_numbers.TryGetValue(key, out var number))
        {
            number = _numbers.Count + 1;
            _numbers.Add(key, number);
        }

        return number;
    }

    private string KeyOf(JsonValue value)
    {
        switch (value)
        {
            case JsonObject o:
                var members = new StringBuilder("{");
                foreach (var (name, member) in o.Members.OrderBy(m => m.Key, StringComparer.Ordinal))
                {
                    members.Append(Number("\"" + name)).Append(':').Append(Of(member)).Append(',');
                }

                return members.ToString();
            case JsonArray array:
                var items = new StringBuilder("[");
                foreach (var item in array.Items)
                {
                    items.Append(Of(item)).Append(',');
                }

                return items.ToString();
            case JsonString own:
                return "\"" + own.Value;
            case JsonNumber number:
                return number.Value.Key;
            default:
                return ((JsonLiteral)value).Text;
        }
    }
}
