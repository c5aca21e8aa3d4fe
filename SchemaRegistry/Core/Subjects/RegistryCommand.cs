namespace SchemaRegistry.Core.Subjects;

/// <summary>What may be asked of the ledger. Subjects are as the client wrote them, with their context.</summary>
public abstract record RegistryCommand;

/// <param name="Force">Nothing is compared.</param>
public sealed record RegisterSchema(string Subject, SchemaRequest Schema, bool Normalize, bool Force) : RegistryCommand;

/// <summary>A new version with other metadata or rules.</summary>
/// <param name="Version">As in the path: a number or "latest".</param>
public sealed record TagSchema(string Subject, string Version, TagRequest Tags) : RegistryCommand;

/// <param name="IsPermanent">Removes what is softly deleted already.</param>
public sealed record DeleteSubject(string Subject, bool IsPermanent) : RegistryCommand;

/// <param name="Version">As in the path: a number or "latest".</param>
public sealed record DeleteVersion(string Subject, string Version, bool IsPermanent) : RegistryCommand;

/// <summary>Makes softly deleted versions live again, with the numbers and ids that they had.</summary>
/// <param name="Version">As in the path: a number, or "latest" for the newest that is deleted; null for all.</param>
/// <param name="Force">Nothing is compared.</param>
public sealed record Undelete(string Subject, string? Version, bool Force) : RegistryCommand;

/// <param name="Scope">A subject or context; null for the default context.</param>
public sealed record SetConfig(string? Scope, ConfigUpdate Update) : RegistryCommand;

/// <param name="Scope">A subject or context; null for the default context.</param>
public sealed record ClearConfig(string? Scope) : RegistryCommand;

/// <param name="Scope">A subject or context; null for the default context.</param>
/// <param name="Mode">By its name.</param>
/// <param name="Force">Even over subjects that exist.</param>
public sealed record SetMode(string? Scope, string? Mode, bool Force) : RegistryCommand;

/// <param name="Scope">A subject or context; null for the default context.</param>
/// <param name="IsRecursive">The modes of all subjects below too.</param>
public sealed record ClearMode(string? Scope, bool IsRecursive) : RegistryCommand;

public sealed record DeleteContext(string Context) : RegistryCommand;

/// <summary>Sets an exporter, new or not: whoever asks has looked.</summary>
public sealed record SetExporter(Exporter Exporter) : RegistryCommand;

public sealed record DeleteExporter(string Name) : RegistryCommand;

/// <summary>Says how far an exporter has come. Without effect when it is another one by now.</summary>
public sealed record SetExporterProgress(ExporterProgress Progress) : RegistryCommand;

/// <summary>What a new version says differently than an earlier one.</summary>
public sealed record TagRequest
{
    /// <summary>What the new version's number must be; null for any.</summary>
    public int? NewVersion { get; init; }
    public IReadOnlyList<PathTags> Add { get; init; } = [];
    public IReadOnlyList<PathTags> Remove { get; init; } = [];
    public Contracts.SchemaMetadata? Metadata { get; init; }
    public Contracts.RuleSet? Rules { get; init; }
    public Contracts.RuleSet? RulesToMerge { get; init; }
    public IReadOnlyList<string> RulesToRemove { get; init; } = [];
}

/// <summary>Tags of one path within a schema.</summary>
public readonly record struct PathTags(string Path, IReadOnlyList<string> Tags);

/// <summary>What the ledger answers.</summary>
public abstract record RegistryReply
{
    public sealed record Refused(RegistryError Error) : RegistryReply;

    /// <param name="Schema">New, or found to be there already.</param>
    public sealed record Registered(StoredSchema Schema) : RegistryReply;

    public sealed record Deleted(IReadOnlyList<int> Versions) : RegistryReply;

    /// <param name="Versions">Live again, or live already where one was asked for by its number.</param>
    public sealed record Undeleted(IReadOnlyList<int> Versions) : RegistryReply;

    /// <param name="Config">As it is now, or was before it was cleared.</param>
    public sealed record Settings(RegistryConfig Config) : RegistryReply;

    /// <param name="Mode">As it is now, or was before it was cleared.</param>
    public sealed record ModeIs(RegistryMode Mode) : RegistryReply;

    public sealed record Done : RegistryReply;
}
