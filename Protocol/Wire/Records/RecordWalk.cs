using Kernel;

namespace Protocol.Wire.Records;

/// <summary>
/// One pass over the uncompressed records of a produced batch: the structure of each record, its key and its timestamp. Allocates only
/// for the refused records that are told of, <see cref="Limits.MaxRecordErrors"/> at most.
/// </summary>
internal ref struct RecordWalk
{
    private const long NoTimestamp = -1;

    private readonly long _nowMs;
    private readonly long _beforeMaxMs;
    private readonly long _afterMaxMs;
    private readonly bool _checksTimestamps;
    private readonly bool _isCompacted;
    private readonly bool _hasAppendTime;
    private List<RecordError>? _errors;
    private int _errorCount;
    private bool _hasTimestampError;
    private bool _hasGap;
    private bool _hasNegativeTimestamp;

    private RecordWalk(in BatchRules rules, RecordBatchHeader header)
    {
        _nowMs = rules.NowMs;
        _beforeMaxMs = Milliseconds(rules.TimestampBeforeMax);
        _afterMaxMs = Milliseconds(rules.TimestampAfterMax);
        _checksTimestamps = rules.TimestampType == TimestampType.CreateTime;
        _isCompacted = rules.IsCompacted;
        _hasAppendTime = header.TimestampType == TimestampType.LogAppendTime;
        MaxTimestamp = NoTimestamp;
    }

    /// <summary>Why the batch is refused; null when it is not.</summary>
    public BatchVerdict? Refusal { get; private set; }

    /// <summary>Largest timestamp of the records, -1 when none is above it.</summary>
    public long MaxTimestamp { get; private set; }

    /// <summary>Place of the first record that has it.</summary>
    public int IndexOfMaxTimestamp { get; private set; }

    /// <summary>Walks all records.</summary>
    /// <param name="records">The records, unpacked.</param>
    /// <param name="isRepacked">The batch will be packed with another codec.</param>
    public static RecordWalk Run(ReadOnlySpan<byte> records, RecordBatchHeader header, in BatchRules rules, bool isRepacked)
    {
        var walk = new RecordWalk(rules, header);
        walk.Refusal = walk.Walk(records, header) ?? walk.JudgeErrors() ?? (isRepacked ? walk.JudgeRepacking(header) : walk.JudgeGaps(header));
        return walk;
    }

    private static long Milliseconds(TimeSpan span) => span == TimeSpan.MaxValue ? long.MaxValue : span.Ticks / TimeSpan.TicksPerMillisecond;

    private BatchVerdict? Walk(ReadOnlySpan<byte> records, RecordBatchHeader header)
    {
        var count = header.RecordCount;
        var baseTimestamp = header.BaseTimestamp;
        var appendTime = header.MaxTimestamp;
        var position = 0;
        for (var i = 0; i < count; i++)
        {
            if (!RecordFields.TryRead(records, position, out var record))
            {
                return BatchVerdict.Refused(ErrorCode.InvalidRecord, $"record {i} of {count} is cut or its lengths contradict each other");
            }

            position = record.End;
            _hasGap |= record.OffsetDelta != i;

            // A client that claims append time gives all records the batch's largest timestamp.
            var timestamp = _hasAppendTime ? appendTime : unchecked(baseTimestamp + record.TimestampDelta);
            if (_isCompacted && record.KeyLength < 0)
            {
                Note(i, badTimestamp: null);
            }
            else if (!IsTimestampAllowed(timestamp))
            {
                _hasTimestampError = true;
                Note(i, timestamp);
            }

            _hasNegativeTimestamp |= timestamp < NoTimestamp;
            if (timestamp > MaxTimestamp)
            {
                MaxTimestamp = timestamp;
                IndexOfMaxTimestamp = i;
            }
        }

        return position == records.Length
            ? null
            : BatchVerdict.Refused(ErrorCode.InvalidRecord, $"{records.Length - position} bytes are left after the {count} records");
    }

    private readonly bool IsTimestampAllowed(long timestamp)
    {
        if (_checksTimestamps && timestamp != NoTimestamp)
        {
            // Wraps for absurd timestamps, as Kafka's does: those pass.
            var age = unchecked(_nowMs - timestamp);
            return age <= _beforeMaxMs && unchecked(-age) <= _afterMaxMs;
        }

        return !_hasAppendTime;
    }

    /// <summary>What Kafka checks and then fails to pack with another codec, by the rules of its own builder.</summary>
    private readonly BatchVerdict? JudgeRepacking(RecordBatchHeader header)
    {
        var hasProducer = header.ProducerId != -1;
        var why = _hasNegativeTimestamp ? "has a timestamp before the epoch"
            : hasProducer && (header.ProducerEpoch == -1 || header.BaseSequence < 0) ? "names a producer without epoch or sequence"
            : header.IsTransactional && !hasProducer ? "belongs to a transaction of no producer"
            : null;
        return why is null ? null : BatchVerdict.Refused(ErrorCode.UnknownServerError, $"a batch that {why} cannot be packed with another codec");
    }

    /// <summary>
    /// Kafka takes the offset deltas of uncompressed batches for what they are and writes those of repacked ones anew; only in compressed
    /// batches that stay as they came they must be right.
    /// </summary>
    private readonly BatchVerdict? JudgeGaps(RecordBatchHeader header) =>
        _hasGap && header.Compression != CompressionType.None
            ? BatchVerdict.Refused(ErrorCode.UnknownServerError, "the offset deltas of a compressed batch do not count up from 0 by one")
            : null;

    /// <summary>Counts a record at fault, for its timestamp or for the key it lacks. Only those that are kept get a text: millions may be at fault.</summary>
    private void Note(int index, long? badTimestamp)
    {
        _errorCount++;
        _errors ??= [];
        if (_errors.Count < Limits.MaxRecordErrors)
        {
            _errors.Add(new RecordError(index, badTimestamp is { } timestamp
                ? $"timestamp {timestamp} is further from the broker's time {_nowMs} than the topic allows, or claims to be the append time"
                : "a record of a compacted topic needs a key"));
        }
    }

    private readonly BatchVerdict? JudgeErrors() =>
        _errors is null ? null
        : _hasTimestampError ? BatchVerdict.Refused(ErrorCode.InvalidTimestamp, $"{_errorCount} records were refused, some for their timestamps", _errors)
        : BatchVerdict.Refused(ErrorCode.InvalidRecord, $"{_errorCount} records were refused, the first because {_errors[0].Message}", _errors);
}
