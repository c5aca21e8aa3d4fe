using System.Net;
using Broker.Node.Metadata;
using Broker.Node.Partitions;

namespace Broker.Node;

/// <summary>A broker: opens its directory, loads metadata and partitions, and serves. Made by a process of its own or embedded, several to a process.</summary>
public sealed class BrokerNode : IAsyncDisposable
{
    private BrokerNode(BrokerOptions options) => Options = options;

    public BrokerOptions Options { get; }

    public MetadataStore Metadata { get; } = new();

    public PartitionTable Partitions { get; } = null!;

    /// <summary>The cluster's id.</summary>
    public string ClusterId => Metadata.Image.ClusterId;

    /// <summary>The bound endpoints, in the order of the listeners in the options.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints { get; } = [];

    /// <summary>Returns when the node serves. Throws <see cref="BrokerStartException"/> with a message for people when it cannot.</summary>
    public static Task<BrokerNode> StartAsync(BrokerOptions options, CancellationToken cancel = default)
    {
        _ = new BrokerNode(options);
        throw new NotImplementedException();
    }

    /// <summary>Stops listening, answers what is under way, writes what is dirty, leaves a clean-shutdown mark.</summary>
    public Task StopAsync() => throw new NotImplementedException();

    /// <summary>Writes metrics in Prometheus' text format.</summary>
    /// <param name="labels">Put into every metric, as `region="eu"`; empty for none.</param>
    public void WriteMetrics(TextWriter writer, string labels = "") => throw new NotImplementedException();

    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);
}

/// <summary>The broker cannot start: a directory in use, a port taken, a bad setting. The message is for people.</summary>
public sealed class BrokerStartException(string message, Exception? cause = null) : Exception(message, cause);
