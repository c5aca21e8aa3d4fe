using SchemaRegistry.Core.Languages;
using SchemaRegistry.Core.Subjects.Contracts;

namespace SchemaRegistry.Core.Subjects;

/// <summary>A schema as a client sends it, to register, look up or compare.</summary>
public sealed record SchemaRequest
{
    /// <summary>Null or empty: the text of the subject's latest version.</summary>
    public string? Text { get; init; }

    /// <summary>Null: AVRO.</summary>
    public string? Type { get; init; }

    public IReadOnlyList<SchemaReference> References { get; init; } = [];

    public SchemaMetadata? Metadata { get; init; }

    public RuleSet? Rules { get; init; }

    /// <summary>For imports. Null and -1: the registry gives one.</summary>
    public int? Id { get; init; }

    /// <summary>Null and 0: the next. -1: the next, and it is noted in the metadata. Otherwise it must be the next (or, in imports, is taken).</summary>
    public int? Version { get; init; }

    public bool HasId => Id is >= 0;

    public bool HasVersion => Version is > 0;
}

/// <summary>A schema that was parsed, in the form in which it would be stored.</summary>
/// <param name="References">Resolved: no version is "latest".</param>
/// <param name="Text">Canonical, or normalized where asked for.</param>
public sealed record Candidate(
    SchemaType Type,
    IParsedSchema Parsed,
    string Text,
    IReadOnlyList<SchemaReference> References,
    SchemaMetadata? Metadata,
    RuleSet? Rules)
{
    public Guid Guid => SchemaIdentity.Of(Text, References, Metadata, Rules);
}
