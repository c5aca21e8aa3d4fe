using System.Buffers.Binary;
using Kernel;

namespace Protocol.Wire.Records;

/// <summary>Makes an accepted batch what the topic wants stored. Called only as <see cref="BatchVerdict.Rewrite"/> says. Keeps nothing between calls.</summary>
public static class BatchRewriter
{
    private const short KnownBits = RecordBatchHeader.CompressionMask | RecordBatchHeader.TransactionalBit | RecordBatchHeader.ControlBit
        | RecordBatchHeader.DeleteHorizonBit;

    /// <summary>
    /// For <see cref="BatchRewrite.Header"/>: writes timestamp type, largest timestamp and checksum in place. Base timestamp and deltas stay;
    /// attribute bits that mean nothing go, as in Kafka.
    /// </summary>
    /// <param name="batch">Exactly the batch (<see cref="BatchVerdict.LengthBytes"/>), writable.</param>
    public static void PatchHeader(Span<byte> batch, in BatchVerdict verdict, in BatchRules rules)
    {
        var attributes = (short)(new RecordBatchHeader(batch).Attributes & KnownBits);
        if (rules.TimestampType == TimestampType.LogAppendTime)
        {
            attributes |= RecordBatchHeader.LogAppendTimeBit;
        }

        BinaryPrimitives.WriteInt16BigEndian(batch[RecordBatchHeader.AttributesAt..], attributes);
        BinaryPrimitives.WriteInt64BigEndian(batch[RecordBatchHeader.MaxTimestampAt..], verdict.MaxTimestamp);
        RecordBatch.WriteCrc(batch);
    }

    /// <summary>
    /// For <see cref="BatchRewrite.Recompress"/>: the same records, packed with <see cref="BatchRules.StoredCompression"/>, with timestamp
    /// type, largest timestamp and checksum as they must be. Producer id, epoch and sequence are kept; offsets are those of the places.
    /// </summary>
    /// <param name="batch">Exactly the batch as sent.</param>
    /// <returns>
    /// A new array that holds exactly the batch to store. It may be larger than the one sent: the caller refuses one above
    /// <see cref="BatchRules.MaxBatchBytes"/> with MESSAGE_TOO_LARGE, as Kafka does.
    /// </returns>
    public static byte[] Recompress(ReadOnlySpan<byte> batch, in BatchVerdict verdict, in BatchRules rules)
    {
        Ensure.That(verdict.Rewrite == BatchRewrite.Recompress && rules.StoredCompression is not null, "the verdict asks for it");
        var header = new RecordBatchHeader(batch);
        var builder = new RecordBatchBuilder(rules.StoredCompression.Value)
        {
            BaseOffset = header.BaseOffset,
            PartitionLeaderEpoch = header.PartitionLeaderEpoch,
            ProducerId = header.ProducerId,
            ProducerEpoch = header.ProducerEpoch,
            BaseSequence = header.BaseSequence,
            IsTransactional = header.IsTransactional,
            TimestampType = rules.TimestampType,
            LogAppendTimeMs = verdict.MaxTimestamp,
        };
        using var records = new RecordReader(batch, rules.MaxDecompressedBytes);
        while (records.MoveNext())
        {
            builder.Append(records.Timestamp, records.Key, records.Value, records.Headers.Count, records.RawHeaders);
        }

        Ensure.That(!records.IsMalformed, "the batch was checked before");
        return builder.Build();
    }
}
