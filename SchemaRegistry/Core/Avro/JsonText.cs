using System.Text;

namespace SchemaRegistry.Core.Avro;

/// <summary>Prints JSON as Jackson does: compact, characters outside ASCII as they are, only what must be is escaped.</summary>
internal static class JsonText
{
    private const string HexDigits = "0123456789ABCDEF";

    public static StringBuilder AppendJson(this StringBuilder to, string text)
    {
        to.Append('"');
        var from = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c >= ' ' && c is not '"' and not '\\')
            {
                continue;
            }

            to.Append(text, from, i - from);
            from = i + 1;
            _ = c switch
            {
                '"' => to.Append("\\\""),
                '\\' => to.Append("\\\\"),
                '\b' => to.Append("\\b"),
                '\t' => to.Append("\\t"),
                '\n' => to.Append("\\n"),
                '\f' => to.Append("\\f"),
                '\r' => to.Append("\\r"),
                _ => to.Append("\\u00").Append(HexDigits[c >> 4]).Append(HexDigits[c & 15]),
            };
        }

        return to.Append(text, from, text.Length - from).Append('"');
    }

    /// <param name="to">Where the text goes.</param>
    /// <param name="value">As deep as the reader allows.</param>
    /// <param name="sorted">Members in the order of their names' UTF-16 units, at every level; else as they are.</param>
    public static StringBuilder AppendJson(this StringBuilder to, JsonTree value, bool sorted = false)
    {
        switch (value.Kind)
        {
            case JsonKind.String:
                return to.AppendJson(value.Text);
            case JsonKind.Null:
                return to.Append("null");
            case JsonKind.Decimal when char.IsAsciiLetter(value.Text[^1]):
                // NaN and the infinities are no JSON; Jackson puts them in quotes.
                return to.AppendJson(value.Text);
            case JsonKind.Array:
                to.Append('[');
                for (var i = 0; i < value.Items.Count; i++)
                {
                    (i == 0 ? to : to.Append(',')).AppendJson(value.Items[i], sorted);
                }

                return to.Append(']');
            case JsonKind.Object:
                to.Append('{');
                var members = sorted ? Sorted(value.Members) : value.Members;
                for (var i = 0; i < members.Count; i++)
                {
                    (i == 0 ? to : to.Append(',')).AppendJson(members[i].Name).Append(':').AppendJson(members[i].Value, sorted);
                }

                return to.Append('}');
            default:
                return to.Append(value.Text);
        }
    }

    public static IReadOnlyList<JsonMember> Sorted(IReadOnlyList<JsonMember> members) =>
        [.. members.OrderBy(m => m.Name, StringComparer.Ordinal)];
}
