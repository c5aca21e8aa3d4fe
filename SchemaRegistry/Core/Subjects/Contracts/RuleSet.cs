namespace SchemaRegistry.Core.Subjects.Contracts;

/// <summary>One rule of a data contract. The registry stores it and checks its shape; clients execute it.</summary>
/// <param name="Kind">TRANSFORM or CONDITION.</param>
/// <param name="Mode">UPGRADE, DOWNGRADE, UPDOWN, WRITE, READ or WRITEREAD.</param>
/// <param name="Type">Who executes it, as CEL or ENCRYPT.</param>
/// <param name="OnSuccess">An action, or two with a comma for rules of two directions.</param>
public sealed record Rule(
    string Name,
    string? Doc,
    string? Kind,
    string? Mode,
    string? Type,
    IReadOnlyList<string> Tags,
    IReadOnlyDictionary<string, string> Params,
    string? Expr,
    string? OnSuccess,
    string? OnFailure,
    bool IsDisabled)
{
    /// <summary>Whether both say the same; a record's own equality compares lists by reference.</summary>
    public bool SameAs(Rule other) =>
        this with { Tags = other.Tags, Params = other.Params } == other && Tags.SequenceEqual(other.Tags) && Params.SequenceEqual(other.Params);
}

/// <summary>The rules of a schema. Immutable.</summary>
/// <param name="EnableAt">Where they run: ALL, CLIENT, GATEWAY, SERVER or NONE; null when not said.</param>
public sealed record RuleSet(IReadOnlyList<Rule> Migration, IReadOnlyList<Rule> Domain, IReadOnlyList<Rule> Encoding, string? EnableAt)
{
    public static bool Same(RuleSet? one, RuleSet? other)
    {
        if (one is null || other is null)
        {
            return ReferenceEquals(one, other);
        }

        return one.EnableAt == other.EnableAt
            && Same(one.Migration, other.Migration) && Same(one.Domain, other.Domain) && Same(one.Encoding, other.Encoding);
    }

    /// <summary>Both together: a rule of the second replaces one of the same name in its place, others follow.</summary>
    public static RuleSet? Merge(RuleSet? first, RuleSet? second)
    {
        if (first is null || second is null)
        {
            return first ?? second;
        }

        return new RuleSet(
            Merge(first.Migration, second.Migration),
            Merge(first.Domain, second.Domain),
            Merge(first.Encoding, second.Encoding),
            second.EnableAt ?? first.EnableAt);
    }

    /// <summary>The same without the rules of these names.</summary>
    public RuleSet Without(IReadOnlyCollection<string> names) => this with
    {
        Migration = [.. Migration.Where(rule => !names.Contains(rule.Name))],
        Domain = [.. Domain.Where(rule => !names.Contains(rule.Name))],
        Encoding = [.. Encoding.Where(rule => !names.Contains(rule.Name))],
    };

    private static bool Same(IReadOnlyList<Rule> one, IReadOnlyList<Rule> other) =>
        one.Count == other.Count && one.Zip(other).All(pair => pair.First.SameAs(pair.Second));

    private static List<Rule> Merge(IReadOnlyList<Rule> first, IReadOnlyList<Rule> second)
    {
        List<Rule> merged = [.. first];
        foreach (var rule in second)
        {
            var at = merged.FindIndex(present => present.Name == rule.Name);
            if (at < 0)
            {
                merged.Add(rule);
            }
            else
            {
                merged[at] = rule;
            }
        }

        return merged;
    }
}
