using Kernel;

namespace SchemaRegistry.Core.Subjects.Contracts;

/// <summary>What a rule set must look like to be stored (error 42210). What its expressions mean is the clients' business.</summary>
public static class RuleSetRules
{
    private static readonly string[] Kinds = ["TRANSFORM", "CONDITION"];
    private static readonly string[] MigrationModes = ["UPGRADE", "DOWNGRADE", "UPDOWN"];
    private static readonly string[] DomainModes = ["WRITE", "READ", "WRITEREAD"];
    private static readonly string[] Places = ["ALL", "CLIENT", "GATEWAY", "SERVER", "NONE"];

    /// <summary>What is wrong; null when nothing is.</summary>
    public static string? Problem(RuleSet? rules)
    {
        if (rules is null)
        {
            return null;
        }

        if (rules.EnableAt is { } place && !Places.Contains(place))
        {
            return $"Invalid enableAt '{place}'";
        }

        if (rules.Migration.Count + rules.Domain.Count + rules.Encoding.Count > Limits.MaxSchemaRules)
        {
            return $"More than {Limits.MaxSchemaRules} rules";
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        return ProblemOf(rules.Migration, MigrationModes, names)
            ?? ProblemOf(rules.Domain, DomainModes, names)
            ?? ProblemOf(rules.Encoding, DomainModes, names);
    }

    private static string? ProblemOf(IReadOnlyList<Rule> rules, string[] modes, HashSet<string> names)
    {
        foreach (var rule in rules)
        {
            var problem = ProblemOf(rule, modes);
            if (problem is not null)
            {
                return problem;
            }

            if (!names.Add(rule.Name))
            {
                return $"Found rule with duplicate name '{rule.Name}'";
            }
        }

        return null;
    }

    private static string? ProblemOf(Rule rule, string[] modes)
    {
        if (!IsName(rule.Name))
        {
            return rule.Name.Length == 0 ? "Missing rule name" : $"Illegal rule name '{Shown(rule.Name)}'";
        }

        if (string.IsNullOrEmpty(rule.Type))
        {
            return $"Missing rule type for rule '{rule.Name}'";
        }

        if (rule.Kind is { } kind && !Kinds.Contains(kind))
        {
            return $"Invalid rule kind '{Shown(kind)}' for rule '{rule.Name}'";
        }

        if (rule.Mode is null || !modes.Contains(rule.Mode))
        {
            return $"Invalid rule mode '{Shown(rule.Mode ?? "")}' for rule '{rule.Name}'";
        }

        var hasTwoWays = rule.Mode is "WRITEREAD" or "UPDOWN";
        return ProblemOf(rule.OnSuccess, hasTwoWays, rule.Name) ?? ProblemOf(rule.OnFailure, hasTwoWays, rule.Name);
    }

    private static string? ProblemOf(string? action, bool hasTwoWays, string rule)
    {
        var parts = action?.Split(',') ?? [];
        return parts.Length > (hasTwoWays ? 2 : 1) ? $"Illegal action '{Shown(action!)}' for rule '{rule}'" : null;
    }

    private static string Shown(string text) => text.Length > Limits.MaxLoggedChars ? text[..Limits.MaxLoggedChars] : text;

    private static bool IsName(string name)
    {
        if (name.Length is 0 or > Limits.MaxSchemaRuleNameChars || !(char.IsLetter(name[0]) || name[0] == '_'))
        {
            return false;
        }

        return name.All(unit => char.IsLetterOrDigit(unit) || unit is '_' or '-');
    }
}
