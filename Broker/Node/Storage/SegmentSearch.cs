namespace Broker.Node.Storage;

/// <summary>Finds batches in a segment: among the last appended, else from the nearest index entry on. Takes no lock of the partition.</summary>
internal static class SegmentSearch
{
    /// <summary>
    /// Where the first batch begins that ends at or after an offset; -1 when there is none below <paramref name="end"/>. Throws
    /// <see cref="IOException"/>.
    /// </summary>
    public static int FindBatch(Segment segment, IStorageFile file, long offset, int end, int indexIntervalBytes)
    {
        if (offset <= segment.BaseOffset)
        {
            return end > 0 ? 0 : -1;
        }

        if (segment.Tail is { } tail && tail.FindOffset(offset) is >= 0 and var known && known < end)
        {
            return known;
        }

        return FindByIndex(segment, file, index => index.Floor(segment.Relative(offset)), (offset, end), indexIntervalBytes,
            static (ref BatchWalk walk, (long Offset, int End) sought) =>
            {
                while (walk.MoveNext())
                {
                    if (walk.Header.LastOffset >= sought.Offset)
                    {
                        return (int)walk.Position;
                    }
                }

                return -1;
            });
    }

    /// <summary>
    /// The last place at or before <paramref name="limit"/> where a batch begins; <paramref name="from"/> is such a place, and
    /// <paramref name="limit"/> lies between it and <paramref name="end"/>. Throws <see cref="IOException"/>.
    /// </summary>
    public static int FindBoundary(Segment segment, IStorageFile file, int from, int limit, int end, int indexIntervalBytes)
    {
        if (segment.Tail is { } tail && tail.FindBoundary(limit) is var known && known > from)
        {
            return known;
        }

        return FindByIndex(
            segment,
            file,
            index => index.FloorOfPosition(limit) is { } floor && floor.Position > from ? floor : null,
            (limit, end),
            indexIntervalBytes,
            static (ref BatchWalk walk, (long Limit, int End) sought) =>
            {
                var boundary = walk.NextPosition;
                while (walk.MoveNext() && walk.NextPosition <= sought.Limit)
                {
                    boundary = walk.NextPosition;
                }

                return (int)boundary;
            },
            from);
    }

    /// <summary>Bytes of the batch at a position. Throws <see cref="IOException"/>.</summary>
    public static int BatchBytes(Segment segment, IStorageFile file, int position, int end)
    {
        using var walk = new BatchWalk(file, position, end, segment.BaseOffset, BatchWalk.LookupBufferBytes);
        walk.MoveNext();
        ThrowIfBroken(segment, walk);
        return walk.SizeBytes;
    }

    /// <summary>The nearest indexed place at or before an offset, checked against the log; 0 for the segment's start. Throws <see cref="IOException"/>.</summary>
    public static int StartFor(Segment segment, IStorageFile file, long offset, int end, int indexIntervalBytes) =>
        FindByIndex(segment, file, index => index.Floor(segment.Relative(offset)), (offset, end), indexIntervalBytes,
            static (ref BatchWalk walk, (long, int) _) => (int)walk.NextPosition);

    /// <summary>What the walk from an index entry looks for.</summary>
    private delegate int Look(ref BatchWalk walk, (long Value, int End) sought);

    private static int FindByIndex(
        Segment segment,
        IStorageFile file,
        Func<SegmentIndex, IndexedBatch?> floor,
        (long Value, int End) sought,
        int indexIntervalBytes,
        Look look,
        int from = 0)
    {
        while (true)
        {
            var index = segment.Index;
            IndexedBatch? entry;
            try
            {
                entry = floor(index);
            }
            catch (IndexDamagedException)
            {
                segment.RepairIndex(index, indexIntervalBytes);
                continue;
            }

            // An entry at or after the end that the caller sees was added since; the log below is whole all the same.
            entry = entry?.Position < sought.End ? entry : null;
            var walk = new BatchWalk(file, entry?.Position ?? from, sought.End, segment.BaseOffset, BatchWalk.LookupBufferBytes);
            try
            {
                if (entry is { } found)
                {
                    if (!walk.MoveNext() || walk.Header.LastOffset != segment.BaseOffset + found.RelativeLastOffset)
                    {
                        segment.RepairIndex(index, indexIntervalBytes);
                        continue;
                    }

                    walk.StepBack();
                }

                var result = look(ref walk, sought);
                ThrowIfBroken(segment, walk);
                return result;
            }
            finally
            {
                walk.Dispose();
            }
        }
    }

    private static void ThrowIfBroken(Segment segment, in BatchWalk walk)
    {
        if (walk.IsBroken)
        {
            throw new IOException($"{segment.File.Path} holds no batch at {walk.Position}");
        }
    }
}
