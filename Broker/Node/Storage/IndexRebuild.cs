namespace Broker.Node.Storage;

/// <summary>Makes a segment's indexes from its batches, by their headers. Holds nothing.</summary>
internal static class IndexRebuild
{
    /// <summary>Adds the entries to an empty index. Returns the largest timestamp and the last offset of its batch; -1 for none. Throws <see cref="IOException"/>.</summary>
    public static (long MaxTimestamp, long OffsetOfMax) Fill(
        SegmentIndex index, IStorageFile file, long baseOffset, int sizeBytes, int indexIntervalBytes, string path)
    {
        var (max, offsetOfMax, sinceIndexed) = (-1L, -1L, 0);
        using var walk = new BatchWalk(file, 0, sizeBytes, baseOffset, BatchWalk.ScanBufferBytes);
        while (walk.MoveNext())
        {
            var header = walk.Header;
            if (header.MaxTimestamp > max)
            {
                (max, offsetOfMax) = (header.MaxTimestamp, header.LastOffset);
            }

            if (sinceIndexed > indexIntervalBytes)
            {
                index.Add((int)(header.LastOffset - baseOffset), (int)walk.Position, max, (int)(offsetOfMax - baseOffset));
                sinceIndexed = 0;
            }

            sinceIndexed += walk.SizeBytes;
        }

        if (walk.IsBroken)
        {
            throw new IOException($"{path} holds no batch at {walk.Position}");
        }

        index.AddLastTime(max, (int)(offsetOfMax - baseOffset));
        return (max, offsetOfMax);
    }
}
