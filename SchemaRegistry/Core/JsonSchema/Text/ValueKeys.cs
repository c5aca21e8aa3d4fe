using System.Text;

namespace SchemaRegistry.Core.JsonSchema.Text;

/// <summary>
/// Texts that are equal for equal values: objects regardless of the order of members, numbers by value. Recurses by the depth of the value.
/// </summary>
internal static class ValueKeys
{
    /// <summary>A key that is equal for equal values of any load.</summary>
    public static string Of(JsonValue value) => Of(value, null);

    /// <summary>The keys of a list of values.</summary>
    public static HashSet<string> OfAll(IReadOnlyList<JsonValue> values)
    {
        var keys = new HashSet<string>(values.Count, StringComparer.Ordinal);
        var text = new StringBuilder();
        foreach (var value in values)
        {
            keys.Add(Of(value, text));
        }

        return keys;
    }

    private static string Of(JsonValue value, StringBuilder? text)
    {
        if (value is JsonNumber { Value.Key: var key })
        {
            return key;
        }

        text = text?.Clear() ?? new StringBuilder();
        AppendKey(text, value);
        return text.ToString();
    }

    private static void AppendKey(StringBuilder text, JsonValue value)
    {
        switch (value)
        {
            case JsonObject o:
                text.Append('{');
                foreach (var (name, member) in Sorted(o))
                {
                    JsonPrinter.AppendString(text, name);
                    text.Append(':');
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
            case JsonString own:
                JsonPrinter.AppendString(text, own.Value);
                break;
            default:
                text.Append(((JsonLiteral)value).Text);
                break;
        }
    }

    /// <summary>An object's members by their names; most have few and are in that order already.</summary>
    private static IReadOnlyList<KeyValuePair<string, JsonValue>> Sorted(JsonObject o)
    {
        var members = o.Members;
        for (var i = 1; i < members.Count; i++)
        {
            if (string.CompareOrdinal(members[i - 1].Key, members[i].Key) > 0)
            {
                KeyValuePair<string, JsonValue>[] sorted = [.. members];
                Array.Sort(sorted, static (a, b) => string.CompareOrdinal(a.Key, b.Key));
                return sorted;
            }
        }

        return members;
    }
}
