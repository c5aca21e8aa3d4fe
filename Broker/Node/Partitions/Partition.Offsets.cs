using Broker.Core.Append;
using Broker.Node.Storage;
using Microsoft.Extensions.Logging;
using Protocol.Wire;

namespace Broker.Node.Partitions;

/// <summary>What is asked of offsets, times and epochs.</summary>
public sealed partial class Partition
{
    /// <summary>
    /// The first record at or after a timestamp, exact within compressed batches, below the high watermark; null when there is none. Throws
    /// <see cref="IOException"/>.
    /// </summary>
    public OffsetAtTime? FindByTimestamp(long timestampMs)
    {
        if (OpenOrNull() is not { } log)
        {
            return null;
        }

        var interval = Topic.Settings.IndexIntervalBytes;
        var committed = _committed!;
        var start = Volatile.Read(ref _logStartOffset);
        foreach (var segment in log.Segments)
        {
            var end = EndIn(segment, committed);
            if (end == 0 || (segment != committed.Segment && segment.NextOffset <= start))
            {
                continue;
            }

            segment.LearnTimes(interval);
            if (segment.MaxTimestamp >= timestampMs && TimestampSearch.FirstAtOrAfter(segment, end, timestampMs, start, interval) is var (offset, time))
            {
                return new OffsetAtTime(offset, time, log.Epochs.At(offset));
            }
        }

        return null;
    }

    /// <summary>
    /// The first record with the largest timestamp (ListOffsets -3); null for an empty log. As in Kafka it may lie below the log start after
    /// DeleteRecords, as long as its segment is there. Throws <see cref="IOException"/>.
    /// </summary>
    public OffsetAtTime? FindMaxTimestamp()
    {
        if (OpenOrNull() is not { } log)
        {
            return null;
        }

        var interval = Topic.Settings.IndexIntervalBytes;
        var committed = _committed!;
        var (best, max, offsetOfMax) = ((Segment?)null, -1L, -1L);
        foreach (var segment in log.Segments)
        {
            if (EndIn(segment, committed) == 0)
            {
                continue;
            }

            segment.LearnTimes(interval);
            var (segmentMax, segmentOffset) = segment == committed.Segment
                ? (committed.MaxTimestamp, committed.OffsetOfMaxTimestamp)
                : (segment.MaxTimestamp, segment.OffsetOfMaxTimestamp);
            if (segmentMax > max)
            {
                (best, max, offsetOfMax) = (segment, segmentMax, segmentOffset);
            }
        }

        return best is not null && TimestampSearch.MaxOf(best, EndIn(best, committed), offsetOfMax, interval) is var (offset, time)
            ? new OffsetAtTime(offset, time, log.Epochs.At(offset))
            : null;
    }

    /// <summary>
    /// The leader epoch under which the record at the offset was (or, at the end, will be) written; -1 when unknown. What comes at the end of a copy is its
    /// source's to say: there it is the epoch of the record before, which a consumer can check its position by later.
    /// </summary>
    public int EpochAt(long offset) =>
        OpenOrNull() is not { } log ? -1 : offset >= Volatile.Read(ref _logEndOffset) && Topic.Mirror is null ? LeaderEpoch : log.Epochs.At(offset);

    /// <summary>
    /// KIP-320: the largest epoch at or below the one asked for, and where it ends. An epoch that is unknown and above all gives (-1, -1). The
    /// leader's own epoch counts from the log's end on before anything was written in it, so an empty log answers (0, 0) in epoch 0.
    /// </summary>
    public (int Epoch, long EndOffset) EndOfEpoch(int epoch)
    {
        if (OpenOrNull() is not { } log)
        {
            return (-1, -1);
        }

        // A copy's epochs are its source's; an empty copy has only the broker's own.
        var current = Topic.Mirror is null || log.Epochs.Latest < 0 ? LeaderEpoch : -1;
        return log.Epochs.EndOf(epoch, current, Volatile.Read(ref _logEndOffset));
    }

    /// <summary>The producers that the partition remembers (KIP-664). KAFKA_STORAGE_ERROR when its log cannot be opened.</summary>
    public (ErrorCode Error, List<ActiveProducer> Producers) DescribeProducers()
    {
        if (OpenOrNull() is null)
        {
            return (_isDeleted ? ErrorCode.UnknownTopicOrPartition : ErrorCode.KafkaStorageError, []);
        }

        lock (_gate)
        {
            return (ErrorCode.None, _producers?.Describe() ?? []);
        }
    }

    /// <summary>DeleteRecords: raises the log start (-1: to the high watermark). OFFSET_OUT_OF_RANGE beyond the high watermark. Durable when the call returns.</summary>
    public (ErrorCode Error, long LogStartOffset) DeleteRecordsBefore(long offset)
    {
        var (error, start) = RaiseLogStartTo(offset);
        error = error == ErrorCode.None ? KeepLogStart() : error;
        return (error, error == ErrorCode.None ? start : -1);
    }

    /// <summary>The first half of <see cref="DeleteRecordsBefore"/>, which touches no disk: <see cref="KeepLogStart"/> has to follow.</summary>
    internal (ErrorCode Error, long LogStartOffset) RaiseLogStartTo(long offset)
    {
        if (OpenOrNull() is null)
        {
            return (_isDeleted ? ErrorCode.UnknownTopicOrPartition : ErrorCode.KafkaStorageError, -1);
        }

        lock (_gate)
        {
            if (_isDeleted || _failure is not null)
            {
                return (_isDeleted ? ErrorCode.UnknownTopicOrPartition : ErrorCode.KafkaStorageError, -1);
            }

            var highWatermark = _committed!.Offset;
            offset = offset == -1 ? highWatermark : offset;
            if (offset < 0 || offset > highWatermark)
            {
                return (ErrorCode.OffsetOutOfRange, -1);
            }

            return (ErrorCode.None, RaiseLogStart(offset));
        }
    }

    /// <summary>
    /// Makes raised log starts durable, those of all partitions of the directory at once, and deletes the segments before this partition's. Waits
    /// for the disk. KAFKA_STORAGE_ERROR when it refuses.
    /// </summary>
    internal ErrorCode KeepLogStart()
    {
        try
        {
            _services.Directory.WriteLogStarts();
            DeleteOldSegments();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            _services.Options.Logger.LogError(refused, "The log start of {Partition} could not be written", Name);
            return ErrorCode.KafkaStorageError;
        }

        return ErrorCode.None;
    }

    /// <summary>Under the gate: moves the log start up, never down; written by the directory. Returns what it is.</summary>
    private long RaiseLogStart(long offset)
    {
        if (offset > _logStartOffset)
        {
            Volatile.Write(ref _logStartOffset, offset);
            _epochsChanged |= _log!.Epochs.RaiseStart(offset);
            _services.Directory.SetLogStart(Name, offset);
        }

        return _logStartOffset;
    }
}
