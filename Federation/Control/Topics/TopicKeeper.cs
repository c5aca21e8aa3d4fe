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
/// everywhere, and no other topic of their name is. Copies are made by the links, not here. One loop; it tries again until the clusters obey, and
/// says meanwhile what is in the way.
/// </summary>
public sealed partial class TopicKeeper : IAsyncDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);
    private readonly ControlStore _store;
    private readonly IReadOnlyDictionary<RegionId, ClusterAdmin> _clusters;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<string, string?> _homes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _said = new(StringComparer.Ordinal);
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
                var isDone = false;
                try
                {
                    isDone = await ObeyAsync(_stop.Token).ConfigureAwait(false);
                }
                catch (Exception e) when (e is not OperationCanceledException || !_stop.IsCancellationRequested)
                {
                    // One topic that cannot be handled must not end the care for all others.
                    LogFailed(e);
                }

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
            var reason = await TryAsync(() => EnsureHomeAsync(topic, cancel), topic.Home).ConfigureAwait(false);
            Say(topic, reason);
            isDone &= reason is null;
            _homes[topic.ClusterName] = reason;
            Progress?.Invoke();
        }

        foreach (var topic in image.Leaving.Values)
        {
            _homes.TryRemove(topic.ClusterName, out _);
            var reason = await EnsureGoneAsync(topic, cancel).ConfigureAwait(false);
            reason ??= TryWrite(new FederationCommand.ForgetTopic(topic.Tenant.Name, topic.Name));
            Say(topic, reason);
            isDone &= reason is null;
            Progress?.Invoke();
        }

        return isDone;
    }

    private async Task<string?> EnsureHomeAsync(FederatedTopic topic, CancellationToken cancel)
    {
        if (!_clusters.TryGetValue(topic.Home, out var admin))
        {
            return NotHere(topic.Home);
        }

        if (topic.HomeId is null)
        {
            var (error, message, id) = await admin.CreateAsync(topic, validateOnly: false, cancel).ConfigureAwait(false);
            if (error == ErrorCode.None && id != Guid.Empty)
            {
                return TryWrite(new FederationCommand.NoteHome(topic.Tenant.Name, topic.Name, id));
            }

            if (error is not (ErrorCode.None or ErrorCode.TopicAlreadyExists))
            {
                return $"{topic.Home} refuses the topic: {error} {message}";
            }
        }

        var (trouble, present) = await admin.FindAsync(topic.ClusterName, cancel).ConfigureAwait(false);
        return present is not null ? WhyNotHome(topic, present) ?? TryWrite(new FederationCommand.NoteHome(topic.Tenant.Name, topic.Name, present.Id))
            : trouble == ErrorCode.UnknownTopicOrPartition && topic.HomeId is not null
                ? $"{topic.Home} had the topic and lost it, with its records: it was deleted at the cluster. {WayOut(topic, "gives it up")}"
            : $"{topic.Home} does not say whether it has the topic: {trouble}";
    }

    private static string? WhyNotHome(FederatedTopic topic, ClusterTopic present)
    {
        // Mirrors hold the records of the topic that was; behind another one of that name they would never agree with their home again.
        if (topic.HomeId is { } made && made != present.Id)
        {
            return $"{topic.Home} lost the topic, with its records, and has another one of that name: id {present.Id}, not {made}. " +
                WayOut(topic, "gives both up");
        }

        // More is no harm: partitions may be added at the cluster, and the links copy them.
        return present.Partitions >= topic.Partitions ? null
            : $"{topic.Home} has a topic of that name with {present.Partitions} partitions, not {topic.Partitions}";
    }

    /// <summary>What there is to do about a home that lost its topic. Deleting a schema log would take the schemas away where copies still have them.</summary>
    private static string WayOut(FederatedTopic topic, string what) =>
        !topic.IsSchemaLog ? $"`fed topic delete {topic.Name}` {what}"
        : "It is the log of the schema registry: the data of the region's broker have to come back from a backup" +
            (topic.Mirrors.IsEmpty ? "" : $"; the copies in {string.Join(", ", topic.Mirrors)} have the schemas meanwhile");

    /// <summary>Null, or why the ledger did not take it. A ledger that cannot be written is no end: the next round tries again.</summary>
    private string? TryWrite(FederationCommand command)
    {
        try
        {
            _store.Execute(command);
            return null;
        }
        catch (IOException e)
        {
            return $"the federation's ledger cannot be written: {e.Message}";
        }
    }

    /// <summary>
    /// Null once neither the topic nor a copy of it is left. Copies have the id of the home's topic; what has the name alone is somebody else's,
    /// and may be why the topic is given up.
    /// </summary>
    private async Task<string?> EnsureGoneAsync(FederatedTopic topic, CancellationToken cancel)
    {
        var ids = new HashSet<Guid>();
        if (topic.HomeId is { } noted)
        {
            ids.Add(noted);
        }

        var homeTrouble = await TryAsync(() => AddPresentAsync(topic, ids, cancel), topic.Home).ConfigureAwait(false);
        var reason = homeTrouble;
        foreach (var region in topic.Mirrors)
        {
            var inTheWay = await TryAsync(() => RemoveAsync(region, ids, cancel), region).ConfigureAwait(false);
            reason ??= inTheWay;
        }

        // An id that the ledger does not have is told by the home's topic alone: it has to stand until the copies are gone.
        var mayGo = homeTrouble is null && (reason is null || ids.All(id => id == topic.HomeId));
        return mayGo ? await TryAsync(() => RemoveAsync(topic.Home, ids, cancel), topic.Home).ConfigureAwait(false) ?? reason : reason;
    }

    /// <summary>Adds the id of the topic that stands in the home, if it is what the ledger gave up; otherwise null too, or why that is not known.</summary>
    private async Task<string?> AddPresentAsync(FederatedTopic topic, HashSet<Guid> ids, CancellationToken cancel)
    {
        if (!_clusters.TryGetValue(topic.Home, out var admin))
        {
            return NotHere(topic.Home);
        }

        // One that was made again in the home goes with the lost one, as is said; one that never was taken for the home stays.
        var (error, present) = await admin.FindAsync(topic.ClusterName, cancel).ConfigureAwait(false);
        if (present is not null && (topic.HomeId is not null || WhyNotHome(topic, present) is null))
        {
            ids.Add(present.Id);
        }

        return present is not null || error == ErrorCode.UnknownTopicOrPartition ? null : $"{topic.Home} does not say whether it has the topic: {error}";
    }

    private async Task<string?> RemoveAsync(RegionId region, IEnumerable<Guid> ids, CancellationToken cancel)
    {
        if (!_clusters.TryGetValue(region, out var admin))
        {
            return NotHere(region);
        }

        foreach (var id in ids)
        {
            var (error, message) = await admin.DeleteAsync(id, cancel).ConfigureAwait(false);
            if (error is not (ErrorCode.None or ErrorCode.UnknownTopicId))
            {
                return $"{region} does not remove the topic: {error} {message}";
            }
        }

        return null;
    }

    /// <summary>The ledger knows a region that this process was started without. Its topics wait for it; all others go on.</summary>
    internal static string NotHere(RegionId region) => $"region {region} is in the ledger but not among the regions that run here; start with it";

    private static async Task<string?> TryAsync(Func<Task<string?>> work, RegionId region)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or WireFormatException)
        {
            return $"the cluster of {region} is out of reach: {e.Message}";
        }
    }

    /// <summary>Logs what is in a topic's way, once and not every round.</summary>
    private void Say(FederatedTopic topic, string? reason)
    {
        if (reason is null)
        {
            _said.Remove(topic.ClusterName);
        }
        else if (!_said.TryGetValue(topic.ClusterName, out var said) || said != reason)
        {
            _said[topic.ClusterName] = reason;
            LogNotObeyed(topic.ClusterName, reason);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "topic {Topic}: {Reason}")]
    private partial void LogNotObeyed(string topic, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "a round over the topics failed; it is tried again")]
    private partial void LogFailed(Exception cause);
}
