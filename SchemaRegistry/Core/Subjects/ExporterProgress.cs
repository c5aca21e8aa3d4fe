namespace SchemaRegistry.Core.Subjects;

/// <summary>How far an exporter has come: kept in the log, so that it goes on there after a restart, and in another region after a promotion.</summary>
/// <param name="Generation">The exporter's when it copied: with another one the copy begins anew.</param>
/// <param name="Offset">All that the log held up to here is at the other registry.</param>
/// <param name="TimestampMs">When.</param>
public sealed record ExporterProgress(string Name, int Generation, long Offset, long TimestampMs);
