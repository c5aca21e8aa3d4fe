using System.Globalization;

namespace SchemaRegistry.Core.Avro;

/// <summary>
/// Doubles as Java's Double.toString prints them and Double.parseDouble reads them. Defaults in canonical texts are printed that way, so the
/// identity of a schema depends on it.
/// </summary>
internal static class JavaDouble
{
    private const double PlainFrom = 1e-3;
    private const double PlainBelow = 1e7;

    /// <summary>Shortest digits that read back as the same number: plain from 0.001 up to below ten million, else with an exponent.</summary>
    public static string Text(double value)
    {
        if (double.IsNaN(value))
        {
            return "NaN";
        }

        if (double.IsInfinity(value))
        {
            return value > 0 ? "Infinity" : "-Infinity";
        }

        var sign = double.IsNegative(value) ? "-" : "";
        var size = Math.Abs(value);
        if (size == 0)
        {
            return sign + "0.0";
        }

        var (digits, exponent) = Shortest(size);
        if (size is < PlainFrom or >= PlainBelow)
        {
            return $"{sign}{digits[0]}.{(digits.Length > 1 ? digits[1..] : "0")}E{exponent.ToString(CultureInfo.InvariantCulture)}";
        }

        if (exponent < 0)
        {
            return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        }

        var whole = exponent + 1;
        return digits.Length <= whole
            ? $"{sign}{digits}{new string('0', whole - digits.Length)}.0"
            : $"{sign}{digits[..whole]}.{digits[whole..]}";
    }

    /// <summary>Reads a number, NaN, Infinity with sign, and the suffixes f and d, blanks around it; not Java's hexadecimal form.</summary>
    public static bool TryParse(string text, out double value)
    {
        var trimmed = text.AsSpan().Trim();
        if (trimmed is "NaN" or "+NaN" or "-NaN")
        {
            value = double.NaN;
            return true;
        }

        if (trimmed is "Infinity" or "+Infinity" or "-Infinity")
        {
            value = trimmed[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }

        if (trimmed.Length > 1 && trimmed[^1] is 'f' or 'F' or 'd' or 'D')
        {
            trimmed = trimmed[..^1];
        }

        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        value = 0;
        return trimmed.Length > 0
            && (char.IsAsciiDigit(trimmed[^1]) || trimmed[^1] == '.')
            && double.TryParse(trimmed, Style, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Digits without zeros at the end, and the power of ten of the first.</summary>
    private static (string Digits, int Exponent) Shortest(double size)
    {
        var text = size.ToString("R", CultureInfo.InvariantCulture);
        var two = size.ToString("E1", CultureInfo.InvariantCulture);
        if (double.Parse(two, CultureInfo.InvariantCulture) == size)
        {
            // Java prints two digits at least, so where one would do it takes the nearest number of two: 4.9E-324.
            text = two;
        }

        var exponent = 0;
        var e = text.IndexOf('E');
        if (e >= 0)
        {
            exponent = int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            text = text[..e];
        }

        var point = text.IndexOf('.');
        var whole = point < 0 ? text.Length : point;
        var digits = point < 0 ? text : text.Remove(point, 1);
        var leading = digits.Length - digits.TrimStart('0').Length;
        return (digits[leading..].TrimEnd('0'), exponent + whole - 1 - leading);
    }
}
