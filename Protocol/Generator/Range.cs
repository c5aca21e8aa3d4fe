namespace Protocol.Generator;

/// <summary>A range of versions at generation time; the same grammar as the attributes use.</summary>
internal readonly record struct Range(int Min, int Max)
{
    public static readonly Range None = new(0, -1);

    public bool IsEmpty => Max < Min;

    public Range Intersect(Range other) => new(Math.Max(Min, other.Min), Math.Min(Max, other.Max));

    public bool Covers(Range other) => other.IsEmpty || (Min <= other.Min && Max >= other.Max);

    /// <summary>Reads "3", "0-5", "7+" or "none".</summary>
    public static bool TryParse(string? text, out Range range)
    {
        range = None;
        if (text is null)
        {
            return false;
        }

        if (text == "none")
        {
            return true;
        }

        if (text.EndsWith("+", StringComparison.Ordinal))
        {
            var ok = int.TryParse(text.Substring(0, text.Length - 1), out var from);
            range = new Range(from, short.MaxValue);
            return ok;
        }

        var dash = text.IndexOf('-');
        if (dash < 0)
        {
            var ok = int.TryParse(text, out var only);
            range = new Range(only, only);
            return ok;
        }

        if (int.TryParse(text.Substring(0, dash), out var min) && int.TryParse(text.Substring(dash + 1), out var max) && min <= max)
        {
            range = new Range(min, max);
            return true;
        }

        return false;
    }

    /// <summary>A condition on `version` that holds inside the range, given that it lies within <paramref name="all"/>; null when it always holds.</summary>
    public string? Condition(Range all)
    {
        var here = Intersect(all);
        if (here.IsEmpty)
        {
            return "false";
        }

        var from = here.Min > all.Min ? $"version >= {here.Min}" : null;
        var to = here.Max < all.Max ? $"version <= {here.Max}" : null;
        return from is null ? to : to is null ? from : from + " && " + to;
    }

    /// <summary>The condition as an expression, "true" when it always holds.</summary>
    public string Expression(Range all) => Condition(all) ?? "true";
}
