using System.Globalization;
using System.Text;

namespace SchemaRegistry.Core.Protobuf;

/// <summary>The escapes in which descriptors hold defaults of bytes fields: one character for each byte outside of printable ASCII.</summary>
internal static class DescriptorBytes
{
    /// <summary>Bytes as characters of their values. What is no escape stays.</summary>
    public static string Unescape(string text)
    {
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 == text.Length)
            {
                result.Append(text[i]);
                continue;
            }

            var c = text[++i];
            if (c is >= '0' and <= '7')
            {
                var value = 0;
                var end = Math.Min(i + 3, text.Length);
                for (; i < end && text[i] is >= '0' and <= '7'; i++)
                {
                    value = (value * 8) + text[i] - '0';
                }

                i--;
                result.Append((char)(value & 0xFF));
            }
            else if (c is 'x' or 'X' && i + 2 < text.Length
                && byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex))
            {
                i += 2;
                result.Append((char)hex);
            }
            else
            {
                result.Append(c switch { 'n' => '\n', 'r' => '\r', 't' => '\t', 'a' => '\a', 'b' => '\b', 'f' => '\f', 'v' => '\v', _ => c });
            }
        }

        return result.ToString();
    }

    /// <summary>The other way: three octal digits where no letter stands for the byte. Characters beyond a byte become their UTF-8.</summary>
    public static string Escape(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            switch (c)
            {
                case '\n':
                    result.Append("\\n");
                    break;
                case '\r':
                    result.Append("\\r");
                    break;
                case '\t':
                    result.Append("\\t");
                    break;
                case '"' or '\'' or '\\':
                    result.Append('\\').Append(c);
                    break;
                case >= ' ' and <= '~':
                    result.Append(c);
                    break;
                default:
                    foreach (var b in c <= 0xFF ? [(byte)c] : Encoding.UTF8.GetBytes(c.ToString()))
                    {
                        result.Append('\\').Append(Convert.ToString(b, 8).PadLeft(3, '0'));
                    }

                    break;
            }
        }

        return result.ToString();
    }
}
