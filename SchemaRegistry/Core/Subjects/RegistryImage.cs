using System.Collections.Immutable;
using SchemaRegistry.Core.Subjects.Contracts;
using SchemaRegistry.Core.Subjects.Records;

namespace SchemaRegistry.Core.Subjects;

/// <summary>
/// All that a tenant's registry holds, after some record of its log. Immutable: whoever has an image reads it without locks while the ledger
/// makes the next one. Names are qualified.
/// </summary>
public sealed partial record RegistryImage
{
    public static readonly RegistryImage Empty = new();

    private RegistryImage()
    {
    }

    public ImmutableSortedDictionary<string, SubjectImage> Subjects { get; private init; } =
        ImmutableSortedDictionary.Create<string, SubjectImage>(StringComparer.Ordinal);

    public ImmutableSortedDictionary<string, ContextImage> Contexts { get; private init; } =
        ImmutableSortedDictionary.Create<string, ContextImage>(StringComparer.Ordinal);

    /// <summary>By subject or context; "" is the default context.</summary>
    public ImmutableSortedDictionary<string, RegistryConfig> Configs { get; private init; } =
        ImmutableSortedDictionary.Create<string, RegistryConfig>(StringComparer.Ordinal);

    /// <summary>By subject or context; "" is the default context.</summary>
    public ImmutableSortedDictionary<string, RegistryMode> Modes { get; private init; } =
        ImmutableSortedDictionary.Create<string, RegistryMode>(StringComparer.Ordinal);

    /// <summary>Which versions refer to a version.</summary>
    public ImmutableDictionary<SchemaKey, ImmutableSortedSet<SchemaKey>> Referrers { get; private init; } =
        ImmutableDictionary<SchemaKey, ImmutableSortedSet<SchemaKey>>.Empty;

    public ImmutableSortedDictionary<string, Exporter> Exporters { get; private init; } =
        ImmutableSortedDictionary.Create<string, Exporter>(StringComparer.Ordinal);

    /// <summary>By the exporter's name.</summary>
    public ImmutableSortedDictionary<string, ExporterProgress> ExporterProgresses { get; private init; } =
        ImmutableSortedDictionary.Create<string, ExporterProgress>(StringComparer.Ordinal);

    public SubjectImage? Subject(SubjectName name) => Subjects.GetValueOrDefault(name.ToString());

    public ContextImage Context(string name) => Contexts.GetValueOrDefault(name) ?? ContextImage.Empty(name);

    /// <summary>A version, softly deleted or not.</summary>
    public StoredSchema? Schema(SchemaKey key) =>
        Subjects.TryGetValue(key.Subject, out var subject) ? subject.Versions.GetValueOrDefault(key.Version) : null;

    /// <summary>Where requests for a subject go: its alias, one hop.</summary>
    public SubjectName Resolve(SubjectName name) =>
        !name.IsContextOnly && Configs.TryGetValue(name.ToString(), out var config) && !string.IsNullOrEmpty(config.Alias)
            ? SubjectName.ParseWithin(config.Alias, name.Context)
            : name;

    /// <summary>
    /// Where schemas that are written for a name go, as <see cref="Resolve"/>. Throws <see cref="RegistryException"/> 42208 where none may live, under
    /// the name or under the one that it is an alias for: an alias is stored with any text.
    /// </summary>
    internal SubjectName ResolveToWrite(string subject)
    {
        var name = SubjectName.Parse(subject);
        var target = name.IsValid ? Resolve(name) : throw new RegistryException(RegistryError.InvalidSubject(subject));
        return target.IsValid ? target : throw new RegistryException(RegistryError.InvalidSubject(target.ToString()));
    }

    /// <summary>Settings said for exactly this name.</summary>
    public RegistryConfig? OwnConfig(SubjectName name) => Configs.GetValueOrDefault(SettingsKey(name));

    /// <summary>The settings that hold for a name: its own, then its context's, then those of all contexts, then the default level.</summary>
    public RegistryConfig EffectiveConfig(SubjectName name, CompatibilityLevel defaultLevel)
    {
        var config = RegistryConfig.Empty;
        foreach (var scope in Scopes(name))
        {
            if (OwnConfig(scope) is { } own)
            {
                config = config.InheritingFrom(own);
            }
        }

        if (OwnConfig(name) is { } mine)
        {
            config = config with { Alias = mine.Alias, AliasForDeks = mine.AliasForDeks };
        }

        return config with { Level = config.Level ?? defaultLevel };
    }

    /// <summary>The mode said for exactly this name.</summary>
    public RegistryMode? OwnMode(SubjectName name) => Modes.TryGetValue(SettingsKey(name), out var mode) ? mode : null;

    /// <summary>The mode that holds for a name: the narrowest that says one, unless a wider one overrides.</summary>
    public RegistryMode EffectiveMode(SubjectName name)
    {
        RegistryMode? narrowest = null;
        foreach (var scope in Scopes(name))
        {
            var own = OwnMode(scope);
            if (own == RegistryMode.ReadOnlyOverride)
            {
                return RegistryMode.ReadOnlyOverride;
            }

            narrowest ??= own;
        }

        return narrowest ?? RegistryMode.ReadWrite;
    }

    /// <summary>Versions that refer to this one and are not deleted.</summary>
    public IEnumerable<StoredSchema> LiveReferrers(SchemaKey key)
    {
        foreach (var referrer in Referrers.GetValueOrDefault(key) ?? [])
        {
            if (Schema(referrer) is { IsDeleted: false } schema)
            {
                yield return schema;
            }
        }
    }

    /// <summary>Names of the contexts that exist, the default one always.</summary>
    public IEnumerable<string> ContextNames
    {
        get
        {
            yield return SubjectName.DefaultContext;
            foreach (var (name, context) in Contexts)
            {
                if (name != SubjectName.DefaultContext && (context.IsDeclared || !context.Ids.IsEmpty))
                {
                    yield return name;
                }
            }
        }
    }

    /// <summary>Subjects whose qualified name begins so, in order.</summary>
    public IEnumerable<SubjectImage> SubjectsFrom(string prefix)
    {
        foreach (var (name, subject) in Subjects)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal))
            {
                yield return subject;
            }
        }
    }

    internal static string SettingsKey(SubjectName name) => name.ToString();

    private static IEnumerable<SubjectName> Scopes(SubjectName name)
    {
        if (!name.IsContextOnly)
        {
            yield return name;
        }

        if (name.Context != SubjectName.GlobalContext)
        {
            yield return new SubjectName(name.Context, "");
        }

        yield return SubjectName.Global;
    }
}
