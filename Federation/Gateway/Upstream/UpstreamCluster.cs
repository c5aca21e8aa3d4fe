using System.Collections.Concurrent;
using System.Net;
using Federation.Core.Connections;
using Federation.Core.Routing;
using Microsoft.Extensions.Logging;
using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Messages;

namespace Federation.Gateway.Upstream;

/// <summary>
/// The cluster behind the gateway: who its brokers are, what they serve, whether it can be reached. One loop keeps a connection to one of
/// them; routes are also learned from the clients' own Metadata answers. Owned by the gateway; safe for any thread.
/// </summary>
internal sealed class UpstreamCluster(GatewayOptions options, GatewayMetrics metrics) : IAsyncDisposable
{
    private const string ClientId = "federation-gateway";
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LastBackoff = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<BrokerAddress, UpstreamBroker> _brokers = new();
    private readonly Dictionary<int, List<ApiVersionsResponse.ApiVersion>> _versions = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private volatile RouteTable _routes = RouteTable.Empty;
    private volatile ApiVersionTable? _apis;
    private volatile string? _trouble = "the cluster has not been reached yet";
    private Task _loop = Task.CompletedTask;

    /// <summary>Brokers and leaders, as known now.</summary>
    public RouteTable Routes => _routes;

    /// <summary>What is served; null until a broker was asked once. It stays when the cluster goes away.</summary>
    public ApiVersionTable? Apis => _apis;

    /// <summary>Returns when <see cref="Apis"/> is known, and without when that takes longer than a broker may take to answer.</summary>
    public async ValueTask ReachAsync(CancellationToken cancel) =>
        await _reached.Task.WaitAsync(options.UpstreamTimeout, options.Clock.Provider, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    public CoordinatorTable Coordinators { get; } = new();

    /// <summary>Why the cluster cannot be reached; null when it can.</summary>
    public string? Trouble => _trouble;

    public void Start() => _loop = Task.Run(RunAsync);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _stopping.Dispose();
    }

    /// <summary>The broker with this id; null when there is none.</summary>
    public UpstreamBroker? Broker(int nodeId) => _routes.Brokers.TryGetValue(nodeId, out var address) ? BrokerAt(address) : null;

    /// <summary>Some broker that answers, rather the one given; null when none is known.</summary>
    public UpstreamBroker? AnyBroker(UpstreamBroker? rather)
    {
        var routes = _routes;
        if (rather is { IsDown: false } && routes.Brokers.TryGetValue(rather.NodeId, out var address) && address == rather.Address)
        {
            return rather;
        }

        UpstreamBroker? last = null;
        foreach (var (_, known) in routes.Brokers)
        {
            last = BrokerAt(known);
            if (!last.IsDown)
            {
                break;
            }
        }

        return last;
    }

    /// <summary>Takes routes from a Metadata answer that passes, still in the cluster's own names.</summary>
    public void Learn(MetadataResponse answer)
    {
        RouteTable before, after;
        lock (_gate)
        {
            before = _routes;
            after = before.Merge(answer);
            if (ReferenceEquals(after, before))
            {
                return;
            }

            _routes = after;
        }

        if (after.Brokers != before.Brokers)
        {
            options.Logger.LogInformation(
                "the cluster's brokers are {Brokers}", string.Join(", ", after.Brokers.Values.Select(b => $"{b.NodeId} at {b.Host}:{b.Port}")));
            foreach (var gone in _brokers.Keys.Where(a => !after.Brokers.TryGetValue(a.NodeId, out var known) || known != a).ToList())
            {
                _brokers.TryRemove(gone, out _);
            }
        }
    }

    private UpstreamBroker BrokerAt(BrokerAddress address) => _brokers.GetOrAdd(address, static (a, owner) => owner.NewBroker(a), this);

    private UpstreamBroker NewBroker(BrokerAddress address) => new(address, options, metrics);

    private async Task RunAsync()
    {
        var backoff = FirstBackoff;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await foreach (var client in ConnectionsAsync().ConfigureAwait(false))
                {
                    await using (client.ConfigureAwait(false))
                    {
                        await WatchAsync(client, () => backoff = FirstBackoff).ConfigureAwait(false);
                    }
                }
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is IOException or WireFormatException or OperationCanceledException or System.Net.Sockets.SocketException)
            {
                Unreachable(e is OperationCanceledException ? $"no answer within {options.UpstreamTimeout.TotalSeconds:0.#} s" : e.Message);
            }
            catch (Exception e)
            {
                options.Logger.LogError(e, "watching the cluster failed; it goes on");
                Unreachable(e.Message);
            }

            try
            {
                await Task.Delay(backoff, options.Clock.Provider, _stopping.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            backoff = TimeSpan.FromTicks(Math.Min(backoff.Ticks * 2, LastBackoff.Ticks));
        }
    }

    // Known brokers first: the bootstrap addresses may be of long ago.
    private async IAsyncEnumerable<FrameClient> ConnectionsAsync()
    {
        var addresses = _routes.Brokers.Values.Select(b => new DnsEndPoint(b.Host, b.Port)).Concat(options.Bootstrap).Distinct().ToList();
        Exception? last = null;
        foreach (var address in addresses)
        {
            FrameClient? client = null;
            try
            {
                using var timeout = Timeout();
                client = await FrameClient.ConnectAsync(address.Host, address.Port, ClientId, timeout.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or OperationCanceledException)
            {
                _stopping.Token.ThrowIfCancellationRequested();
                var reason = e is OperationCanceledException ? $"no connection within {options.UpstreamTimeout.TotalSeconds:0.#} s" : e.Message;
                last = new IOException($"{address.Host}:{address.Port}: {reason}", e);
            }

            if (client is not null)
            {
                yield return client;
                yield break;
            }
        }

        throw last ?? new IOException("no address is known");
    }

    private async Task WatchAsync(FrameClient client, Action reached)
    {
        _versions.Clear();
        while (true)
        {
            using var timeout = Timeout();
            var versions = await VersionsAsync(client, timeout.Token).ConfigureAwait(false);
            var metadata = versions.Find(v => v.ApiKey == (short)ApiKey.Metadata) ?? throw new IOException("the broker does not serve Metadata");
            var version = Math.Min(metadata.MaxVersion, MetadataRequest.Versions.Max);
            var question = new MetadataRequest { Topics = [], AllowAutoTopicCreation = false };
            using (var reply = await client.CallAsync<MetadataRequest, MetadataResponse>(question, version, timeout.Token).ConfigureAwait(false))
            {
                Learn(reply.Message);
            }

            await LearnVersionsAsync(versions, timeout.Token).ConfigureAwait(false);
            Reachable();
            reached();
            await Task.WhenAny(client.Ended, Task.Delay(options.RefreshInterval, options.Clock.Provider, _stopping.Token)).ConfigureAwait(false);
            _stopping.Token.ThrowIfCancellationRequested();
            if (!client.IsOpen)
            {
                // A broker may close what was silent for long. Whether it is gone is known when the next connection cannot be made.
                return;
            }
        }
    }

    // Brokers of one cluster may be of different releases: what one of them does not serve cannot be shown.
    private async Task LearnVersionsAsync(List<ApiVersionsResponse.ApiVersion> first, CancellationToken cancel)
    {
        var routes = _routes;
        var table = ApiVersionTable.Known.Intersect(first);
        if (!routes.IsSingle)
        {
            foreach (var gone in _versions.Keys.Where(id => !routes.Brokers.ContainsKey(id)).ToList())
            {
                _versions.Remove(gone);
            }

            foreach (var address in routes.Brokers.Values)
            {
                var broker = BrokerAt(address);
                if ((broker.CameBack || !_versions.ContainsKey(address.NodeId)) && await broker.ConnectAsync(ClientId, cancel).ConfigureAwait(false) is { } client)
                {
                    await using (client.ConfigureAwait(false))
                    {
                        _versions[address.NodeId] = await VersionsAsync(client, cancel).ConfigureAwait(false);
                        broker.CameBack = false;
                    }
                }
            }

            table = _versions.Values.Aggregate(table, (t, versions) => t.Intersect(versions));
        }

        _apis = table;
        _reached.TrySetResult();
    }

    private static async Task<List<ApiVersionsResponse.ApiVersion>> VersionsAsync(FrameClient client, CancellationToken cancel)
    {
        // Version 0 is understood by every broker, and the ranges are all that is needed.
        using var reply = await client.CallAsync<ApiVersionsRequest, ApiVersionsResponse>(new(), 0, cancel).ConfigureAwait(false);
        return reply.Message.ErrorCode == 0 ? reply.Message.ApiKeys : throw new IOException($"the broker answered ApiVersions with error {reply.Message.ErrorCode}");
    }

    private CancellationTokenSource Timeout()
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        source.CancelAfter(options.UpstreamTimeout);
        return source;
    }

    private void Reachable()
    {
        if (_trouble is not null)
        {
            _trouble = null;
            options.Logger.LogInformation("region {Region}: the cluster can be reached", options.Region);
        }
    }

    private void Unreachable(string reason)
    {
        if (_trouble is null || _apis is null && _trouble != reason)
        {
            options.Logger.LogWarning("region {Region}: the cluster cannot be reached: {Reason}", options.Region, reason);
        }

        _trouble = reason;
    }
}
