using System.Net;
using System.Net.Sockets;
using Broker.Core.Configs;
using Broker.Core.Groups;
using Broker.Core.Metadata;
using Broker.Node.Apis;
using Broker.Node.Fetching;
using Broker.Node.Groups;
using Broker.Node.Listening;
using Broker.Node.Metadata;
using Broker.Node.Partitions;
using Broker.Node.Waiting;
using Hosting.Durability;
using Microsoft.Extensions.Logging;

namespace Broker.Node;

/// <summary>A broker: opens its directory, loads metadata and partitions, and serves. Made by a process of its own or embedded, several to a process.</summary>
public sealed partial class BrokerNode : IAsyncDisposable
{
    // Long enough for a long poll to be answered, short enough for a restart.
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(2);

    private readonly List<OpenListener> _listeners = [];
    private readonly DirectoryLock _lock;
    private readonly Lock _stopGate = new();
    private Task? _stop;
    private long _failedLogs;
    private bool _isServing;

    private BrokerNode(BrokerOptions options, DirectoryLock directoryLock, MetadataStore metadata)
    {
        Options = options;
        _lock = directoryLock;
        Metadata = metadata;
        Partitions = new PartitionTable(new PartitionTableOptions(
            LogDirectoryOf(options), options.Flush, options.Clock, options.Logger, OnFailure)
        {
            RetentionCheckInterval = Settings.Milliseconds("log.retention.check.interval.ms"),
        });
        ProducerIds = new ProducerIds(metadata, options.RegionSlot);
        Wheel = new TimingWheel(options.Clock);
        FetchSessions = new FetchSessions(options.Clock, Settings.Int("max.incremental.fetch.session.cache.slots"));
        Groups = new GroupCoordinator(Partitions, metadata, Wheel, options.Clock, GroupSettings.Of(metadata.Settings), options.Logger);
    }

    public BrokerOptions Options { get; }

    public MetadataStore Metadata { get; }

    public PartitionTable Partitions { get; }

    /// <summary>Where idempotent producers get their ids.</summary>
    public ProducerIds ProducerIds { get; }

    /// <summary>Ends what waits: long polls, acknowledgements, sessions of group members.</summary>
    internal TimingWheel Wheel { get; }

    /// <summary>The incremental fetch sessions.</summary>
    internal FetchSessions FetchSessions { get; }

    /// <summary>The groups.</summary>
    public GroupCoordinator Groups { get; }

    /// <summary>What the node counts.</summary>
    public NodeMetrics Metrics { get; } = new();

    /// <summary>The APIs that are served.</summary>
    public ApiTable Apis { get; private set; } = new([]);

    /// <summary>The broker's settings as of now.</summary>
    public BrokerConfigView Settings => Metadata.Settings;

    /// <summary>The cluster's id.</summary>
    public string ClusterId => Metadata.Image.ClusterId;

    /// <summary>What is not well, in words; empty when all is.</summary>
    public IReadOnlyList<string> Troubles()
    {
        var troubles = new List<string>();
        if (Partitions.RefusalReason is { } reason)
        {
            troubles.Add($"the broker's disk refuses appends: {reason}");
        }

        if (Metadata.Trouble is { } trouble)
        {
            troubles.Add($"the broker's metadata log: {trouble}");
        }

        if (Volatile.Read(ref _failedLogs) is > 0 and var failed)
        {
            troubles.Add($"{failed} of the broker's logs failed and acknowledge nothing until it is started again");
        }

        return troubles;
    }

    /// <summary>The bound endpoints, in the order of the listeners in the options.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints => [.. _listeners.Select(l => l.EndPoint)];

    /// <summary>Returns when the node serves. Throws <see cref="BrokerStartException"/> with a message for people when it cannot.</summary>
    public static async Task<BrokerNode> StartAsync(BrokerOptions options, CancellationToken cancel = default)
    {
        var configs = BrokerOptionsCheck.Run(options);
        DirectoryLock? directoryLock = null;
        MetadataStore? metadata = null;
        BrokerNode? node = null;
        try
        {
            Disk.CreateDirectory(options.DataDirectory);
            directoryLock = DirectoryLock.Take(options.DataDirectory);
            Directory.CreateDirectory(LogDirectoryOf(options));

            // Syncs the data directory, in which the logs' name is new perhaps.
            metadata = MetadataStore.Open(Path.Combine(options.DataDirectory, "metadata"), configs, options.Clock, options.Logger);
            if (options.ClusterId is { } wanted && metadata.Image.ClusterId is { Length: > 0 } known && wanted != known)
            {
                throw new BrokerStartException($"Data directory {options.DataDirectory} belongs to cluster {known}, not to {wanted}.");
            }

            node = new BrokerNode(options, directoryLock, metadata);
            await node.ServeAsync(cancel).ConfigureAwait(false);
            return node;
        }
        catch (Exception e)
        {
            if (node is not null)
            {
                await node.StopAsync().ConfigureAwait(false);
            }
            else
            {
                metadata?.Dispose();
                directoryLock?.Dispose();
            }

            if (e is IOException or UnauthorizedAccessException or SocketException)
            {
                throw new BrokerStartException(e.Message, e);
            }

            throw;
        }
    }

    /// <summary>Stops listening, answers what is under way, writes what is dirty, leaves a clean-shutdown mark.</summary>
    public Task StopAsync()
    {
        lock (_stopGate)
        {
            return _stop ??= StopOnceAsync();
        }
    }

    /// <summary>Writes metrics in Prometheus' text format.</summary>
    /// <param name="labels">Put into every metric, as `region="eu"`; empty for none.</param>
    public void WriteMetrics(TextWriter writer, string labels = "")
    {
        var image = Metadata.Image;
        Metrics.Write(writer, labels);
        NodeMetrics.Write(writer, labels, "broker_connections", "gauge", _listeners.Sum(l => (long)l.ConnectionCount));
        NodeMetrics.Write(writer, labels, "broker_topics", "gauge", image.Topics.Count);
        NodeMetrics.Write(writer, labels, "broker_partitions", "gauge", Partitions.Topics.Sum(t => (long)t.Partitions.Count));
        NodeMetrics.Write(writer, labels, "broker_log_bytes", "gauge", Partitions.Topics.Sum(t => t.Partitions.Sum(p => p.SizeBytes)));
        NodeMetrics.Write(writer, labels, "broker_appended_bytes_total", "counter", Partitions.Metrics.BytesAppended);
        NodeMetrics.Write(writer, labels, "broker_appended_records_total", "counter", Partitions.Metrics.RecordsAppended);
        NodeMetrics.Write(writer, labels, "broker_appended_batches_total", "counter", Partitions.Metrics.BatchesAppended);
        NodeMetrics.Write(writer, labels, "broker_log_syncs_total", "counter", Partitions.Metrics.Syncs);
        NodeMetrics.Write(writer, labels, "broker_open_segment_files", "gauge", Partitions.OpenFileCount);
        NodeMetrics.Write(writer, labels, "broker_failed_logs", "gauge", Volatile.Read(ref _failedLogs));
        NodeMetrics.Write(writer, labels, "broker_refused_appends_total", "counter", Partitions.RefusedAppends);
        NodeMetrics.Write(writer, labels, "broker_metadata_version", "gauge", image.Version);
        NodeMetrics.Write(writer, labels, "broker_epoch", "gauge", image.BrokerEpoch);
    }

    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    private static string LogDirectoryOf(BrokerOptions options) => Path.Combine(options.DataDirectory, "logs");

    private async Task ServeAsync(CancellationToken cancel)
    {
        Metadata.Applied += new PartitionFollower(Partitions, Metadata.Configs, Options.Logger).Apply;
        await Metadata.ExecuteAsync(new ClusterCommand.StartBroker(Options.ClusterId ?? ClusterIds.New())).ConfigureAwait(false);
        Partitions.CompleteOpening();
        cancel.ThrowIfCancellationRequested();

        Groups.Start();
        Apis = new ApiTable(ApiList.Create(this));
        var limits = ListenerLimits.Of(Settings);
        foreach (var listener in Options.Listeners)
        {
            cancel.ThrowIfCancellationRequested();
            try
            {
                _listeners.Add(OpenListener.Open(listener, Apis, Metrics, limits, Options.Logger));
            }
            catch (SocketException e)
            {
                throw new BrokerStartException($"Listener {listener.Name} cannot listen on {listener.Bind}: {e.Message}", e);
            }
        }

        _isServing = true;
        LogServing(Options.Logger, Options.NodeId, ClusterId, string.Join(", ", EndPoints), Metadata.Image.Topics.Count);
    }

    private async Task StopOnceAsync()
    {
        await Task.WhenAll(_listeners.Select(l => l.StopAsync(Drain))).ConfigureAwait(false);
        foreach (var listener in _listeners)
        {
            await listener.DisposeAsync().ConfigureAwait(false);
        }

        Groups.Dispose();
        await Partitions.CloseAsync().ConfigureAwait(false);
        Wheel.Dispose();
        Metadata.Dispose();
        _lock.Dispose();
        if (_isServing)
        {
            LogStopped(Options.Logger, Options.NodeId, ClusterId);
        }
    }

    private void OnFailure(string log, Exception failure)
    {
        Interlocked.Increment(ref _failedLogs);
        LogFailure(Options.Logger, failure, log);
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "The disk under {Log} failed: it acknowledges nothing any more until the broker is started again.")]
    private static partial void LogFailure(ILogger logger, Exception failure, string log);

    [LoggerMessage(Level = LogLevel.Information, Message = "Broker {NodeId} of cluster {ClusterId} serves on {EndPoints}, {Topics} topics.")]
    private static partial void LogServing(ILogger logger, int nodeId, string clusterId, string endPoints, int topics);

    [LoggerMessage(Level = LogLevel.Information, Message = "Broker {NodeId} of cluster {ClusterId} has stopped.")]
    private static partial void LogStopped(ILogger logger, int nodeId, string clusterId);
}

/// <summary>The broker cannot start: a directory in use, a port taken, a bad setting. The message is for people.</summary>
public sealed class BrokerStartException(string message, Exception? cause = null) : Exception(message, cause);
