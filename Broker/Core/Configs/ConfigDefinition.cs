using System.Collections.Immutable;
using System.Globalization;
using Kernel;

namespace Broker.Core.Configs;

/// <summary>A broker setting that gives another setting its default.</summary>
/// <param name="Name">The broker setting.</param>
/// <param name="Factor">What its number is multiplied by: hours and minutes stand for milliseconds.</param>
public readonly record struct ConfigSynonym(string Name, long Factor = 1);

/// <summary>
/// One setting: its type, what values it takes and what it is when nobody sets it. Immutable. Values travel as text; the canonical text is
/// what Kafka would print after having read it ("TRUE" is true, " 99 " is 99).
/// </summary>
public sealed record ConfigDefinition(string Name, ConfigType Type, string? Default, ConfigRule Rule)
{
    /// <summary>Broker settings that give the default, the first that is set counting. Empty: <see cref="Default"/> stands.</summary>
    public ImmutableArray<ConfigSynonym> Synonyms { get; init; } = [];

    /// <summary>Fixed when the broker starts.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>Makes sense for one broker only, not as the default of all.</summary>
    public bool IsPerBroker { get; init; }

    /// <summary>Never shown.</summary>
    public bool IsSensitive => Type == ConfigType.Password;

    /// <summary>A line for people; what the setting does is in Kafka's documentation.</summary>
    public string Documentation => $"{Type.ToString().ToUpperInvariant()}, default {Default ?? "none"}{(IsReadOnly ? ", read-only" : "")}.";

    /// <summary>Reads a value. False, with the reason, when it is not of the type or not legal.</summary>
    public bool TryParse(string text, out string canonical, out string problem)
    {
        if (text.Length > Limits.MaxConfigValueChars)
        {
            canonical = "";
            problem = $"The value of {Name} is longer than {Limits.MaxConfigValueChars} characters.";
            return false;
        }

        if (Canonical(text.Trim()) is not { } value)
        {
            canonical = "";
            problem = Type == ConfigType.List
                ? $"Configuration '{Name}' values must not be empty."
                : Type == ConfigType.Boolean
                    ? $"Invalid value {Shown(text)} for configuration {Name}: Expected value to be either true or false"
                    : $"Invalid value {Shown(text)} for configuration {Name}: Not a number of type {Type.ToString().ToUpperInvariant()}";
            return false;
        }

        canonical = value;
        problem = Rule.WhyIllegal(value) is { } why ? $"Invalid value {Shown(text)} for configuration {Name}: {why}" : "";
        return problem.Length == 0;
    }

    /// <summary>A value as a message repeats it: the message is a string of the protocol, which ends at <see cref="Limits.MaxStringBytes"/>.</summary>
    public static string Shown(string text) => text.Length <= Limits.MaxConfigCharsInMessage ? text : text[..Limits.MaxConfigCharsInMessage] + "…";

    /// <summary>The members of a list value in canonical form; none for the empty list.</summary>
    public static string[] Members(string list) => list.Length == 0 ? [] : list.Split(',');

    private static string? Whole(string text, long min, long max)
        => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number.ToString(CultureInfo.InvariantCulture)
            : null;

    private string? Canonical(string text)
    {
        switch (Type)
        {
            case ConfigType.Boolean:
                return text.Equals("true", StringComparison.OrdinalIgnoreCase) ? "true" : text.Equals("false", StringComparison.OrdinalIgnoreCase) ? "false" : null;
            case ConfigType.Short:
                return Whole(text, short.MinValue, short.MaxValue);
            case ConfigType.Int:
                return Whole(text, int.MinValue, int.MaxValue);
            case ConfigType.Long:
                return Whole(text, long.MinValue, long.MaxValue);
            case ConfigType.Double:
                return JavaDouble.TryParse(text, out var d) ? JavaDouble.Format(d) : null;
            case ConfigType.List:
                var members = text.Length == 0 ? [] : text.Split(',', StringSplitOptions.TrimEntries);
                return members.Contains("") ? null : string.Join(',', members.Distinct(StringComparer.Ordinal));
            default:
                return text;
        }
    }
}
