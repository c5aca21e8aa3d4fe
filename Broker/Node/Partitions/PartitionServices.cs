using Broker.Node.Storage;

namespace Broker.Node.Partitions;

/// <summary>What all partitions of a table share. Made and owned by the table.</summary>
internal sealed record PartitionServices(
    PartitionTableOptions Options, IStorage Storage, OpenFiles OpenFiles, LogDirectory Directory, FlushQueue Flushes, StorageMetrics Metrics)
{
    /// <summary>Opens the folders of logs.</summary>
    public LogOpening Opening { get; } = new(Storage, OpenFiles, Options.Logger);

    /// <summary>A record is committed once it is on disk, not when it was handed to the operating system.</summary>
    public bool CommitsWhenDurable => Options.Flush == FlushMode.Batch;

    /// <summary>Milliseconds since the Unix epoch.</summary>
    public long WallMs => Options.Clock.WallMs;
}
