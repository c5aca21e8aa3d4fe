using System.Buffers.Binary;

namespace Protocol.Wire.Records;

/// <summary>
/// The 61 bytes before the records of a batch of magic 2 (KIP-98), read in place. It decides nothing: any 61 bytes can be looked at, and
/// only <see cref="BatchCheck"/> says whether they make a batch. Valid as long as the span it was made from.
/// </summary>
public readonly ref struct RecordBatchHeader
{
    /// <summary>Bytes from the base offset to the record count. No whole batch is shorter.</summary>
    public const int SizeBytes = 61;

    /// <summary>Base offset and length field: what the length field does not count.</summary>
    public const int LengthOverheadBytes = 12;

    /// <summary>The only magic that is stored or served (KIP-896 ended the older ones).</summary>
    public const sbyte CurrentMagic = 2;

    internal const int LengthAt = 8;
    internal const int PartitionLeaderEpochAt = 12;
    internal const int MagicAt = 16;
    internal const int CrcAt = 17;
    internal const int AttributesAt = 21;
    internal const int LastOffsetDeltaAt = 23;
    internal const int BaseTimestampAt = 27;
    internal const int MaxTimestampAt = 35;
    internal const int ProducerIdAt = 43;
    internal const int ProducerEpochAt = 51;
    internal const int BaseSequenceAt = 53;
    internal const int RecordCountAt = 57;

    internal const short CompressionMask = 0x07;
    internal const short LogAppendTimeBit = 0x08;
    internal const short TransactionalBit = 0x10;
    internal const short ControlBit = 0x20;
    internal const short DeleteHorizonBit = 0x40;

    private readonly ReadOnlySpan<byte> _bytes;

    /// <summary>Looks at a batch that begins at the span's first byte.</summary>
    /// <exception cref="ArgumentException">The span is shorter than <see cref="SizeBytes"/>.</exception>
    public RecordBatchHeader(ReadOnlySpan<byte> batch)
    {
        if (batch.Length < SizeBytes)
        {
            throw new ArgumentException($"a batch header has {SizeBytes} bytes, not {batch.Length}", nameof(batch));
        }

        _bytes = batch;
    }

    /// <summary>Offset of the first record: the producer's 0, or the log's after <see cref="RecordBatch.PatchOffsets"/>.</summary>
    public long BaseOffset => BinaryPrimitives.ReadInt64BigEndian(_bytes);

    /// <summary>The whole batch in bytes by its own account: 12 + the length field. Above int.MaxValue or below <see cref="SizeBytes"/> for a lying field.</summary>
    public long BatchLengthBytes => LengthOverheadBytes + (long)BinaryPrimitives.ReadInt32BigEndian(_bytes[LengthAt..]);

    /// <summary>Epoch of the leader that appended the batch; -1 before.</summary>
    public int PartitionLeaderEpoch => BinaryPrimitives.ReadInt32BigEndian(_bytes[PartitionLeaderEpochAt..]);

    public sbyte Magic => (sbyte)_bytes[MagicAt];

    /// <summary>CRC-32C of everything from the attributes to the end, so that offsets and leader epoch can be patched without a new one.</summary>
    public uint Crc => BinaryPrimitives.ReadUInt32BigEndian(_bytes[CrcAt..]);

    public short Attributes => BinaryPrimitives.ReadInt16BigEndian(_bytes[AttributesAt..]);

    /// <summary>Offset of the last record less the base offset. After compaction the last record itself may be gone.</summary>
    public int LastOffsetDelta => BinaryPrimitives.ReadInt32BigEndian(_bytes[LastOffsetDeltaAt..]);

    /// <summary>Timestamp of the first record, ms since the epoch; the delete horizon when <see cref="HasDeleteHorizon"/> (KIP-534).</summary>
    public long BaseTimestamp => BinaryPrimitives.ReadInt64BigEndian(_bytes[BaseTimestampAt..]);

    /// <summary>Largest timestamp of the records, ms since the epoch; the append time for LogAppendTime; -1 for none.</summary>
    public long MaxTimestamp => BinaryPrimitives.ReadInt64BigEndian(_bytes[MaxTimestampAt..]);

    /// <summary>The producer, or below 0 for none.</summary>
    public long ProducerId => BinaryPrimitives.ReadInt64BigEndian(_bytes[ProducerIdAt..]);

    public short ProducerEpoch => BinaryPrimitives.ReadInt16BigEndian(_bytes[ProducerEpochAt..]);

    /// <summary>Sequence number of the first record, or -1. Sequences wrap from int.MaxValue to 0.</summary>
    public int BaseSequence => BinaryPrimitives.ReadInt32BigEndian(_bytes[BaseSequenceAt..]);

    /// <summary>How many records follow, by the batch's own account.</summary>
    public int RecordCount => BinaryPrimitives.ReadInt32BigEndian(_bytes[RecordCountAt..]);

    /// <summary>The codec bits; values above <see cref="CompressionType.Zstd"/> are no codec.</summary>
    public CompressionType Compression => (CompressionType)(Attributes & CompressionMask);

    public TimestampType TimestampType => (Attributes & LogAppendTimeBit) != 0 ? TimestampType.LogAppendTime : TimestampType.CreateTime;

    public bool IsTransactional => (Attributes & TransactionalBit) != 0;

    /// <summary>The batch holds a marker, not a client's records.</summary>
    public bool IsControl => (Attributes & ControlBit) != 0;

    /// <summary>The base timestamp says when tombstones and markers of the batch may go.</summary>
    public bool HasDeleteHorizon => (Attributes & DeleteHorizonBit) != 0;

    /// <summary>A producer id is set: retries of the batch are recognised by its sequence.</summary>
    public bool HasProducerId => ProducerId >= 0;

    /// <summary>Offset of the last record.</summary>
    public long LastOffset => BaseOffset + LastOffsetDelta;

    /// <summary>Offset after the last record.</summary>
    public long NextOffset => LastOffset + 1;

    /// <summary>Sequence number of the last record; -1 without a producer.</summary>
    public int LastSequence => HasProducerId ? Sequences.Add(BaseSequence, LastOffsetDelta) : -1;
}
