using Broker.Node.Storage;

namespace Broker.Node.Partitions;

/// <summary>What all partitions of a table share. Made and owned by the table.</summary>
internal sealed record PartitionServices(
    PartitionTableOptions Options, IStorage Storage, OpenFiles OpenFiles, LogDirectory Directory, FlushQueue Flushes, StorageMetrics Metrics)
{
    /// <summary>256 MiB are checked in some 0.1 s, and are no more than a few rounds a second at what a disk takes.</summary>
    private const long MaxRestartDebtBytes = 256 * 1024 * 1024;

    /// <summary>What a restart would have to check.</summary>
    public RestartDebt Debt { get; } = new(MaxRestartDebtBytes);

    /// <summary>Whether the disk takes appends.</summary>
    public AppendRefusals Refusals { get; } = new(Options.LogDirectory, Options.Logger);

    /// <summary>Opens the folders of logs.</summary>
    public LogOpening Opening { get; } = new(Storage, OpenFiles, Options.Logger);

    /// <summary>A record is committed once it is on disk, not when it was handed to the operating system.</summary>
    public bool CommitsWhenDurable => Options.Flush == FlushMode.Batch;

    /// <summary>Milliseconds since the Unix epoch.</summary>
    public long WallMs => Options.Clock.WallMs;
}
