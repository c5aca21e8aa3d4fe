using System.Text.Json;

namespace SchemaRegistry.Core.Subjects.Contracts;

/// <summary>Settings as JSON. The level is compatibilityLevel where it is read and stored, and compatibility in requests to change it.</summary>
public static class ConfigJson
{
    public const string StoredLevel = "compatibilityLevel";
    public const string RequestedLevel = "compatibility";

    private static readonly string[] Clearable =
    [
        RequestedLevel, "alias", "aliasForDeks", "normalize", "validateFields", "validateNewSchemas", "validateRules", "compatibilityPolicy",
        "compatibilityGroup", "defaultMetadata", "overrideMetadata", "defaultRuleSet", "overrideRuleSet",
    ];

    /// <summary>
    /// Reads a request to change settings. Throws <see cref="RegistryException"/> 42203 for an unknown level or policy and 42210 for bad rules, and
    /// <see cref="JsonException"/> for what is no such object.
    /// </summary>
    public static ConfigUpdate ReadUpdate(JsonElement json)
    {
        var level = ContractsJson.Text(json, RequestedLevel);
        if (level is not null && !CompatibilityLevels.TryParse(level, out _))
        {
            throw new RegistryException(RegistryError.InvalidCompatibility());
        }

        var values = Read(json, RequestedLevel);
        if (values.Policy is { } policy && policy is not ("STRICT" or "LENIENT"))
        {
            throw new RegistryException(RegistryError.InvalidPolicy(policy));
        }

        if ((RuleSetRules.Problem(values.DefaultRules) ?? RuleSetRules.Problem(values.OverrideRules)) is { } problem)
        {
            throw new RegistryException(RegistryError.InvalidRuleSet(problem));
        }

        var cleared = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in Clearable)
        {
            if (json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Null)
            {
                cleared.Add(name);
            }
        }

        return new ConfigUpdate(values, cleared);
    }

    /// <param name="levelName">Which name the level has here.</param>
    public static RegistryConfig Read(JsonElement json, string levelName) => new()
    {
        Level = CompatibilityLevels.TryParse(ContractsJson.Text(json, levelName), out var level) ? level : null,
        Alias = ContractsJson.Text(json, "alias"),
        AliasForDeks = ContractsJson.Text(json, "aliasForDeks"),
        Normalize = ContractsJson.Flag(json, "normalize"),
        ValidateFields = ContractsJson.Flag(json, "validateFields"),
        ValidateNewSchemas = ContractsJson.Flag(json, "validateNewSchemas"),
        ValidateRules = ContractsJson.Flag(json, "validateRules"),
        Policy = ContractsJson.Text(json, "compatibilityPolicy")?.ToUpperInvariant(),
        Group = ContractsJson.Text(json, "compatibilityGroup"),
        DefaultMetadata = ContractsJson.ReadMetadata(json, "defaultMetadata"),
        OverrideMetadata = ContractsJson.ReadMetadata(json, "overrideMetadata"),
        DefaultRules = ContractsJson.ReadRules(json, "defaultRuleSet"),
        OverrideRules = ContractsJson.ReadRules(json, "overrideRuleSet"),
    };

    /// <summary>Writes the members, without the braces.</summary>
    public static void Write(Utf8JsonWriter writer, RegistryConfig config, string levelName)
    {
        ContractsJson.WriteText(writer, "alias", config.Alias);
        ContractsJson.WriteText(writer, "aliasForDeks", config.AliasForDeks);
        WriteFlag(writer, "normalize", config.Normalize);
        WriteFlag(writer, "validateFields", config.ValidateFields);
        WriteFlag(writer, "validateNewSchemas", config.ValidateNewSchemas);
        WriteFlag(writer, "validateRules", config.ValidateRules);
        ContractsJson.WriteText(writer, levelName, config.Level?.Name());
        ContractsJson.WriteText(writer, "compatibilityPolicy", config.Policy);
        ContractsJson.WriteText(writer, "compatibilityGroup", config.Group);
        ContractsJson.Write(writer, "defaultMetadata", config.DefaultMetadata);
        ContractsJson.Write(writer, "overrideMetadata", config.OverrideMetadata);
        ContractsJson.Write(writer, "defaultRuleSet", config.DefaultRules);
        ContractsJson.Write(writer, "overrideRuleSet", config.OverrideRules);
    }

    private static void WriteFlag(Utf8JsonWriter writer, string name, bool? flag)
    {
        if (flag is { } value)
        {
            writer.WriteBoolean(name, value);
        }
    }
}
