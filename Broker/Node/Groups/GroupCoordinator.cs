using Broker.Core.Groups;
using Broker.Core.Metadata;
using Broker.Node.Metadata;
using Broker.Node.Partitions;
using Broker.Node.Waiting;
using Hosting;
using Microsoft.Extensions.Logging;
using Protocol.Wire;

namespace Broker.Node.Groups;

/// <summary>
/// Coordinates all groups of this broker: one shard per partition of __consumer_offsets, which is made when the first group needs it.
/// Called by any thread. Between calls it holds the shards; they hold the groups.
/// </summary>
public sealed partial class GroupCoordinator : IDisposable
{
    /// <summary>How long after a shard has stopped by itself another one takes its log over.</summary>
    private static readonly TimeSpan ReplacementDelay = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _opening = new(1, 1);
    private readonly GroupSettings _settings;
    private readonly MetadataStore _metadata;
    private readonly OffsetsTopic _topic;
    private readonly TimingWheel _wheel;
    private readonly Clock _clock;
    private readonly ILogger _logger;
    private readonly ReconcileTimer _reconcile;

    private volatile ShardTable? _shards;
    private volatile bool _isClosed;
    private long _requests;

    /// <param name="partitions">The broker's partitions, those of __consumer_offsets among them.</param>
    /// <param name="metadata">Where __consumer_offsets is made, and which says what topics are deleted.</param>
    public GroupCoordinator(PartitionTable partitions, MetadataStore metadata, TimingWheel wheel, Clock clock, GroupSettings settings, ILogger logger)
    {
        _settings = settings;
        _metadata = metadata;
        _topic = new OffsetsTopic(partitions, metadata, settings);
        _wheel = wheel;
        _clock = clock;
        _logger = logger;
        _reconcile = new ReconcileTimer(this);
        _metadata.Applied += OnMetadataApplied;
    }

    /// <summary>The settings that the coordinator was made with.</summary>
    public GroupSettings Settings => _settings;

    /// <summary>The metadata as of now, for the APIs that check topics.</summary>
    internal ClusterImage Metadata => _metadata.Image;

    /// <summary>Begins to load the groups, when there are any. To be called once partitions and metadata are there; it does not wait for the load.</summary>
    public void Start()
    {
        if (_topic.Find() is { } topic)
        {
            _shards = Open(topic, isNew: false);
        }

        _wheel.Schedule(_reconcile, _settings.OffsetsRetentionCheckInterval);
    }

    /// <summary>Stops: whoever waits is answered with COORDINATOR_NOT_AVAILABLE, and whoever comes.</summary>
    public void Dispose()
    {
        _isClosed = true;
        _metadata.Applied -= OnMetadataApplied;
        _wheel.Cancel(_reconcile);
        foreach (var shard in _shards?.Shards ?? [])
        {
            shard.Close(ErrorCode.CoordinatorNotAvailable);
        }
    }

    /// <summary>A number for an input. Never given twice.</summary>
    public long NextRequest() => Interlocked.Increment(ref _requests);

    /// <summary>
    /// Asks the group's shard. The request stands in its place before the call returns, unless __consumer_offsets has to be made first.
    /// </summary>
    /// <param name="request">The number that the input carries, from <see cref="NextRequest"/>.</param>
    public ValueTask<GroupReply> SubmitAsync(string groupId, GroupInput input, long request)
        => _shards is { } table ? table.Of(groupId).SubmitAsync(input, request) : OpenAndSubmitAsync(groupId, input, request);

    /// <summary>
    /// All groups of all shards, or the first shard's error. A shard whose log has ended has no groups here, as in Kafka where another broker would
    /// list them; one that is being loaded will have them soon, and a list without them would be taken for all.
    /// </summary>
    public async ValueTask<GroupReply.Listed> ListAsync()
    {
        var groups = new List<GroupListing>();
        foreach (var shard in _shards?.Shards ?? [])
        {
            var request = NextRequest();
            var reply = await shard.SubmitAsync(new GroupInput.List(request), request).ConfigureAwait(false);
            if (reply is GroupReply.Listed listed)
            {
                groups.AddRange(listed.Groups);
            }
            else if (reply.Error != ErrorCode.NotCoordinator)
            {
                return new GroupReply.Listed(reply.Error, []);
            }
        }

        return new GroupReply.Listed(ErrorCode.None, groups);
    }

    /// <summary>Makes __consumer_offsets if there is none. COORDINATOR_NOT_AVAILABLE when that is not possible.</summary>
    public ValueTask<ErrorCode> EnsureTopicAsync() => _shards is not null ? new(ErrorCode.None) : EnsureAsync();

    private async ValueTask<ErrorCode> EnsureAsync()
        => await OpenAsync().ConfigureAwait(false) is null ? ErrorCode.CoordinatorNotAvailable : ErrorCode.None;

    private async ValueTask<GroupReply> OpenAndSubmitAsync(string groupId, GroupInput input, long request)
        => await OpenAsync().ConfigureAwait(false) is { } table
            ? await table.Of(groupId).SubmitAsync(input, request).ConfigureAwait(false)
            : new GroupReply.Plain(ErrorCode.CoordinatorNotAvailable);

    private async ValueTask<ShardTable?> OpenAsync()
    {
        await _opening.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_shards is null && !_isClosed && await _topic.FindOrMakeAsync().ConfigureAwait(false) is ({ } topic, var isNew))
            {
                _shards = Open(topic, isNew);
            }

            return _shards;
        }
        catch (IOException e)
        {
            LogTopicNotMade(_logger, e, TopicNames.ConsumerOffsets);
            return null;
        }
        finally
        {
            _opening.Release();
        }
    }

    private ShardTable Open(Topic topic, bool isNew)
    {
        var shards = new GroupShard[topic.Partitions.Count];
        for (var i = 0; i < shards.Length; i++)
        {
            var log = new PartitionGroupLog(topic.Partitions[i]);
            shards[i] = NewShard(log, $"{topic.Name}-{i}");
        }

        foreach (var shard in shards)
        {
            if (isNew)
            {
                shard.OpenNew();
            }
            else
            {
                shard.Open(TopicExists);
            }
        }

        return new ShardTable(shards);
    }

    private GroupShard NewShard(IGroupLog log, string name) => new(
        log, name, _settings, _wheel, _clock, _logger, whenStopped: stopped => _wheel.Schedule(new Replacement(this, stopped), ReplacementDelay));

    /// <summary>Opens another shard in the place of one that stopped by itself: what its log says is the truth. False: not yet.</summary>
    private bool TryReplace(GroupShard stopped)
    {
        var (log, name) = stopped.Place;
        if (_isClosed || log.HasEnded)
        {
            stopped.Close(ErrorCode.NotCoordinator);
            return true;
        }

        // The table is set once the shards are open, and what is still on its way to the disk would be missing in the new shard.
        if (_shards is not { } table || !log.IsCommitted)
        {
            return false;
        }

        var shard = NewShard(log, name);
        Volatile.Write(ref table.Shards[Array.IndexOf(table.Shards, stopped)], shard);
        shard.Open(TopicExists);
        if (_isClosed)
        {
            shard.Close(ErrorCode.CoordinatorNotAvailable);
        }

        return true;
    }

    private bool TopicExists(TopicKey topic)
    {
        var image = _metadata.Image;
        return topic.Id == Guid.Empty ? image.Find(topic.Name) is not null : image.Find(topic.Id) is not null;
    }

    private void OnMetadataApplied(ClusterImage before, ClusterImage after, IReadOnlyList<ClusterRecord> records)
    {
        if (_shards is not { } table)
        {
            return;
        }

        List<TopicKey>? gone = null;
        foreach (var record in records)
        {
            if (record is ClusterRecord.TopicDeleted deleted && before.Find(deleted.Id) is { } topic)
            {
                (gone ??= []).Add(new TopicKey(topic.Name, topic.Id));
            }
        }

        if (gone is null)
        {
            return;
        }

        foreach (var shard in table.Shards)
        {
            shard.Post(new GroupInput.RemoveTopics(gone));
        }
    }

    /// <summary>
    /// A commit that was let through while its topic was being deleted leaves a position behind. Nobody is shown it, since its topic id is
    /// gone, and from time to time such positions are looked for.
    /// </summary>
    private void Reconcile()
    {
        foreach (var shard in _shards?.Shards ?? [])
        {
            shard.PostReconcile(TopicExists);
        }

        _wheel.Schedule(_reconcile, _settings.OffsetsRetentionCheckInterval);
    }

    [LoggerMessage(LogLevel.Error, "{Topic} cannot be made")]
    private static partial void LogTopicNotMade(ILogger logger, Exception cause, string topic);

    private sealed record ShardTable(GroupShard[] Shards)
    {
        public GroupShard Of(string groupId) => Shards[GroupPartition.Of(groupId, Shards.Length)];
    }

    /// <summary>Tries to put a shard in the place of one that stopped, until it could.</summary>
    private sealed class Replacement(GroupCoordinator coordinator, GroupShard stopped) : WheelTimer
    {
        protected internal override void OnTimer()
        {
            if (!coordinator.TryReplace(stopped))
            {
                coordinator._wheel.Schedule(this, ReplacementDelay);
            }
        }
    }

    private sealed class ReconcileTimer(GroupCoordinator coordinator) : WheelTimer
    {
        protected internal override void OnTimer() => coordinator.Reconcile();
    }
}
