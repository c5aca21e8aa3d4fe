using Broker.Node.Listening;
using Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Broker.Node;

/// <summary>When a record counts as written.</summary>
public enum FlushMode
{
    /// <summary>On disk (group-commit fdatasync): a power cut takes back nothing that was acknowledged. The default.</summary>
    Batch,

    /// <summary>Handed to the operating system, as Apache Kafka's default: survives the process, not the machine.</summary>
    Os,
}

/// <summary>What an operator says of a broker.</summary>
public sealed record BrokerOptions
{
    /// <summary>Where everything is kept. One process at a time.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The broker's id within its cluster. Each region's cluster has one broker, so 1 fits all.</summary>
    public int NodeId { get; init; } = 1;

    /// <summary>The cluster's id. Null: what the directory says, or a new one.</summary>
    public string? ClusterId { get; init; }

    /// <summary>Number of the region, from 0: producer ids of different regions never meet, because mirrored batches keep theirs.</summary>
    public int RegionSlot { get; init; }

    /// <summary>The region's name, shown as the broker's rack; null: none.</summary>
    public string? Rack { get; init; }

    /// <summary>Where to listen; the first is the one that the ready line names.</summary>
    public required IReadOnlyList<Listener> Listeners { get; init; }

    /// <summary>When an append counts as done (log.flush). Durable unless said otherwise.</summary>
    public FlushMode Flush { get; init; } = FlushMode.Batch;

    /// <summary>Where the node's log lines go.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>The time that the node lives by.</summary>
    public Clock Clock { get; init; } = Clock.System;

    /// <summary>Kafka's broker properties, as `--set name=value`. Unknown names and bad values are refused at the start.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();
}
