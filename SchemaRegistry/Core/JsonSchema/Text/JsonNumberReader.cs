using System.Globalization;
using System.Text;
using Kernel;

namespace SchemaRegistry.Core.JsonSchema.Text;

/// <summary>
/// Reads a number's text into its value and the text that Jackson prints: whole numbers as they are, others as Java's exact BigDecimal says
/// (1.0 stays 1.0, 1e3 becomes 1E+3).
/// </summary>
internal static class JsonNumberReader
{
    // Java's BigDecimal keeps its scale in an int; a number beyond is refused by Jackson too.
    private const long MaxExponent = int.MaxValue - Limits.MaxSchemaJsonNumberChars;

    // BigDecimal.toString writes zeros after the point down to 0.000001, and an exponent below.
    private const long LeastPlainExponent = -6;

    /// <summary>False when the number is too long or its exponent too large. The text is a number of JSON's grammar.</summary>
    public static bool TryRead(ReadOnlySpan<byte> utf8, out JsonNumber? number)
    {
        number = null;
        if (utf8.Length > Limits.MaxSchemaJsonNumberChars)
        {
            return false;
        }

        var text = Encoding.ASCII.GetString(utf8);
        var negative = text[0] == '-';
        var mantissaStart = negative ? 1 : 0;
        var e = text.IndexOfAny(['e', 'E']);
        var mantissa = e < 0 ? text[mantissaStart..] : text[mantissaStart..e];
        long exponent = 0;
        var isSmall = e < 0 || long.TryParse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent);
        if (!isSmall || exponent is > MaxExponent or < -MaxExponent)
        {
            return false;
        }

        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var digits = point < 0 ? mantissa : string.Concat(mantissa.AsSpan(0, point), mantissa.AsSpan(point + 1));
        var scale = (point < 0 ? 0 : mantissa.Length - point - 1) - exponent;
        var value = ExactDecimal.Of(negative, digits, -scale);
        var isWhole = e < 0 && point < 0;
        var printed = isWhole ? digits : PrintDecimal(digits, scale);
        number = new JsonNumber(value.Negative ? "-" + printed : printed, value);
        return true;
    }

    private static string PrintDecimal(string allDigits, long scale)
    {
        var digits = allDigits.TrimStart('0');
        if (digits.Length == 0)
        {
            digits = "0";
        }

        if (scale == 0)
        {
            return digits;
        }

        var exponent = digits.Length - 1 - scale;
        if (scale > 0 && exponent >= LeastPlainExponent)
        {
            var whole = digits.Length - (int)scale;
            return whole > 0 ? $"{digits[..whole]}.{digits[whole..]}" : $"0.{new string('0', -whole)}{digits}";
        }

        var mantissa = digits.Length == 1 ? digits : $"{digits[..1]}.{digits[1..]}";
        return exponent == 0 ? mantissa : string.Create(CultureInfo.InvariantCulture, $"{mantissa}E{exponent:+0;-0}");
    }
}
