using System.Globalization;

namespace Protocol.Wire;

/// <summary>An inclusive range of versions. An empty range has <see cref="Max"/> below <see cref="Min"/>.</summary>
public readonly record struct VersionRange(short Min, short Max)
{
    /// <summary>The range that holds nothing.</summary>
    public static readonly VersionRange None = new(0, -1);

    /// <summary>Whether the version lies in the range.</summary>
    public bool Contains(short version) => version >= Min && version <= Max;

    /// <summary>The versions in both ranges.</summary>
    public VersionRange Intersect(VersionRange other) => new(Math.Max(Min, other.Min), Math.Min(Max, other.Max));

    /// <summary>Reads "3", "0-5", "7+" or "none".</summary>
    public static VersionRange Parse(string text)
    {
        if (text == "none")
        {
            return None;
        }

        if (text.EndsWith('+'))
        {
            return new(short.Parse(text.AsSpan(0, text.Length - 1), CultureInfo.InvariantCulture), short.MaxValue);
        }

        var dash = text.IndexOf('-', 1);
        return dash < 0
            ? new(short.Parse(text, CultureInfo.InvariantCulture), short.Parse(text, CultureInfo.InvariantCulture))
            : new(short.Parse(text.AsSpan(0, dash), CultureInfo.InvariantCulture), short.Parse(text.AsSpan(dash + 1), CultureInfo.InvariantCulture));
    }

    public override string ToString() => Max < Min ? "none" : Min == Max ? $"{Min}" : Max == short.MaxValue ? $"{Min}+" : $"{Min}-{Max}";
}
