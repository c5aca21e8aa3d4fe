using Kernel;
using Protocol.Wire.Records.Compression;

namespace Protocol.Wire.Records;

/// <summary>
/// Walks the records of one whole batch, decompressing it first where needed. Owned by the caller and disposed by it; keys, values and
/// headers are slices that hold until then. Nothing is thrown for bad input: the walk ends early and <see cref="IsMalformed"/> says so.
/// The checksum is not looked at.
/// </summary>
public ref struct RecordReader : IDisposable
{
    private readonly ReadOnlySpan<byte> _records;
    private readonly PooledBuffer? _decompressed;
    private readonly long _baseOffset;
    private readonly long _baseTimestamp;
    private readonly long _logAppendTime;
    private readonly bool _hasLogAppendTime;
    private RecordFields _current;
    private int _next;

    /// <summary>Opens a batch; decompression happens here.</summary>
    /// <param name="batch">Exactly the batch, header included. Shorter than a header counts as malformed.</param>
    /// <param name="maxDecompressedBytes">A batch that unpacks to more counts as malformed.</param>
    public RecordReader(ReadOnlySpan<byte> batch, int maxDecompressedBytes = Limits.MaxDecompressedBatchBytes)
    {
        Index = -1;
        if (batch.Length < RecordBatchHeader.SizeBytes)
        {
            IsMalformed = true;
            return;
        }

        var header = new RecordBatchHeader(batch);
        RecordCount = header.RecordCount;
        _baseOffset = header.BaseOffset;
        _baseTimestamp = header.BaseTimestamp;
        _hasLogAppendTime = header.TimestampType == TimestampType.LogAppendTime;
        _logAppendTime = header.MaxTimestamp;
        _records = batch[RecordBatchHeader.SizeBytes..];
        if (header.Compression != CompressionType.None)
        {
            _decompressed = new PooledBuffer(maxDecompressedBytes);
            IsMalformed = RecordCodec.Decompress(header.Compression, _records, _decompressed) != DecompressResult.Done;
            _records = _decompressed.Written;
        }

        IsMalformed |= RecordCount < 0;
    }

    /// <summary>Records by the header's account. After the walk it is true, unless malformed.</summary>
    public int RecordCount { get; }

    /// <summary>
    /// The walk ended, or could not begin, because the bytes are no batch: they are cut, do not unpack, or hold more or fewer records than
    /// announced.
    /// </summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Place of the current record in the batch, from 0; -1 before the first.</summary>
    public int Index { get; private set; }

    /// <summary>Offset of the current record.</summary>
    public readonly long Offset => _baseOffset + _current.OffsetDelta;

    /// <summary>Offset of the current record less the batch's.</summary>
    public readonly int OffsetDelta => _current.OffsetDelta;

    /// <summary>Time of the current record, ms since the epoch: the producer's, or the append time for all records of a LogAppendTime batch.</summary>
    public readonly long Timestamp => _hasLogAppendTime ? _logAppendTime : unchecked(_baseTimestamp + _current.TimestampDelta);

    /// <summary>Key of the current record.</summary>
    public readonly NullableBytes Key => Slice(_current.KeyAt, _current.KeyLength);

    /// <summary>Value of the current record; null is a tombstone.</summary>
    public readonly NullableBytes Value => Slice(_current.ValueAt, _current.ValueLength);

    /// <summary>Headers of the current record.</summary>
    public readonly RecordHeaderReader Headers => new(RawHeaders, _current.HeaderCount);

    /// <summary>The headers as they stand in the record, without their count.</summary>
    internal readonly ReadOnlySpan<byte> RawHeaders => _records[_current.HeadersAt.._current.End];

    /// <summary>Goes on to the next record; false after the last, or when malformed.</summary>
    public bool MoveNext()
    {
        if (IsMalformed)
        {
            return false;
        }

        if (Index + 1 >= RecordCount)
        {
            IsMalformed = _next != _records.Length;
            return false;
        }

        if (!RecordFields.TryRead(_records, _next, out _current))
        {
            _current = default;
            IsMalformed = true;
            return false;
        }

        _next = _current.End;
        Index++;
        return true;
    }

    /// <summary>Gives the memory back; slices of it are void.</summary>
    public readonly void Dispose() => _decompressed?.Dispose();

    private readonly NullableBytes Slice(int at, int length) => length < 0 ? NullableBytes.Null : new NullableBytes(_records.Slice(at, length));
}

/// <summary>Walks the headers of one record (KIP-82). Valid as long as the <see cref="RecordReader"/> that it came from.</summary>
public ref struct RecordHeaderReader
{
    private readonly ReadOnlySpan<byte> _bytes;
    private int _position;
    private int _left;

    internal RecordHeaderReader(ReadOnlySpan<byte> bytes, int count)
    {
        _bytes = bytes;
        _left = Count = count;
    }

    /// <summary>How many headers there are, before and after the walk.</summary>
    public int Count { get; }

    /// <summary>Name of the current header, UTF-8 unless the producer erred.</summary>
    public ReadOnlySpan<byte> Key { get; private set; }

    /// <summary>Value of the current header.</summary>
    public NullableBytes Value { get; private set; }

    /// <summary>Goes on to the next header.</summary>
    public bool MoveNext()
    {
        if (_left == 0)
        {
            return false;
        }

        _left--;

        // The lengths were walked when the record was read, so these cannot fail.
        var read = RecordFields.TrySkipNullable(_bytes, ref _position, out var keyAt, out var keyLength)
            & RecordFields.TrySkipNullable(_bytes, ref _position, out var valueAt, out var valueLength);
        Ensure.That(read && keyLength >= 0, "headers are read after their record was");
        Key = _bytes.Slice(keyAt, keyLength);
        Value = valueLength < 0 ? NullableBytes.Null : new NullableBytes(_bytes.Slice(valueAt, valueLength));
        return true;
    }
}
