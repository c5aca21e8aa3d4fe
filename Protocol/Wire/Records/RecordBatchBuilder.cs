using System.Buffers.Binary;
using System.Text;
using Protocol.Wire.Records.Compression;

namespace Protocol.Wire.Records;

/// <summary>
/// Makes one batch of magic 2. Used by one owner, again and again: set the header's values, append records, take the batch,
/// <see cref="Reset"/>. Memory is kept between batches.
/// </summary>
public sealed class RecordBatchBuilder(CompressionType compression = CompressionType.None)
{
    private const int MaxVarIntBytes = 5;
    private const int MaxVarLongBytes = 10;

    private byte[] _buffer = new byte[512];
    private int _position = RecordBatchHeader.SizeBytes;
    private long _baseTimestamp;
    private long _maxTimestamp = -1;
    private bool _isBuilt;

    public CompressionType Compression { get; } = compression;

    /// <summary>Offset of the first record; 0 for what is produced.</summary>
    public long BaseOffset { get; set; }

    public int PartitionLeaderEpoch { get; set; } = -1;
    public long ProducerId { get; set; } = -1;
    public short ProducerEpoch { get; set; } = -1;

    /// <summary>Sequence of the first record.</summary>
    public int BaseSequence { get; set; } = -1;

    public bool IsTransactional { get; set; }
    public bool IsControl { get; set; }
    public TimestampType TimestampType { get; set; }

    /// <summary>The append time that a LogAppendTime batch carries as its largest timestamp, ms since the epoch; the records' largest when null.</summary>
    public long? LogAppendTimeMs { get; set; }

    /// <summary>Records so far.</summary>
    public int RecordCount { get; private set; }

    /// <summary>What the batch would have in bytes without compression.</summary>
    public int UncompressedSizeBytes => _position;

    /// <summary>Adds a record at the next offset.</summary>
    /// <param name="timestampMs">Its time, ms since the epoch.</param>
    /// <exception cref="InvalidOperationException">The batch was built and not <see cref="Reset"/>, or would exceed two gigabytes.</exception>
    public void Append(long timestampMs, NullableBytes key, NullableBytes value, ReadOnlySpan<RecordHeader> headers = default)
    {
        var headerBytes = 0;
        foreach (var header in headers)
        {
            var keyBytes = Encoding.UTF8.GetByteCount(header.Key);
            headerBytes += VarInt.SizeOf(keyBytes) + keyBytes + VarInt.SizeOf(header.Value?.Length ?? -1) + (header.Value?.Length ?? 0);
        }

        Begin(timestampMs, key, value, headers.Length, headerBytes);
        foreach (var header in headers)
        {
            var keyBytes = Encoding.UTF8.GetByteCount(header.Key);
            Write(keyBytes);
            _position += Encoding.UTF8.GetBytes(header.Key, _buffer.AsSpan(_position));
            Write((NullableBytes)header.Value);
        }

        RecordCount++;
    }

    /// <summary>Adds a record with headers as they stood in another batch.</summary>
    internal void Append(long timestampMs, NullableBytes key, NullableBytes value, int headerCount, ReadOnlySpan<byte> rawHeaders)
    {
        Begin(timestampMs, key, value, headerCount, rawHeaders.Length);
        rawHeaders.CopyTo(_buffer.AsSpan(_position));
        _position += rawHeaders.Length;
        RecordCount++;
    }

    /// <summary>The finished batch in a new array. Further appends need a <see cref="Reset"/> first.</summary>
    /// <exception cref="InvalidOperationException">No record was appended: a batch without records is not written.</exception>
    public byte[] Build()
    {
        if (RecordCount == 0)
        {
            throw new InvalidOperationException("a batch holds at least one record");
        }

        if (Compression == CompressionType.None)
        {
            return BuildInPlace().ToArray();
        }

        _isBuilt = true;
        using var packed = new PooledBuffer(Array.MaxLength - RecordBatchHeader.SizeBytes);
        RecordCodec.Compress(Compression, _buffer.AsSpan(RecordBatchHeader.SizeBytes, _position - RecordBatchHeader.SizeBytes), packed);
        var batch = GC.AllocateUninitializedArray<byte>(RecordBatchHeader.SizeBytes + packed.Written.Length);
        packed.Written.CopyTo(batch.AsSpan(RecordBatchHeader.SizeBytes));
        WriteHeader(batch);
        return batch;
    }

    /// <summary>
    /// The finished batch in the builder's own memory, without a copy: valid until <see cref="Reset"/>. Only without compression.
    /// </summary>
    /// <exception cref="InvalidOperationException">No record was appended, or the builder compresses.</exception>
    public ReadOnlyMemory<byte> BuildInPlace()
    {
        if (RecordCount == 0 || Compression != CompressionType.None)
        {
            throw new InvalidOperationException(RecordCount == 0 ? "a batch holds at least one record" : "what is compressed has no place here");
        }

        _isBuilt = true;
        WriteHeader(_buffer.AsSpan(0, _position));
        return _buffer.AsMemory(0, _position);
    }

    /// <summary>Back to no records; the header's values stay.</summary>
    public void Reset()
    {
        _position = RecordBatchHeader.SizeBytes;
        _maxTimestamp = -1;
        _isBuilt = false;
        RecordCount = 0;
    }

    private void Begin(long timestampMs, NullableBytes key, NullableBytes value, int headerCount, int headerBytes)
    {
        if (_isBuilt)
        {
            throw new InvalidOperationException("the batch was built already");
        }

        if (RecordCount == 0)
        {
            _baseTimestamp = timestampMs;
        }

        _maxTimestamp = Math.Max(_maxTimestamp, timestampMs);
        var timestampDelta = unchecked(timestampMs - _baseTimestamp);
        var size = 1L + VarInt.SizeOf(timestampDelta) + VarInt.SizeOf(RecordCount) + SizeOf(key) + SizeOf(value) + VarInt.SizeOf(headerCount) + headerBytes;
        Reserve(size + MaxVarIntBytes);
        Write((int)size);
        _buffer[_position++] = 0;
        _position += VarInt.Write(_buffer.AsSpan(_position), timestampDelta);
        Write(RecordCount);
        Write(key);
        Write(value);
        Write(headerCount);
    }

    private static long SizeOf(NullableBytes bytes) => bytes.IsNull ? 1 : VarInt.SizeOf(bytes.Span.Length) + (long)bytes.Span.Length;

    private void Write(int value) => _position += VarInt.Write(_buffer.AsSpan(_position), value);

    private void Write(NullableBytes bytes)
    {
        Write(bytes.IsNull ? -1 : bytes.Span.Length);
        bytes.Span.CopyTo(_buffer.AsSpan(_position));
        _position += bytes.Span.Length;
    }

    private void Reserve(long bytes)
    {
        var needed = _position + bytes + MaxVarLongBytes;
        if (needed > Array.MaxLength)
        {
            throw new InvalidOperationException("a batch does not grow beyond two gigabytes");
        }

        if (needed > _buffer.Length)
        {
            Array.Resize(ref _buffer, (int)Math.Min(Array.MaxLength, Math.Max(needed, _buffer.Length * 2L)));
        }
    }

    private void WriteHeader(Span<byte> batch)
    {
        var attributes = (short)Compression;
        attributes |= TimestampType == TimestampType.LogAppendTime ? RecordBatchHeader.LogAppendTimeBit : (short)0;
        attributes |= IsTransactional ? RecordBatchHeader.TransactionalBit : (short)0;
        attributes |= IsControl ? RecordBatchHeader.ControlBit : (short)0;
        var appendTime = TimestampType == TimestampType.LogAppendTime ? LogAppendTimeMs : null;
        BinaryPrimitives.WriteInt64BigEndian(batch, BaseOffset);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatchHeader.LengthAt..], batch.Length - RecordBatchHeader.LengthOverheadBytes);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatchHeader.PartitionLeaderEpochAt..], PartitionLeaderEpoch);
        batch[RecordBatchHeader.MagicAt] = (byte)RecordBatchHeader.CurrentMagic;
        BinaryPrimitives.WriteInt16BigEndian(batch[RecordBatchHeader.AttributesAt..], attributes);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatchHeader.LastOffsetDeltaAt..], RecordCount - 1);
        BinaryPrimitives.WriteInt64BigEndian(batch[RecordBatchHeader.BaseTimestampAt..], _baseTimestamp);
        BinaryPrimitives.WriteInt64BigEndian(batch[RecordBatchHeader.MaxTimestampAt..], appendTime ?? _maxTimestamp);
        BinaryPrimitives.WriteInt64BigEndian(batch[RecordBatchHeader.ProducerIdAt..], ProducerId);
        BinaryPrimitives.WriteInt16BigEndian(batch[RecordBatchHeader.ProducerEpochAt..], ProducerEpoch);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatchHeader.BaseSequenceAt..], BaseSequence);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatchHeader.RecordCountAt..], RecordCount);
        RecordBatch.WriteCrc(batch);
    }
}
