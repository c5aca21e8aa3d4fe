namespace SchemaRegistry.Core.Subjects.Records;

/// <summary>A change as the log holds it. Its key decides what it replaces when the log is compacted; a null content deletes.</summary>
public abstract record RegistryRecord;

/// <summary>A version of a subject, new, changed (deleted softly) or gone.</summary>
public sealed record SchemaRecord(string Subject, int Version, StoredSchema? Schema) : RegistryRecord;

/// <summary>Settings of a subject, of a context (":.context:") or, for null, of the default context.</summary>
public sealed record ConfigRecord(string? Subject, RegistryConfig? Config) : RegistryRecord;

/// <summary>Mode of a subject, of a context or, for null, of the default context.</summary>
public sealed record ModeRecord(string? Subject, RegistryMode? Mode) : RegistryRecord;

/// <summary>Softly deletes all versions of a subject up to one.</summary>
public sealed record DeleteSubjectRecord(string Subject, int Version) : RegistryRecord;

/// <summary>Removes what is softly deleted in a subject, or in a whole context.</summary>
public sealed record ClearSubjectRecord(string Subject) : RegistryRecord;

/// <summary>A context that exists although nothing need be in it.</summary>
public sealed record ContextRecord(string Context, bool Exists) : RegistryRecord;

/// <summary>
/// The highest id that a context ever gave. Written when the schema that has it goes, because compaction takes the schema's own records. Ours.
/// </summary>
public sealed record HighestIdRecord(string Context, int Id) : RegistryRecord;

/// <summary>How far an exporter has come; null when it is gone. Ours.</summary>
public sealed record ExporterProgressRecord(string Name, ExporterProgress? Progress) : RegistryRecord;

/// <summary>An exporter, or its end. Ours: Confluent keeps them elsewhere.</summary>
public sealed record ExporterRecord(string Name, Exporter? Exporter) : RegistryRecord;
