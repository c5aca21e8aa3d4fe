using Broker.Node.Storage;
using Hosting;
using Microsoft.Extensions.Logging;

namespace Broker.Node.Partitions;

/// <summary>What the partition table needs of its host.</summary>
/// <param name="LogDirectory">Folder of the logs, one folder a partition in it, as in Kafka (`topic-0`). Owned by this process (the lock is the host's).</param>
/// <param name="Flush">When an append is committed.</param>
/// <param name="OnFailure">Called once when a log's disk failed: that log acknowledges nothing any more. It must not throw.</param>
/// <param name="Storage">The disk; null: the real one.</param>
public sealed record PartitionTableOptions(
    string LogDirectory, FlushMode Flush, Clock Clock, ILogger Logger, Action<string, Exception>? OnFailure = null, IStorage? Storage = null)
{
    /// <summary>Time between two searches for segments that retention takes (log.retention.check.interval.ms).</summary>
    public TimeSpan RetentionCheckInterval { get; init; } = TimeSpan.FromMinutes(5);
}
