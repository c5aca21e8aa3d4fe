using System.Net;
using System.Net.Sockets;
using Federation.Core.Tenancy;
using Federation.Gateway.Connections;
using Federation.Gateway.Upstream;
using Microsoft.Extensions.Logging;
using Protocol.Transport;

namespace Federation.Gateway;

/// <summary>
/// A region's Kafka door for one tenant: listens, shows every client the tenant's virtual cluster, and passes requests to the cluster behind.
/// Made by a process of its own or embedded, several to a process. It holds nothing that must survive it.
/// </summary>
public sealed class GatewayNode : IAsyncDisposable
{
    private readonly GatewayMetrics _metrics = new();
    private readonly UpstreamCluster _cluster;
    private readonly TopicIdTable _topicIds;
    private readonly Lock _gate = new();
    private FrameServer _server = null!;
    private volatile Tenant? _tenant;
    private Task? _stopped;

    private GatewayNode(GatewayOptions options)
    {
        Options = options;
        _cluster = new UpstreamCluster(options, _metrics);
        _topicIds = new TopicIdTable(new TopicIdCipher(options.Secret.Span, options.Tenant));
    }

    public GatewayOptions Options { get; }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint => _server.EndPoint;

    /// <summary>Whether the cluster behind can be reached. Clients are accepted either way, and try again.</summary>
    public bool IsReady => _cluster.Trouble is null;

    /// <summary>Why it is not ready, for people; null when it is.</summary>
    public string? NotReadyReason => _cluster.Trouble;

    /// <summary>Client connections that are open.</summary>
    public int ConnectionCount => _server.ConnectionCount;

    /// <summary>Returns when clients are accepted, which may be before the cluster can be reached. Throws <see cref="GatewayStartException"/>.</summary>
    public static Task<GatewayNode> StartAsync(GatewayOptions options, CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        options.Check();
        var node = new GatewayNode(options);
        node.Start();
        return Task.FromResult(node);
    }

    /// <summary>Stops accepting, answers what is under way for at most <see cref="GatewayOptions.Drain"/>, closes everything.</summary>
    public Task StopAsync()
    {
        lock (_gate)
        {
            return _stopped ??= StopOnceAsync();
        }
    }

    /// <summary>Writes metrics in Prometheus' text format.</summary>
    /// <param name="labels">Put into every metric, as `region="eu"`; empty for none.</param>
    public void WriteMetrics(TextWriter writer, string labels = "") =>
        _metrics.Write(writer, labels, _server.ConnectionCount, _cluster.Routes.Brokers.Count, IsReady);

    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    private void Start()
    {
        try
        {
            _server = FrameServer.Start(new FrameServerOptions { Bind = Options.Bind, MaxIdle = Options.MaxIdle, Accept = Accept, Logger = Options.Logger });
        }
        catch (SocketException e)
        {
            _topicIds.Dispose();
            throw new GatewayStartException($"the gateway cannot listen on {Options.Bind}: {e.Message}", e);
        }

        // What clients are told of the port is known only now.
        var endPoint = _server.EndPoint;
        var view = new TenantView(
            new TenantNames(Options.Tenant), Options.ClusterId, Options.NodeId,
            Options.AdvertisedHost ?? endPoint.Address.ToString(), Options.AdvertisedPort ?? endPoint.Port, Options.Region);
        _tenant = new Tenant(view, _topicIds, Options.IsFederated, Options.HomeOfCopy);
        _cluster.Start();
        Options.Logger.LogInformation("region {Region}: tenant {Tenant} is served on {EndPoint}", Options.Region, Options.Tenant, endPoint);
    }

    private IConnectionHandler Accept(AcceptedConnection accepted) =>
        _tenant is { } tenant ? new TenantConnection(accepted, tenant, _cluster, _metrics, Options.Logger) : TooEarly.Instance;

    private async Task StopOnceAsync()
    {
        await _server.StopAsync(Options.Drain).ConfigureAwait(false);
        await _cluster.DisposeAsync().ConfigureAwait(false);
        _topicIds.Dispose();
    }

    /// <summary>Closes the connection of a client that came between the binding and its consequences; it comes again.</summary>
    private sealed class TooEarly : IConnectionHandler
    {
        public static readonly TooEarly Instance = new();

        public ValueTask<Answer> HandleAsync(ReceivedFrame frame, CancellationToken closed)
        {
            frame.Dispose();
            return new(Answer.Close);
        }

        public void OnClosed()
        {
        }
    }
}
