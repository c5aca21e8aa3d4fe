namespace Protocol.Wire.Records;

/// <summary>
/// Makes one batch of magic 2. Used by one owner, again and again: set the header's values, append records, take the batch,
/// <see cref="Reset"/>. Memory is kept between batches.
/// </summary>
public sealed class RecordBatchBuilder(CompressionType compression = CompressionType.None)
{
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

    /// <summary>Records so far.</summary>
    public int RecordCount => 0;

    /// <summary>What the batch would have in bytes without compression.</summary>
    public int UncompressedSizeBytes => 0;

    /// <summary>Adds a record at the next offset.</summary>
    /// <param name="timestampMs">Its time, ms since the epoch.</param>
    public void Append(long timestampMs, NullableBytes key, NullableBytes value, ReadOnlySpan<RecordHeader> headers = default) => throw new NotImplementedException();

    /// <summary>The finished batch in a new array. Further appends need a <see cref="Reset"/> first.</summary>
    public byte[] Build() => throw new NotImplementedException();

    /// <summary>Back to no records; the header's values stay.</summary>
    public void Reset() => throw new NotImplementedException();
}
