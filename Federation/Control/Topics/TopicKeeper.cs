using System.Collections.Concurrent;
using System.Net.Sockets;
using Federation.Control.Ledger;
using Federation.Core.Homes;
using Kernel.Ids;
using Microsoft.Extensions.Logging;
using Protocol.Wire;
using Protocol.Wire.Codec;

namespace Federation.Control.Topics;

/// <summary>
/// Makes the clusters agree with the ledger: topics that the ledger has are made in their home, topics that it gave up are removed
/// everywhere. Copies are made by the links, not here. One loop; it tries again until the clusters obey, and says meanwhile what is in the way.
/// </summary>
public sealed partial class TopicKeeper : IAsyncDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);
    private readonly ControlStore _store;
    private readonly IReadOnlyDictionary<RegionId, ClusterAdmin> _clusters;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<string, string?> _homes = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _wake = new(0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public TopicKeeper(ControlStore store, IReadOnlyDictionary<RegionId, ClusterAdmin> clusters, ILogger logger)
    {
        _store = store;
        _clusters = clusters;
        _logger = logger;
        store.Changed += Wake;
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Raised after the state of some topic's home changed. Handlers return at once.</summary>
    public event Action? Progress;

    /// <summary>Whether the topic stands in its home; with what is in the way, if something is.</summary>
    public (bool IsThere, string? Reason) HomeOf(FederatedTopic topic) =>
        _homes.TryGetValue(topic.ClusterName, out var reason) ? (reason is null, reason) : (false, null);

    /// <summary>Asks the home whether it would take the topic. None, or its refusal.</summary>
    public Task<(ErrorCode Error, string? Message)> ValidateAsync(FederatedTopic topic, CancellationToken cancel) =>
        _clusters[topic.Home].CreateAsync(topic, validateOnly: true, cancel);

    public async ValueTask DisposeAsync()
    {
        _store.Changed -= Wake;
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _stop.Dispose();
        _wake.Dispose();
    }

    private void Wake()
    {
        if (_wake.CurrentCount == 0)
        {
            _wake.Release();
        }
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                var isDone = await ObeyAsync(_stop.Token).ConfigureAwait(false);
                await _wake.WaitAsync(isDone ? Timeout.InfiniteTimeSpan : RetryAfter, _stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The host stops; what was not done is done at the next start.
        }
    }

    /// <summary>One round over what is not as it should be; true when all is.</summary>
    private async Task<bool> ObeyAsync(CancellationToken cancel)
    {
        var image = _store.Image;
        var isDone = true;
        foreach (var topic in image.Topics.Values.Where(t => !HomeOf(t).IsThere))
        {
            var reason = await TryAsync(() => EnsureHomeAsync(topic, cancel), topic.Home, topic).ConfigureAwait(false);
            isDone &= reason is null;
            _homes[topic.ClusterName] = reason;
            Progress?.Invoke();
        }

        foreach (var topic in image.Leaving.Values)
        {
            _homes.TryRemove(topic.ClusterName, out _);
            var isGone = true;
            foreach (var region in topic.Mirrors.Prepend(topic.Home))
            {
                isGone &= await TryAsync(() => EnsureGoneAsync(topic, region, cancel), region, topic).ConfigureAwait(false) is null;
            }

            isDone &= isGone;
            if (isGone)
            {
                _store.Execute(new FederationCommand.ForgetTopic(topic.Tenant.Name, topic.Name));
            }

            Progress?.Invoke();
        }

        return isDone;
    }

    private async Task<string?> EnsureHomeAsync(FederatedTopic topic, CancellationToken cancel)
    {
        var admin = _clusters[topic.Home];
        var (error, message) = await admin.CreateAsync(topic, validateOnly: false, cancel).ConfigureAwait(false);
        if (error == ErrorCode.TopicAlreadyExists)
        {
            var partitions = await admin.PartitionsOfAsync(topic.ClusterName, cancel).ConfigureAwait(false);
            return partitions == topic.Partitions ? null : $"{topic.Home} has a topic of that name with {partitions} partitions, not {topic.Partitions}";
        }

        return error == ErrorCode.None ? null : $"{topic.Home} refuses the topic: {error} {message}";
    }

    private async Task<string?> EnsureGoneAsync(FederatedTopic topic, RegionId region, CancellationToken cancel)
    {
        var (error, message) = await _clusters[region].DeleteAsync(topic.ClusterName, cancel).ConfigureAwait(false);
        return error is ErrorCode.None or ErrorCode.UnknownTopicOrPartition ? null : $"{region} does not remove the topic: {error} {message}";
    }

    private async Task<string?> TryAsync(Func<Task<string?>> work, RegionId region, FederatedTopic topic)
    {
        string? reason;
        try
        {
            reason = await work().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or WireFormatException)
        {
            reason = $"the cluster of {region} is out of reach: {e.Message}";
        }

        if (reason is not null && reason != _homes.GetValueOrDefault(topic.ClusterName))
        {
            LogNotObeyed(topic.ClusterName, reason);
        }

        return reason;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "topic {Topic}: {Reason}")]
    private partial void LogNotObeyed(string topic, string reason);
}
