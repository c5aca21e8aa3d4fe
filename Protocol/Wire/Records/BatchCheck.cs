using System.Buffers.Binary;
using Protocol.Wire.Records.Compression;

namespace Protocol.Wire.Records;

/// <summary>Decides whether what a producer sent for one partition is stored, by the rules of Apache Kafka 4.3. Pure; keeps nothing between calls.</summary>
public static class BatchCheck
{
    // Kafka takes the overhead of the oldest message format for the smallest length field of all, and looks at the magic before the rest.
    private const int SmallestLengthField = 14;
    private const int BytesUpToMagic = 17;

    private enum Next : byte
    {
        /// <summary>Nothing, or a batch that is cut.</summary>
        None,
        Whole,
        Corrupt,
        Overflowing,
    }

    /// <summary>Checks the records field of one partition of a Produce request: exactly one whole batch of magic 2.</summary>
    /// <param name="records">The field as sent. Bytes after the first batch that do not make another are ignored.</param>
    /// <param name="rules">What the partition asks.</param>
    public static BatchVerdict Validate(ReadOnlySpan<byte> records, in BatchRules rules)
    {
        if (CheckFraming(records, rules, out var lengthBytes) is { } unframed)
        {
            return unframed;
        }

        var batch = records[..lengthBytes];
        if (CheckWhole(batch, rules) is { } refused)
        {
            return refused;
        }

        var header = new RecordBatchHeader(batch);
        if (CheckHeader(header) is { } inconsistent)
        {
            return inconsistent;
        }

        var body = batch[RecordBatchHeader.SizeBytes..];
        if (header.Compression == CompressionType.None)
        {
            return Conclude(header, RecordWalk.Run(body, header, rules, isSequential: false), lengthBytes, rules);
        }

        using var plain = new PooledBuffer(rules.MaxDecompressedBytes);
        return RecordCodec.Decompress(header.Compression, body, plain) switch
        {
            DecompressResult.Done => Conclude(header, RecordWalk.Run(plain.Written, header, rules, isSequential: true), lengthBytes, rules),
            DecompressResult.TooLarge => BatchVerdict.Refused(ErrorCode.MessageTooLarge, $"the records unpack to more than {rules.MaxDecompressedBytes} bytes"),
            DecompressResult.Cut => BatchVerdict.Refused(ErrorCode.InvalidRecord, "the compressed records end too early"),
            _ => BatchVerdict.Refused(ErrorCode.UnknownServerError, $"the records do not unpack as {header.Compression}"),
        };
    }

    /// <summary>Finds the one batch. A second whole one is refused, a second one that is cut is ignored (what Kafka does).</summary>
    private static BatchVerdict? CheckFraming(ReadOnlySpan<byte> records, in BatchRules rules, out int lengthBytes)
    {
        switch (Frame(records, out lengthBytes))
        {
            case Next.None:
                return BatchVerdict.Refused(ErrorCode.InvalidRecord, "a produce request has one whole record batch for each partition");
            case Next.Corrupt:
                return BatchVerdict.Refused(ErrorCode.CorruptMessage, "the length or the magic of the batch is impossible");
            case Next.Overflowing:
                return BatchVerdict.Refused(ErrorCode.UnknownServerError, "the length of the batch is impossible");
        }

        // The header is not known to be whole yet, but up to the magic and the attributes it is.
        var magic = (sbyte)records[RecordBatchHeader.MagicAt];
        if (magic != RecordBatchHeader.CurrentMagic)
        {
            return BatchVerdict.Refused(ErrorCode.InvalidRecord, $"record batches of magic {magic} are not stored, only of {RecordBatchHeader.CurrentMagic}");
        }

        if (rules.ProduceVersion < 7)
        {
            var codec = (CompressionType)(records[RecordBatchHeader.AttributesAt + 1] & RecordBatchHeader.CompressionMask);
            if (codec == CompressionType.Zstd)
            {
                return BatchVerdict.Refused(ErrorCode.UnsupportedCompressionType, $"zstd needs version 7 of Produce, not {rules.ProduceVersion}");
            }

            if (!RecordCodec.IsKnown(codec))
            {
                return UnknownCodec(codec);
            }
        }

        return Frame(records[lengthBytes..], out _) switch
        {
            Next.None => null,
            Next.Corrupt => BatchVerdict.Refused(ErrorCode.CorruptMessage, "what follows the batch has an impossible length or magic"),
            Next.Overflowing => BatchVerdict.Refused(ErrorCode.UnknownServerError, "what follows the batch has an impossible length"),
            _ => BatchVerdict.Refused(ErrorCode.InvalidRecord, "a produce request has exactly one record batch for each partition"),
        };
    }

    private static Next Frame(ReadOnlySpan<byte> bytes, out int lengthBytes)
    {
        lengthBytes = 0;
        if (bytes.Length < RecordBatchHeader.LengthOverheadBytes)
        {
            return Next.None;
        }

        var length = BinaryPrimitives.ReadInt32BigEndian(bytes[RecordBatchHeader.LengthAt..]);
        if (length < SmallestLengthField)
        {
            return Next.Corrupt;
        }

        if (bytes.Length < BytesUpToMagic)
        {
            return Next.None;
        }

        if ((sbyte)bytes[RecordBatchHeader.MagicAt] is < 0 or > RecordBatchHeader.CurrentMagic)
        {
            return Next.Corrupt;
        }

        if (length > int.MaxValue - RecordBatchHeader.LengthOverheadBytes)
        {
            return Next.Overflowing;
        }

        lengthBytes = RecordBatchHeader.LengthOverheadBytes + length;
        return lengthBytes > bytes.Length ? Next.None : Next.Whole;
    }

    private static BatchVerdict? CheckWhole(ReadOnlySpan<byte> batch, in BatchRules rules)
    {
        if (BinaryPrimitives.ReadInt64BigEndian(batch) is var baseOffset and not 0)
        {
            return BatchVerdict.Refused(ErrorCode.InvalidRecord, $"a produced batch begins at offset 0, not at {baseOffset}");
        }

        if (batch.Length > rules.MaxBatchBytes)
        {
            return BatchVerdict.Refused(ErrorCode.MessageTooLarge, $"the batch has {batch.Length} bytes, max.message.bytes is {rules.MaxBatchBytes}");
        }

        if (batch.Length < RecordBatchHeader.SizeBytes || !RecordBatch.HasValidCrc(batch))
        {
            return BatchVerdict.Refused(ErrorCode.CorruptMessage, "the batch does not match its checksum");
        }

        return null;
    }

    private static BatchVerdict? CheckHeader(RecordBatchHeader header)
    {
        if (!RecordCodec.IsKnown(header.Compression))
        {
            return UnknownCodec(header.Compression);
        }

        if (header.LastOffsetDelta < 0)
        {
            return BatchVerdict.Refused(ErrorCode.InvalidRecord, $"the last offset delta of a batch is not {header.LastOffsetDelta}");
        }

        if (header.RecordCount <= 0)
        {
            return BatchVerdict.Refused(ErrorCode.InvalidRecord, $"a batch does not hold {header.RecordCount} records");
        }

        if (header.LastOffsetDelta + 1L != header.RecordCount)
        {
            return BatchVerdict.Refused(ErrorCode.InvalidRecord, $"{header.RecordCount} records do not end at offset delta {header.LastOffsetDelta}");
        }

        if (header.IsControl)
        {
            return BatchVerdict.Refused(ErrorCode.InvalidRecord, "clients do not write control records");
        }

        if (header.HasProducerId && (header.BaseSequence < 0 || header.ProducerEpoch < 0))
        {
            return BatchVerdict.Refused(
                ErrorCode.InvalidRecord,
                $"a batch of producer {header.ProducerId} has no epoch {header.ProducerEpoch} and no sequence {header.BaseSequence}");
        }

        return null;
    }

    private static BatchVerdict Conclude(RecordBatchHeader header, in RecordWalk walk, int lengthBytes, in BatchRules rules)
    {
        if (walk.Refusal is { } refusal)
        {
            return refusal;
        }

        var isAppendTime = rules.TimestampType == TimestampType.LogAppendTime;
        var maxTimestamp = isAppendTime ? rules.NowMs : walk.MaxTimestamp;
        return new BatchVerdict
        {
            LengthBytes = lengthBytes,
            RecordCount = header.RecordCount,
            MaxTimestamp = maxTimestamp,
            OffsetDeltaOfMaxTimestamp = isAppendTime ? 0 : walk.IndexOfMaxTimestamp,
            Rewrite = rules.StoredCompression is { } stored && stored != header.Compression ? BatchRewrite.Recompress
                : header.TimestampType != rules.TimestampType || header.MaxTimestamp != maxTimestamp ? BatchRewrite.Header
                : BatchRewrite.None,
        };
    }

    private static BatchVerdict UnknownCodec(CompressionType codec) =>
        BatchVerdict.Refused(ErrorCode.UnknownServerError, $"there is no compression codec {(byte)codec}");
}
