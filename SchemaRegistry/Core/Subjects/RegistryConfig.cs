using SchemaRegistry.Core.Subjects.Contracts;

namespace SchemaRegistry.Core.Subjects;

/// <summary>Settings of a subject, a context or the whole registry. Null where nothing was said, so that a wider scope can say it.</summary>
public sealed record RegistryConfig
{
    public static readonly RegistryConfig Empty = new();

    public CompatibilityLevel? Level { get; init; }

    /// <summary>Another subject that requests for this one go to.</summary>
    public string? Alias { get; init; }
    public string? AliasForDeks { get; init; }
    public bool? Normalize { get; init; }

    /// <summary>Whether reserved field names are checked.</summary>
    public bool? ValidateFields { get; init; }

    /// <summary>Whether new schemas are parsed strictly; the default is yes.</summary>
    public bool? ValidateNewSchemas { get; init; }

    /// <summary>Whether the expressions of rules are checked as far as <see cref="RuleExpressions"/> understands them.</summary>
    public bool? ValidateRules { get; init; }

    /// <summary>STRICT or LENIENT; other registries may have written LOGICAL, which is taken for STRICT.</summary>
    public string? Policy { get; init; }

    /// <summary>A metadata property: only versions with the same value of it are compared.</summary>
    public string? Group { get; init; }
    public SchemaMetadata? DefaultMetadata { get; init; }
    public SchemaMetadata? OverrideMetadata { get; init; }
    public RuleSet? DefaultRules { get; init; }
    public RuleSet? OverrideRules { get; init; }

    /// <summary>What a wider scope adds: those settings that are inherited one by one, where this one is silent.</summary>
    public RegistryConfig InheritingFrom(RegistryConfig wider) => this with
    {
        Level = Level ?? wider.Level,
        Normalize = Normalize ?? wider.Normalize,
        ValidateFields = ValidateFields ?? wider.ValidateFields,
        ValidateNewSchemas = ValidateNewSchemas ?? wider.ValidateNewSchemas,
        ValidateRules = ValidateRules ?? wider.ValidateRules,
        Policy = Policy ?? wider.Policy,
        Group = Group ?? wider.Group,
        DefaultMetadata = DefaultMetadata ?? wider.DefaultMetadata,
        OverrideMetadata = OverrideMetadata ?? wider.OverrideMetadata,
        DefaultRules = DefaultRules ?? wider.DefaultRules,
        OverrideRules = OverrideRules ?? wider.OverrideRules,
    };
}

/// <summary>A change of settings: what is named in it is set or, with null, cleared; the rest stays.</summary>
/// <param name="Values">The new values.</param>
/// <param name="Cleared">Names of settings given as null, by the names of the REST API.</param>
public sealed record ConfigUpdate(RegistryConfig Values, IReadOnlySet<string> Cleared)
{
    public RegistryConfig ApplyTo(RegistryConfig present) => new()
    {
        Level = Values.Level ?? Keep("compatibility", present.Level),
        Alias = Values.Alias ?? Keep("alias", present.Alias),
        AliasForDeks = Values.AliasForDeks ?? Keep("aliasForDeks", present.AliasForDeks),
        Normalize = Values.Normalize ?? Keep("normalize", present.Normalize),
        ValidateFields = Values.ValidateFields ?? Keep("validateFields", present.ValidateFields),
        ValidateNewSchemas = Values.ValidateNewSchemas ?? Keep("validateNewSchemas", present.ValidateNewSchemas),
        ValidateRules = Values.ValidateRules ?? Keep("validateRules", present.ValidateRules),
        Policy = Values.Policy ?? Keep("compatibilityPolicy", present.Policy),
        Group = Values.Group ?? Keep("compatibilityGroup", present.Group),
        DefaultMetadata = Values.DefaultMetadata ?? Keep("defaultMetadata", present.DefaultMetadata),
        OverrideMetadata = Values.OverrideMetadata ?? Keep("overrideMetadata", present.OverrideMetadata),
        DefaultRules = Values.DefaultRules ?? Keep("defaultRuleSet", present.DefaultRules),
        OverrideRules = Values.OverrideRules ?? Keep("overrideRuleSet", present.OverrideRules),
    };

    private T? Keep<T>(string name, T? present) => Cleared.Contains(name) ? default : present;
}
