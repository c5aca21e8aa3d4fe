using System.Globalization;
using System.Text;

namespace SchemaRegistry.Core.JsonSchema.Text;

/// <summary>
/// Prints a value without blanks, as Jackson does: non-ASCII characters and slashes as they are. Recurses by the depth of the value, which
/// reading has bounded.
/// </summary>
internal static class JsonPrinter
{
    /// <summary>In the order of the text.</summary>
    public static string Print(JsonValue value) => Print(value, sorted: false);

    /// <summary>With the names of all objects sorted by their UTF-16 units, as Java sorts strings.</summary>
    public static string PrintSorted(JsonValue value) => Print(value, sorted: true);

    private static string Print(JsonValue value, bool sorted)
    {
        var text = new StringBuilder();
        Append(text, value, sorted);
        return text.ToString();
    }

    private static void Append(StringBuilder text, JsonValue value, bool sorted)
    {
        switch (value)
        {
            case JsonObject own:
                AppendObject(text, own, sorted);
                break;
            case JsonArray array:
                text.Append('[');
                for (var i = 0; i < array.Items.Count; i++)
                {
                    if (i > 0)
                    {
                        text.Append(',');
                    }

                    Append(text, array.Items[i], sorted);
                }

                text.Append(']');
                break;
            case JsonString own:
                AppendString(text, own.Value);
                break;
            case JsonNumber number:
                text.Append(number.Text);
                break;
            default:
                text.Append(((JsonLiteral)value).Text);
                break;
        }
    }

    private static void AppendObject(StringBuilder text, JsonObject value, bool sorted)
    {
        IEnumerable<KeyValuePair<string, JsonValue>> members = value.Members;
        if (sorted && value.Members.Count > 1)
        {
            members = members.OrderBy(m => m.Key, StringComparer.Ordinal);
        }

        text.Append('{');
        var isFirst = true;
        foreach (var (name, member) in members)
        {
            if (!isFirst)
            {
                text.Append(',');
            }

            isFirst = false;
            AppendString(text, name);
            text.Append(':');
            Append(text, member, sorted);
        }

        text.Append('}');
    }

    /// <summary>A string with its quotes and escapes.</summary>
    public static void AppendString(StringBuilder text, string value)
    {
        text.Append('"');
        var from = 0;
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (c >= ' ' && c != '"' && c != '\\')
            {
                continue;
            }

            text.Append(value, from, i - from);
            from = i + 1;
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\b' => text.Append("\\b"),
                '\t' => text.Append("\\t"),
                '\n' => text.Append("\\n"),
                '\f' => text.Append("\\f"),
                '\r' => text.Append("\\r"),
                _ => text.Append("\\u").Append(((int)c).ToString("X4", CultureInfo.InvariantCulture)),
            };
        }

        text.Append(value, from, value.Length - from).Append('"');
    }
}
