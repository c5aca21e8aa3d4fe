using System.Globalization;

namespace Broker.Core.Configs;

/// <summary>Fractions in the spelling of Java, since that is what clients compare with: "0.5", "1.0", "1.0E10", "NaN".</summary>
internal static class JavaDouble
{
    public static bool TryParse(string text, out double value)
        => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && !text.StartsWith('∞') && !text.EndsWith('∞');

    public static double Parse(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    public static string Format(double value)
    {
        var magnitude = Math.Abs(value);
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
        }

        if (magnitude is 0 or (>= 1e-3 and < 1e7))
        {
            var plain = value.ToString("0.0################", CultureInfo.InvariantCulture);
            return Parse(plain).Equals(value) ? plain : value.ToString("R", CultureInfo.InvariantCulture);
        }

        var text = value.ToString("E16", CultureInfo.InvariantCulture);
        for (var digits = 1; digits <= 16; digits++)
        {
            var shorter = value.ToString("E" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
            if (Parse(shorter).Equals(value))
            {
                text = shorter;
                break;
            }
        }

        var e = text.IndexOf('E');
        return text[..e] + "E" + int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);
    }
}
