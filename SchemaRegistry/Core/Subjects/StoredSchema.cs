using SchemaRegistry.Core.Languages;
using SchemaRegistry.Core.Subjects.Contracts;

namespace SchemaRegistry.Core.Subjects;

/// <summary>
/// One version of a subject as the log holds it. Immutable but for <see cref="Memo"/> and what look-ups derive from it. Its text is canonical and is not parsed again until a
/// newer version is compared with it.
/// </summary>
/// <param name="subject">Qualified.</param>
/// <param name="id">Unique within the context.</param>
/// <param name="timestampMs">When it was written, ms since the epoch.</param>
public sealed class StoredSchema(
    string subject,
    int version,
    int id,
    Guid guid,
    SchemaType type,
    IReadOnlyList<SchemaReference> references,
    SchemaMetadata? metadata,
    RuleSet? rules,
    string text,
    bool isDeleted,
    long timestampMs)
{
    public string Subject { get; } = subject;
    public int Version { get; } = version;
    public int Id { get; } = id;
    public Guid Guid { get; } = guid;
    public SchemaType Type { get; } = type;
    public IReadOnlyList<SchemaReference> References { get; } = references;
    public SchemaMetadata? Metadata { get; } = metadata;
    public RuleSet? Rules { get; } = rules;
    public string Text { get; } = text;

    /// <summary>Softly: readable by id and on request, no longer part of its subject.</summary>
    public bool IsDeleted { get; } = isDeleted;
    public long TimestampMs { get; } = timestampMs;

    public SchemaKey Key => new(Subject, Version);

    /// <summary>What its reader derived from it, as an encoded answer. Any thread may set it; losing it costs deriving it again.</summary>
    public object? Memo { get; set; }

    /// <summary>What <see cref="ResolvedTexts"/> found out about it. Any thread may set it; losing it costs finding it out again.</summary>
    internal ResolvedDigest? Resolved { get; set; }

    public StoredSchema AsDeleted() => With(isDeleted: true);

    public StoredSchema AsLive() => With(isDeleted: false);

    private StoredSchema With(bool isDeleted) =>
        new(Subject, Version, Id, Guid, Type, References, Metadata, Rules, Text, isDeleted, TimestampMs) { Resolved = Resolved };
}
