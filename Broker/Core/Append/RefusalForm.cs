using Protocol.Wire;
using Protocol.Wire.Records;

namespace Broker.Core.Append;

/// <summary>
/// How Apache Kafka words the refusal of a produced batch: whether the answer carries the log start offset, and whether it carries a text.
/// It depends on how far the batch got: what is refused by the look of the request knows neither, what the log itself refused has the
/// log start, and only faults of single records and unreadable bytes are explained.
/// </summary>
/// <param name="HasLogStartOffset">The answer says where the log begins.</param>
/// <param name="HasMessage">The answer says why, for people.</param>
public readonly record struct RefusalForm(bool HasLogStartOffset, bool HasMessage)
{
    // What any version of a message needs beyond offset and length; below that Kafka finds no message at all.
    private const int MinMessageBytes = 14;

    /// <summary>The form of a refusal.</summary>
    /// <param name="records">The records field as sent.</param>
    /// <param name="hasRecordErrors">Single records were at fault (KIP-467).</param>
    public static RefusalForm Of(ErrorCode error, ReadOnlySpan<byte> records, bool hasRecordErrors)
    {
        if (hasRecordErrors)
        {
            return new(true, true);
        }

        return error switch
        {
            ErrorCode.InvalidRecord => new(IsOneBatch(records), false),
            ErrorCode.CorruptMessage => new(false, IsUnreadable(records)),
            ErrorCode.OutOfOrderSequenceNumber or ErrorCode.InvalidProducerEpoch => new(true, false),
            ErrorCode.InvalidTimestamp or ErrorCode.UnknownServerError => new(true, false),

            // Ours alone: a write to a read-only copy names the region that takes it.
            ErrorCode.PolicyViolation => new(false, true),
            _ => new(false, false),
        };
    }

    /// <summary>The field holds exactly one whole batch of the present format, so it was the log that refused it.</summary>
    private static bool IsOneBatch(ReadOnlySpan<byte> records)
    {
        var length = RecordBatch.WholeLengthBytes(records);
        return length > 0 && new RecordBatchHeader(records).Magic == RecordBatchHeader.CurrentMagic && RecordBatch.WholeLengthBytes(records[length..]) <= 0;
    }

    private static bool IsUnreadable(ReadOnlySpan<byte> records)
    {
        if (records.Length < RecordBatchHeader.SizeBytes)
        {
            return true;
        }

        var header = new RecordBatchHeader(records);
        return header.BatchLengthBytes - RecordBatchHeader.LengthOverheadBytes < MinMessageBytes || header.Magic is < 0 or > RecordBatchHeader.CurrentMagic;
    }
}
