using System.Globalization;

namespace Broker.Core.Configs;

/// <summary>Which values of a setting's type are legal. Immutable; made by the factories only.</summary>
public sealed class ConfigRule
{
    private readonly Func<string, string?> _check;

    private ConfigRule(Func<string, string?> check) => _check = check;

    /// <summary>Every value of the type.</summary>
    public static readonly ConfigRule Any = new(static _ => null);

    /// <summary>Replicas to be throttled: "*", or partition:broker pairs.</summary>
    public static readonly ConfigRule ThrottledReplicas = new(CheckReplicas);

    /// <summary>latest, earliest, or by_duration: with an ISO 8601 duration.</summary>
    public static readonly ConfigRule OffsetReset = new(CheckOffsetReset);

    /// <summary>A whole number from min to max, both included.</summary>
    public static ConfigRule Between(long min, long max = long.MaxValue) => new(value =>
    {
        var number = long.Parse(value, CultureInfo.InvariantCulture);
        return number < min ? $"Value must be at least {min}" : number > max ? $"Value must be no more than {max}" : null;
    });

    /// <summary>A fraction from min to max, both included.</summary>
    public static ConfigRule BetweenFractions(double min, double max) => new(value =>
    {
        var number = JavaDouble.Parse(value);
        return number < min ? $"Value must be at least {JavaDouble.Format(min)}" : number > max ? $"Value must be no more than {JavaDouble.Format(max)}" : null;
    });

    /// <summary>One of the words, in their exact spelling.</summary>
    public static ConfigRule OneOf(params string[] words) => new(value =>
        words.Contains(value, StringComparer.Ordinal) ? null : $"String must be one of: {string.Join(", ", words)}");

    /// <summary>A list whose members are of the words; the empty list is legal.</summary>
    public static ConfigRule MembersOf(params string[] words) => new(value =>
        Array.Find(ConfigDefinition.Members(value), m => !words.Contains(m, StringComparer.Ordinal)) is { } bad
            ? $"\"{ConfigDefinition.Shown(bad)}\" is not one of: {string.Join(", ", words)}"
            : null);

    /// <summary>Why a value, in its canonical form, is not legal; null when it is.</summary>
    public string? WhyIllegal(string value) => _check(value);

    private static string? CheckReplicas(string value)
    {
        if (value == "*")
        {
            return null;
        }

        foreach (var pair in ConfigDefinition.Members(value))
        {
            var colon = pair.IndexOf(':');
            if (colon <= 0 || !int.TryParse(pair.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out _)
                || !int.TryParse(pair.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                return "must be the literal '*' or a list of replicas in the form partition:broker,…";
            }
        }

        return null;
    }

    private static string? CheckOffsetReset(string value)
    {
        const string ByDuration = "by_duration:";
        if (value is "latest" or "earliest")
        {
            return null;
        }

        return value.StartsWith(ByDuration, StringComparison.Ordinal) && Duration.IsLegal(value.AsSpan(ByDuration.Length))
            ? null
            : "must be latest, earliest or by_duration: with an ISO 8601 duration";
    }

    /// <summary>The durations that by_duration takes: PnDTnHnMn.nS with at least one part, not negative.</summary>
    private static class Duration
    {
        public static bool IsLegal(ReadOnlySpan<char> text)
        {
            if (text.Length < 3 || text[0] is not ('P' or 'p'))
            {
                return false;
            }

            var units = "DTHMS".AsSpan();
            var parts = 0;
            var digits = 0;
            foreach (var c in text[1..])
            {
                if (char.IsAsciiDigit(c) || (c == '.' && digits > 0))
                {
                    digits++;
                    continue;
                }

                var at = units.IndexOf(char.ToUpperInvariant(c));
                if (at < 0 || (char.ToUpperInvariant(c) == 'T') != (digits == 0))
                {
                    return false;
                }

                parts += digits > 0 ? 1 : 0;
                digits = 0;
                units = units[(at + 1)..];
            }

            return digits == 0 && parts > 0;
        }
    }
}
