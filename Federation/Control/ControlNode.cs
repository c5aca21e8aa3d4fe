using Federation.Control.Ledger;
using Federation.Control.Topics;
using Federation.Core.Homes;
using Federation.Core.Mirroring;
using Kernel.Ids;
using Protocol.Contracts.Control;
using Protocol.Wire;

namespace Federation.Control;

/// <summary>What became of a request to the control host.</summary>
/// <param name="IsComplete">All regions have obeyed; otherwise the topic's state says what is in the way.</param>
public sealed record ControlOutcome(FederationError Error, string? Message, TopicResource? Topic, bool IsComplete);

/// <summary>The control host: the ledger, the loop that makes the clusters obey it, and what people ask of both. One per process; each region's HTTP API serves it.</summary>
public sealed class ControlNode : IAsyncDisposable
{
    private readonly ControlOptions _options;
    private readonly ControlStore _store;
    private readonly Dictionary<RegionId, ClusterAdmin> _clusters;
    private readonly TopicKeeper _keeper;

    /// <param name="store">The ledger, opened before the hosts that read it; owned by the caller.</param>
    public ControlNode(ControlOptions options, ControlStore store)
    {
        _options = options;
        _store = store;
        _clusters = options.Regions.ToDictionary(r => r.Region, r => new ClusterAdmin(r.BrokerHost, r.BrokerPort, options.Clock));
        _keeper = new TopicKeeper(store, _clusters, options.Logger);
    }

    /// <summary>The regions that take part.</summary>
    public IReadOnlyList<ControlRegion> Regions => _options.Regions;

    /// <summary>What is not well in a region, in words.</summary>
    public IReadOnlyList<string> Troubles(RegionId region) => _options.Mirrors.Troubles(region);

    /// <summary>The topics, perhaps of one tenant alone, by name.</summary>
    public TopicResource[] Topics(string? tenant) =>
        [.. _store.Image.Topics.Values.Where(t => tenant is null || t.Tenant.Name == tenant).Select(Describe)];

    /// <summary>One topic, or null.</summary>
    public TopicResource? Topic(string tenant, string name) =>
        _store.Image.Topics.TryGetValue($"{tenant}.{name}", out var topic) ? Describe(topic) : null;

    /// <summary>Every mirrored partition, seen from where its copy stands.</summary>
    public MirrorResource[] Mirrors(string? tenant, string? topic) =>
        [.. _options.Regions.SelectMany(r => _options.Mirrors.StatusOf(r.Region)).Select(Describe)
            .Where(m => (tenant is null || m.Tenant == tenant) && (topic is null || m.Topic == topic))
            .OrderBy(m => m.Topic, StringComparer.Ordinal).ThenBy(m => m.Region, StringComparer.Ordinal).ThenBy(m => m.Partition)];

    /// <summary>Makes a federated topic, and waits until its home and its mirrors stand. Nothing is written when the home would refuse it.</summary>
    /// <param name="adopt">Take over a topic that the home has already; its own number of partitions counts.</param>
    public async Task<ControlOutcome> CreateTopicAsync(FederationCommand.CreateTopic command, bool adopt, CancellationToken cancel)
    {
        if (_store.WouldDecide(command) is { Error: FederationError.None, Topic: { } wanted })
        {
            if (!_clusters.TryGetValue(wanted.Home, out var home))
            {
                return new(FederationError.Invalid, TopicKeeper.NotHere(wanted.Home), null, true);
            }

            var (error, message, _) = await home.CreateAsync(wanted, validateOnly: true, cancel).ConfigureAwait(false);
            if (error == ErrorCode.TopicAlreadyExists && adopt)
            {
                var (_, present) = await home.FindAsync(wanted.ClusterName, cancel).ConfigureAwait(false);
                command = command with { Partitions = present?.Partitions ?? wanted.Partitions };
            }
            else if (error != ErrorCode.None)
            {
                return new(error == ErrorCode.TopicAlreadyExists ? FederationError.Conflict : FederationError.Invalid,
                    $"{wanted.Home} refuses the topic: {message ?? error.ToString()}".Replace(wanted.Tenant.Name + ".", "", StringComparison.Ordinal), null, true);
            }
        }

        var reply = _store.Execute(command);
        if (reply is not { Error: FederationError.None, Topic: { } topic })
        {
            return new(reply.Error, reply.Message, null, true);
        }

        var isReady = await IsReadyInTimeAsync(topic, cancel).ConfigureAwait(false);
        return new(FederationError.None, null, Describe(topic), isReady);
    }

    /// <summary>Gives a topic up, and waits until no cluster has it.</summary>
    public async Task<ControlOutcome> DeleteTopicAsync(string tenant, string name, CancellationToken cancel)
    {
        var reply = _store.Execute(new FederationCommand.DeleteTopic(tenant, name));
        if (reply is not { Error: FederationError.None, Topic: { } topic })
        {
            return new(reply.Error, reply.Message, null, true);
        }

        var isGone = await InTimeAsync(c => UntilAsync(() => !_store.Image.Leaving.ContainsKey(topic.ClusterName), c), cancel).ConfigureAwait(false);
        return new(FederationError.None, null, Describe(topic), isGone);
    }

    public async ValueTask DisposeAsync()
    {
        await _keeper.DisposeAsync().ConfigureAwait(false);
        foreach (var cluster in _clusters.Values)
        {
            await cluster.DisposeAsync().ConfigureAwait(false);
        }
    }

    private Task<bool> IsReadyInTimeAsync(FederatedTopic topic, CancellationToken cancel) => InTimeAsync(
        async c =>
        {
            await UntilAsync(() => _keeper.HomeOf(topic).IsThere, c).ConfigureAwait(false);
            foreach (var region in topic.Mirrors)
            {
                await _options.Mirrors.WaitUntilOpenAsync(topic, region, c).ConfigureAwait(false);
            }
        },
        cancel);

    private async Task<bool> InTimeAsync(Func<CancellationToken, Task> wait, CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(_options.Patience, _options.Clock.Provider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel);
        try
        {
            await wait(both.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return false;
        }
        catch (MirrorFailedException)
        {
            // More patience would not help; the topic's state says what would.
            return false;
        }
    }

    private async Task UntilAsync(Func<bool> condition, CancellationToken cancel)
    {
        while (true)
        {
            var changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            void OnProgress() => changed.TrySetResult();
            _keeper.Progress += OnProgress;
            _store.Changed += OnProgress;
            try
            {
                if (condition())
                {
                    return;
                }

                await changed.Task.WaitAsync(cancel).ConfigureAwait(false);
            }
            finally
            {
                _keeper.Progress -= OnProgress;
                _store.Changed -= OnProgress;
            }
        }
    }

    private TopicResource Describe(FederatedTopic topic)
    {
        var (state, reason) = StateOf(topic);
        return new TopicResource
        {
            Tenant = topic.Tenant.Name,
            Name = topic.Name,
            Partitions = topic.Partitions,
            Home = topic.Home.Name,
            Mirrors = [.. topic.Mirrors.Select(m => m.Name)],
            FencingEpoch = topic.FencingEpoch,
            Configs = topic.Configs.ToDictionary(),
            State = state,
            Reason = reason,
        };
    }

    private (string State, string? Reason) StateOf(FederatedTopic topic)
    {
        var (isThere, reason) = _keeper.HomeOf(topic);
        if (!isThere)
        {
            return reason is null ? ("creating", "the home is being made") : ("failed", reason);
        }

        foreach (var region in topic.Mirrors)
        {
            var copies = _options.Mirrors.StatusOf(region).Where(s => s.Topic == topic.ClusterName).ToList();
            if (copies.Find(c => c.State == MirrorState.Failed) is { } failed)
            {
                return ("failed", $"{region}: {failed.Error}");
            }

            if (copies.Count < topic.Partitions || copies.Exists(c => c.CopyLogEnd < 0))
            {
                return ("creating", $"{region} is opening its copy");
            }
        }

        return ("ready", null);
    }

    private static MirrorResource Describe(PartitionMirrorStatus status)
    {
        // A tenant's name holds no dot, so the first one ends the prefix.
        var dot = status.Topic.IndexOf('.', StringComparison.Ordinal);
        return new MirrorResource
        {
            Tenant = status.Topic[..dot],
            Topic = status.Topic[(dot + 1)..],
            Partition = status.Partition,
            Source = status.SourceRegion,
            Region = status.Region,
            State = status.State switch
            {
                MirrorState.Connecting => "connecting",
                MirrorState.CatchingUp => "catching-up",
                MirrorState.Following => "following",
                _ => "failed",
            },
            SourceLogEnd = status.SourceLogEnd,
            CopyLogEnd = status.CopyLogEnd,
            LagRecords = status.LagRecords,
            LagMs = status.LagMs,
            Error = status.Error,
        };
    }
}
