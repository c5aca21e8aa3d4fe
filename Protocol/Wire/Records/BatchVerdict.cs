namespace Protocol.Wire.Records;

/// <summary>What has to change in an accepted batch before it is stored.</summary>
public enum BatchRewrite : byte
{
    /// <summary>Nothing but base offset and leader epoch (<see cref="RecordBatch.PatchOffsets"/>).</summary>
    None,

    /// <summary>Timestamp type, largest timestamp and checksum, in place (<see cref="BatchRewriter.PatchHeader"/>).</summary>
    Header,

    /// <summary>The records are packed anew with the topic's codec (<see cref="BatchRewriter.Recompress"/>).</summary>
    Recompress,
}

/// <summary>A record at fault: its place within the batch, from 0, and why (KIP-467).</summary>
public readonly record struct RecordError(int BatchIndex, string Message);

/// <summary>The answer of <see cref="BatchCheck.Validate"/>. Everything after the errors holds only when there is none.</summary>
public readonly record struct BatchVerdict
{
    /// <summary>None when the batch may be stored.</summary>
    public ErrorCode Error { get; init; }

    /// <summary>For people, with an error.</summary>
    public string? Message { get; init; }

    /// <summary>The records at fault, in order, at most <see cref="Kernel.Limits.MaxRecordErrors"/>; null when the whole batch is.</summary>
    public IReadOnlyList<RecordError>? RecordErrors { get; init; }

    /// <summary>The batch in bytes; what the request has after it is ignored, as Kafka does with a cut second batch.</summary>
    public int LengthBytes { get; init; }

    /// <summary>Records in the batch, 1 or above; its offsets are as many.</summary>
    public int RecordCount { get; init; }

    /// <summary>Largest timestamp as stored, ms since the epoch; the append time for LogAppendTime; -1 for none.</summary>
    public long MaxTimestamp { get; init; }

    /// <summary>
    /// Where the first record with that timestamp stands: its place in the batch, to be added to the base offset, as Kafka answers
    /// ListOffsets -3. 0 for LogAppendTime, where all are equal.
    /// </summary>
    public int OffsetDeltaOfMaxTimestamp { get; init; }

    /// <summary>What has to be changed before it is stored.</summary>
    public BatchRewrite Rewrite { get; init; }

    /// <summary>The batch may be stored.</summary>
    public bool IsAccepted => Error == ErrorCode.None;

    internal static BatchVerdict Refused(ErrorCode error, string message, IReadOnlyList<RecordError>? recordErrors = null) =>
        new() { Error = error, Message = message, RecordErrors = recordErrors };
}
