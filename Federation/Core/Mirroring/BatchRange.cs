using Protocol.Wire.Records;

namespace Federation.Core.Mirroring;

/// <summary>What a run of batches covers, by the headers alone: neither records nor checksums are looked at (the copy's broker checks those).</summary>
/// <param name="BaseOffset">Offset of the first batch.</param>
/// <param name="NextOffset">Offset after the last whole batch.</param>
/// <param name="WholeBytes">Bytes of whole batches; what follows is cut. 0: no whole batch.</param>
/// <param name="MaxTimestamp">Largest timestamp of the batches, ms since the Unix epoch; -1 for none.</param>
/// <param name="FirstEpoch">Leader epoch of the first batch; -1 for none.</param>
/// <param name="LastEpoch">Leader epoch of the last whole batch; -1 for none.</param>
/// <param name="IsMalformed">A header says what no log says: another magic, an impossible length, or offsets that go back.</param>
public readonly record struct BatchRange(long BaseOffset, long NextOffset, int WholeBytes, long MaxTimestamp, int FirstEpoch, int LastEpoch, bool IsMalformed)
{
    /// <summary>Walks the batches. A cut batch at the end is no error: a fetch may end in one.</summary>
    public static BatchRange Read(ReadOnlySpan<byte> bytes)
    {
        long first = -1, next = -1, newest = -1;
        int firstEpoch = -1, lastEpoch = -1;
        var reader = new RecordBatchReader(bytes);
        while (reader.MoveNext())
        {
            var header = reader.Header;
            var isStored = header.Magic == RecordBatchHeader.CurrentMagic && header.LastOffsetDelta >= 0 && header.BaseOffset >= 0;
            if (!isStored || (next >= 0 && header.BaseOffset < next) || header.BaseOffset > long.MaxValue - header.LastOffsetDelta - 1)
            {
                return new(first, next, reader.PositionBytes, newest, firstEpoch, lastEpoch, IsMalformed: true);
            }

            firstEpoch = first < 0 ? header.PartitionLeaderEpoch : firstEpoch;
            lastEpoch = header.PartitionLeaderEpoch;
            first = first < 0 ? header.BaseOffset : first;
            next = header.NextOffset;
            newest = Math.Max(newest, header.MaxTimestamp);
        }

        return new(first, next, reader.PositionBytes, newest, firstEpoch, lastEpoch, reader.IsMalformed);
    }
}
