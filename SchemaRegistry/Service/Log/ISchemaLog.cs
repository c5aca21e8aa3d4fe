namespace SchemaRegistry.Service.Log;

/// <summary>
/// The log of one tenant's registry: where it is durable and in which order things happened. Several instances may share it; each reads what
/// all wrote. Used by one <see cref="State.TenantRegistry"/>, which reads and appends at the same time.
/// </summary>
public interface ISchemaLog : IAsyncDisposable
{
    /// <summary>Finds the log, or makes it. Throws <see cref="IOException"/> when it cannot be reached; the caller tries again.</summary>
    Task<SchemaLogBounds> OpenAsync(CancellationToken cancel);

    /// <summary>
    /// Appends records as one batch, all or none, and gives the offset of the first once they are durable. Each record carries the offset that
    /// it was meant for, beginning with the expected one: when another instance was faster, it lies elsewhere and every reader ignores it.
    /// Throws <see cref="SchemaTooLargeException"/> when the batch exceeds what the log takes; <see cref="IOException"/> when nobody knows whether
    /// it was written.
    /// </summary>
    Task<long> AppendAsync(IReadOnlyList<SchemaLogEntry> entries, long expectedOffset, CancellationToken cancel);

    /// <summary>
    /// Reads from an offset, waiting a while for something to come. Throws <see cref="IOException"/> when it cannot be read now, and
    /// <see cref="SchemaLogLostException"/> when the log does not reach to the offset any more.
    /// </summary>
    Task<SchemaLogPage> ReadAsync(long offset, CancellationToken cancel);
}

/// <summary>What a log is.</summary>
/// <param name="Identity">Another one after the log was deleted and made again.</param>
/// <param name="End">Offset of the next record.</param>
public readonly record struct SchemaLogBounds(Guid Identity, long End);

/// <summary>What is appended.</summary>
/// <param name="Value">Null deletes the key.</param>
public readonly record struct SchemaLogEntry(byte[] Key, byte[]? Value, long TimestampMs);

/// <summary>What is read.</summary>
/// <param name="MeantFor">The offset that its writer expected; null when it expected none (records of other registries).</param>
public readonly record struct SchemaLogRecord(long Offset, byte[] Key, byte[]? Value, long TimestampMs, long? MeantFor)
{
    /// <summary>Its writer had seen all that came before, so what it decided holds.</summary>
    public bool IsValid => MeantFor is null || MeantFor == Offset;
}

/// <summary>A part of the log.</summary>
/// <param name="Next">Where to read on. Offsets have gaps after compaction.</param>
/// <param name="End">Offset of the next record to be written, as far as known.</param>
public readonly record struct SchemaLogPage(IReadOnlyList<SchemaLogRecord> Records, long Next, long End);

/// <summary>The records do not fit the log's largest batch.</summary>
public sealed class SchemaTooLargeException(string message) : Exception(message);

/// <summary>The log was cut, or deleted and made again: what was read of it is worth nothing.</summary>
public sealed class SchemaLogLostException(string message) : Exception(message);
