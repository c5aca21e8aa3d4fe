using System.Buffers;
using Broker.Node.Storage;
using Microsoft.Extensions.Logging;
using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Records;

namespace Broker.Node.Partitions;

/// <summary>How committed batches are read. None of it takes the gate.</summary>
public sealed partial class Partition
{
    private const int VisitBytes = 1024 * 1024;

    /// <summary>A reader meets a restart or a deletion of segments once; meeting it so often means that the log has a hole.</summary>
    private const int MaxReadAttempts = 16;

    /// <summary>Reads committed batches for a fetch, without the gate. The caller disposes <see cref="FetchSlice.Records"/>' external bytes by sending or dropping the frame.</summary>
    /// <param name="offset">Where to begin; the batch that holds it is returned whole.</param>
    /// <param name="maxBytes">How much at most; whole batches only unless <paramref name="minOneBatch"/>. Below 0 gives nothing, as in Kafka.</param>
    /// <param name="minOneBatch">Return the first batch whole even beyond <paramref name="maxBytes"/>, also when that is 0.</param>
    public FetchSlice Read(long offset, int maxBytes, bool minOneBatch)
    {
        if (OpenOrNull() is not { } log)
        {
            return Refused(_isDeleted ? ErrorCode.UnknownTopicOrPartition : ErrorCode.KafkaStorageError);
        }

        try
        {
            for (var attempt = 0; attempt < MaxReadAttempts; attempt++)
            {
                var committed = _committed!;
                var start = Volatile.Read(ref _logStartOffset);
                if (_isDeleted)
                {
                    return Refused(ErrorCode.UnknownTopicOrPartition);
                }

                if (offset < start || offset > Volatile.Read(ref _logEndOffset))
                {
                    return Refused(ErrorCode.OffsetOutOfRange);
                }

                if (offset >= committed.Offset || maxBytes < 0 || (maxBytes == 0 && !minOneBatch))
                {
                    return new FetchSlice(ErrorCode.None, WireRecords.Empty, committed.Offset, start);
                }

                // Nothing found although the offset is in range: the log was cut at its start meanwhile. Look again.
                if (TryRead(log, committed, offset, maxBytes, minOneBatch, out var records))
                {
                    return new FetchSlice(ErrorCode.None, records, committed.Offset, start);
                }
            }

            throw new IOException($"offset {offset} lies below the high watermark, and no segment has it");
        }
        catch (IOException failure)
        {
            if (_isDeleted)
            {
                return Refused(ErrorCode.UnknownTopicOrPartition);
            }

            return offset < LogStartOffset ? Refused(ErrorCode.OffsetOutOfRange) : RefusedRead(failure);
        }
    }

    /// <summary>
    /// How many committed bytes a fetch from the offset could return, up to the high watermark; arithmetic, no I/O. 0 when out of range. Exact
    /// near the end, else up to an index entry too many, or up to the segment's beginning while its index is not in memory.
    /// </summary>
    public long AvailableBytes(long offset)
    {
        if (OpenOrNull() is not { } log)
        {
            return 0;
        }

        var committed = _committed!;
        if (offset < Volatile.Read(ref _logStartOffset) || offset >= committed.Offset)
        {
            return 0;
        }

        long available = 0;
        var segments = log.Segments;
        for (var i = segments.Length - 1; i >= 0; i--)
        {
            var segment = segments[i];
            var end = EndIn(segment, committed);
            if (segment.BaseOffset > offset)
            {
                available += end;
                continue;
            }

            var from = segment.Tail?.FindOffset(offset) ?? -1;
            from = from >= 0 ? from : segment.Index.FloorIfLoaded(segment.Relative(offset))?.Position ?? 0;
            return available + Math.Max(0, end - from);
        }

        return available;
    }

    /// <summary>Visits all committed batches from an offset on, in chunks of whole batches. For loading internal topics. Throws <see cref="IOException"/>.</summary>
    public void ReadCommitted(long fromOffset, BatchVisitor visitor)
    {
        var offset = Math.Max(fromOffset, LogStartOffset);
        while (true)
        {
            var slice = Read(offset, VisitBytes, minOneBatch: true);
            if (slice.Error == ErrorCode.OffsetOutOfRange && offset < LogStartOffset)
            {
                offset = LogStartOffset;
                continue;
            }

            if (slice.Error != ErrorCode.None)
            {
                throw new IOException($"{Name} cannot be read from offset {offset}: {slice.Error}");
            }

            if (slice.Records.External is not { } external)
            {
                return;
            }

            offset = Visit(external, visitor);
        }
    }

    private static long Visit(IExternalBytes external, BatchVisitor visitor)
    {
        using (external)
        {
            var buffer = ArrayPool<byte>.Shared.Rent(external.LengthBytes);
            try
            {
                for (var read = 0; read < external.LengthBytes;)
                {
                    read += external.CopyTo(read, buffer.AsSpan(read, external.LengthBytes - read));
                }

                var batches = buffer.AsSpan(0, external.LengthBytes);
                var next = -1L;
                var walk = new RecordBatchReader(batches);
                while (walk.MoveNext())
                {
                    next = walk.Header.NextOffset;
                }

                visitor(batches);
                return next;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private bool TryRead(SegmentedLog log, LogEnd committed, long offset, int maxBytes, bool minOneBatch, out WireRecords records)
    {
        records = WireRecords.Empty;
        var interval = Topic.Settings.IndexIntervalBytes;
        var segments = log.Segments;
        for (var i = SegmentOf(segments, offset); i >= 0 && i < segments.Length; i++)
        {
            var segment = segments[i];
            var end = EndIn(segment, committed);
            if (end == 0)
            {
                continue;
            }

            var file = segment.File.Hold();
            try
            {
                var position = SegmentSearch.FindBatch(segment, file.File, offset, end, interval);
                if (position < 0)
                {
                    continue;
                }

                var sliceEnd = end;
                var limit = (long)position + maxBytes;
                if (limit < end)
                {
                    sliceEnd = SegmentSearch.FindBoundary(segment, file.File, position, (int)limit, end, interval);
                    if (sliceEnd == position && minOneBatch)
                    {
                        sliceEnd = position + SegmentSearch.BatchBytes(segment, file.File, position, end);
                    }
                }

                if (sliceEnd > position)
                {
                    records = new WireRecords(file.File.Slice(position, sliceEnd - position, file));
                    file = null;
                }

                return true;
            }
            finally
            {
                file?.Dispose();
            }
        }

        return false;
    }

    /// <summary>Index of the segment that an offset falls into; -1 when it lies before all.</summary>
    private static int SegmentOf(Segment[] segments, long offset)
    {
        var (low, high) = (0, segments.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (segments[middle].BaseOffset <= offset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low - 1;
    }

    /// <summary>How many bytes of a segment are committed.</summary>
    private static int EndIn(Segment segment, LogEnd committed) =>
        segment == committed.Segment ? committed.Position : segment.BaseOffset < committed.Segment.BaseOffset ? segment.SizeBytes : 0;

    private FetchSlice RefusedRead(IOException failure)
    {
        _services.Options.Logger.LogError(failure, "{Partition} could not be read", Name);
        return Refused(ErrorCode.KafkaStorageError);
    }

    private static FetchSlice Refused(ErrorCode error) => new(error, WireRecords.Empty, -1, -1);
}
