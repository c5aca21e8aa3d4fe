namespace Protocol.Wire.Records;

/// <summary>How the records of a batch are packed: bits 0 to 2 of its attributes. 5 to 7 are not assigned.</summary>
public enum CompressionType : byte
{
    None = 0,
    Gzip = 1,
    Snappy = 2,
    Lz4 = 3,
    Zstd = 4,
}

/// <summary>What the timestamps of a batch mean: bit 3 of its attributes (KIP-32).</summary>
public enum TimestampType : byte
{
    /// <summary>Each record has the time that its producer gave.</summary>
    CreateTime = 0,

    /// <summary>All records have the time at which the broker appended them, which is the batch's largest timestamp.</summary>
    LogAppendTime = 1,
}
