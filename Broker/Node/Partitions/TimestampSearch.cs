using Broker.Node.Storage;
using Protocol.Wire.Records;

namespace Broker.Node.Partitions;

/// <summary>Finds records of one segment by time, looking into the one batch that the headers cannot decide. Throws <see cref="IOException"/>.</summary>
internal static class TimestampSearch
{
    /// <summary>The first record at or after a time and an offset, below the position <paramref name="end"/>; null when there is none.</summary>
    public static (long Offset, long TimestampMs)? FirstAtOrAfter(Segment segment, int end, long timestampMs, long fromOffset, int indexIntervalBytes)
    {
        using var held = segment.File.Hold();
        var from = Math.Max(fromOffset, FromTimeIndex(segment, timestampMs, indexIntervalBytes));
        var start = SegmentSearch.FindBatch(segment, held.File, from, end, indexIntervalBytes);
        if (start < 0)
        {
            return null;
        }

        using var walk = new BatchWalk(held.File, start, end, segment.BaseOffset, BatchWalk.LookupBufferBytes);
        while (walk.MoveNext())
        {
            var header = walk.Header;
            if (header.MaxTimestamp < timestampMs || header.LastOffset < fromOffset)
            {
                continue;
            }

            using var records = new RecordReader(walk.ReadBatch());
            while (records.MoveNext())
            {
                if (records.Timestamp >= timestampMs && records.Offset >= fromOffset)
                {
                    return (records.Offset, records.Timestamp);
                }
            }
        }

        return walk.IsBroken ? throw new IOException($"{segment.File.Path} holds no batch at {walk.Position}") : null;
    }

    /// <summary>The first record with the largest timestamp of a batch; the last one for LogAppendTime, where all are equal (as Kafka answers).</summary>
    public static (long Offset, long TimestampMs)? MaxOf(Segment segment, int end, long offsetInBatch, int indexIntervalBytes)
    {
        using var held = segment.File.Hold();
        var start = SegmentSearch.FindBatch(segment, held.File, offsetInBatch, end, indexIntervalBytes);
        if (start < 0)
        {
            return null;
        }

        using var walk = new BatchWalk(held.File, start, end, segment.BaseOffset, BatchWalk.LookupBufferBytes);
        if (!walk.MoveNext())
        {
            return null;
        }

        var header = walk.Header;
        var (lastOffset, max) = (header.LastOffset, header.MaxTimestamp);
        if (header.TimestampType == TimestampType.LogAppendTime)
        {
            return (lastOffset, max);
        }

        using var records = new RecordReader(walk.ReadBatch());
        while (records.MoveNext())
        {
            if (records.Timestamp == max)
            {
                return (records.Offset, max);
            }
        }

        return (lastOffset, max);
    }

    /// <summary>The offset before which the time index says that all is older; the segment's start when it says nothing.</summary>
    private static long FromTimeIndex(Segment segment, long timestampMs, int indexIntervalBytes)
    {
        while (true)
        {
            var index = segment.Index;
            try
            {
                return index.FloorOfTime(timestampMs) is { } entry ? segment.BaseOffset + entry.RelativeOffset : segment.BaseOffset;
            }
            catch (IndexDamagedException)
            {
                segment.RepairIndex(index, indexIntervalBytes);
            }
        }
    }
}
