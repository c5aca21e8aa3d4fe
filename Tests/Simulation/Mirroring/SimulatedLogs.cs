using System.Buffers.Binary;
using Kernel.Machines;
using Protocol.Wire;
using Protocol.Wire.Records;

namespace Tests.Simulation.Mirroring;

/// <summary>A batch in a log: real bytes, so that machines and checks read what they would read in production.</summary>
/// <param name="Previous">What it was written behind; null for the first.</param>
internal sealed record StoredBatch(long BaseOffset, long NextOffset, byte[] Bytes, StoredBatch? Previous)
{
    public static StoredBatch Make(StoredBatch? previous, long baseOffset, int records, int bodyBytes, int leaderEpoch, long timestampMs, Prng prng)
    {
        var bytes = new byte[RecordBatchHeader.SizeBytes + bodyBytes];
        for (var i = RecordBatchHeader.SizeBytes; i < bytes.Length; i++)
        {
            bytes[i] = (byte)prng.Next(256);
        }

        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(8), bytes.Length - 12);
        bytes[16] = 2;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(23), records - 1);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(27), timestampMs);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(35), timestampMs);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(43), -1);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(57), records);
        RecordBatch.WriteCrc(bytes);
        RecordBatch.PatchOffsets(bytes, baseOffset, leaderEpoch);
        return new(baseOffset, baseOffset + records, bytes, previous);
    }
}

/// <summary>A partition of the source, with everything it ever held.</summary>
internal sealed class SourceLog
{
    private readonly List<StoredBatch> _all = [];
    private readonly List<StoredBatch> _lost = [];

    /// <summary>Committed batches are gone; a copy may have them.</summary>
    public bool HasLost => _lost.Count > 0;

    public long Start { get; private set; }
    public long End { get; private set; }
    public long HighWatermark { get; private set; }
    public int LeaderEpoch { get; set; }

    /// <summary>Somebody waits for the high watermark or the log start to move.</summary>
    public event Action? Moved;

    public void Append(int records, int bodyBytes, long timestampMs, Prng prng)
    {
        var batch = StoredBatch.Make(_all.LastOrDefault(), End, records, bodyBytes, LeaderEpoch, timestampMs, prng);
        _all.Add(batch);
        End = batch.NextOffset;
    }

    public void CommitAll()
    {
        if (HighWatermark < End)
        {
            HighWatermark = End;
            Moved?.Invoke();
        }
    }

    public void DeleteBefore(long offset)
    {
        if (offset > Start && offset <= HighWatermark)
        {
            Start = offset;
            Moved?.Invoke();
        }
    }

    /// <summary>The log comes back without its newest batches, committed ones too, as after a power cut without flushes or an unclean election.</summary>
    public void LoseEnd(int batches)
    {
        for (var i = 0; i < batches && _all.Count > 0 && _all[^1].BaseOffset >= Start; i++)
        {
            _lost.Add(_all[^1]);
            End = _all[^1].BaseOffset;
            _all.RemoveAt(_all.Count - 1);
        }

        HighWatermark = Math.Min(HighWatermark, End);
    }

    /// <summary>Whether these bytes were ever written here, and behind that batch.</summary>
    public StoredBatch? Written(long baseOffset, ReadOnlySpan<byte> bytes, StoredBatch? previous)
    {
        foreach (var batch in _all.Concat(_lost))
        {
            if (batch.BaseOffset == baseOffset && (previous is null || ReferenceEquals(batch.Previous, previous)) && bytes.SequenceEqual(batch.Bytes))
            {
                return batch;
            }
        }

        return null;
    }

    /// <summary>The committed batch at an offset, whether or not it is still in the log.</summary>
    public StoredBatch? Committed(long offset) => offset < HighWatermark ? _all.Find(b => b.BaseOffset <= offset && offset < b.NextOffset) : null;

    public (ErrorCode Error, byte[]? Bytes) Read(long offset, int maxBytes, bool minOneBatch, Prng prng)
    {
        if (offset < Start || offset > End)
        {
            return (ErrorCode.OffsetOutOfRange, null);
        }

        var bytes = new List<byte>();
        for (var batch = Committed(offset); batch is not null && (bytes.Count == 0 ? minOneBatch || batch.Bytes.Length <= maxBytes : bytes.Count < maxBytes); batch = Committed(batch.NextOffset))
        {
            // Apache Kafka cuts the last batch where the limit falls.
            var room = bytes.Count == 0 ? batch.Bytes.Length : Math.Min(batch.Bytes.Length, maxBytes - bytes.Count);
            bytes.AddRange(prng.Chance(0.5) || room == batch.Bytes.Length ? batch.Bytes.AsSpan(0, room) : []);
            if (room < batch.Bytes.Length)
            {
                break;
            }
        }

        return (ErrorCode.None, bytes.Count == 0 ? null : [.. bytes]);
    }
}

/// <summary>A partition of the copy, as our broker keeps it. What it accepts it checks against the truth: what the source's log was at one time.</summary>
internal sealed class CopyLog(SourceLog truth)
{
    private readonly List<StoredBatch> _stored = [];

    public long Start { get; private set; }
    public long End { get; private set; }

    public ErrorCode Append(ReadOnlySpan<byte> batches, long sourceStart)
    {
        var reader = new RecordBatchReader(batches);
        while (reader.MoveNext())
        {
            var header = reader.Header;
            if (!RecordBatch.HasValidCrc(reader.Current))
            {
                return ErrorCode.CorruptMessage;
            }

            if (header.NextOffset <= End)
            {
                var baseOffset = header.BaseOffset;
                var own = _stored.Find(b => b.BaseOffset == baseOffset);
                if (header.NextOffset > Start && (own is null || !own.Bytes.AsSpan().SequenceEqual(reader.Current)))
                {
                    return ErrorCode.CorruptMessage;
                }

                continue;
            }

            if (header.BaseOffset < End)
            {
                return ErrorCode.CorruptMessage;
            }

            if (header.BaseOffset > End)
            {
                if (header.BaseOffset > sourceStart)
                {
                    return ErrorCode.OffsetOutOfRange;
                }

                _stored.Clear();
                Start = sourceStart;
            }

            // What the source has deleted, says nothing any more of what comes behind it.
            var previous = header.BaseOffset > sourceStart ? _stored.LastOrDefault() : null;
            var written = truth.Written(header.BaseOffset, reader.Current, previous);
            Assert.True(written is not null, $"not what the source ever had behind offset {previous?.NextOffset}, at offset {header.BaseOffset}");
            _stored.Add(written);
            End = header.NextOffset;
        }

        Assert.Equal(batches.Length, reader.NextPositionBytes);
        Assert.True(sourceStart <= End, "where a copy begins is said by a batch: the source's log start may lie within one");
        if (sourceStart > Start)
        {
            Start = sourceStart;
            _stored.RemoveAll(b => b.NextOffset <= Start);
        }

        return ErrorCode.None;
    }

    /// <summary>The copy holds exactly what the source has committed and kept.</summary>
    public void AssertEqualToSource(string name)
    {
        if (truth.Start == truth.HighWatermark && End < truth.Start)
        {
            // Retention took everything; where the copy goes on is said by the next batch.
            return;
        }

        Assert.True(End == truth.HighWatermark, $"{name}: the copy ends at {End}, the source's committed log at {truth.HighWatermark}");
        Assert.True(Start == truth.Start, $"{name}: the copy starts at {Start}, the source at {truth.Start}");
        for (var offset = Start; offset < End;)
        {
            var own = _stored.Find(b => b.BaseOffset <= offset && offset < b.NextOffset);
            Assert.True(own is not null, $"{name}: the copy has nothing at {offset}");
            Assert.Same(truth.Committed(offset), own);
            offset = own.NextOffset;
        }
    }
}
