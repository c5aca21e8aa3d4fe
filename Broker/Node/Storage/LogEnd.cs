namespace Broker.Node.Storage;

/// <summary>
/// An end of a log that was reached once: all below is whole. Immutable, and published as one reference, so that readers see offset, segment
/// and position of the same moment.
/// </summary>
/// <param name="Offset">The offset after the last record.</param>
/// <param name="Segment">The last segment then.</param>
/// <param name="Position">Bytes of it below the end.</param>
/// <param name="MaxTimestamp">Its largest timestamp then; -1 for none.</param>
/// <param name="OffsetOfMaxTimestamp">The last offset of the batch that has it.</param>
internal sealed record LogEnd(long Offset, Segment Segment, int Position, long MaxTimestamp, long OffsetOfMaxTimestamp);
