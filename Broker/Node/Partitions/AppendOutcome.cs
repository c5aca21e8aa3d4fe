using Protocol.Wire;

namespace Broker.Node.Partitions;

/// <summary>What became of an append. Offsets are -1 where there are none.</summary>
/// <param name="Error">None also for a recognised duplicate, with the original's offset.</param>
/// <param name="BaseOffset">Offset of the first record.</param>
/// <param name="LogAppendTimeMs">The broker's time for topics with LogAppendTime, and the original's largest timestamp for duplicates; else -1.</param>
/// <param name="LogStartOffset">The log's start at the time of the append.</param>
/// <param name="ErrorMessage">A text for people; null where the code says enough.</param>
/// <param name="RecordErrors">The records that were at fault (KIP-467), or null.</param>
public readonly record struct AppendOutcome(
    ErrorCode Error,
    long BaseOffset = -1,
    long LogAppendTimeMs = -1,
    long LogStartOffset = -1,
    string? ErrorMessage = null,
    IReadOnlyList<RecordFault>? RecordErrors = null)
{
    /// <summary>Refused, with nothing stored.</summary>
    public static AppendOutcome Refused(ErrorCode error, string? message = null) => new(error, ErrorMessage: message);
}

/// <summary>A record at fault: its index within the batch, and why.</summary>
public readonly record struct RecordFault(int BatchIndex, string? Message);
