using System.Collections.Immutable;
using Federation.Core.Homes;
using Kernel.Ids;
using Kernel.Machines;
using Protocol.Wire;

namespace Federation.Core.Mirroring;

/// <summary>
/// The source side of one stream: decides which topics may be followed, from which broker and offset the next fetch reads, and what is pushed, within
/// the destination's credits. A <c>SourceLoop</c> owns it for as long as the stream lives; of earlier streams it knows no more than how far
/// copies were, for their lag, so that whatever was in doubt is settled by where the destination resumes.
/// </summary>
public sealed partial class SourceMachine(RegionId region, RegionId destination, MirrorSettings settings, Prng prng, FederationImage image)
    : IReactor<SourceInput, SourceEffect>
{
    private readonly Dictionary<uint, SourceTopic> _topics = [];
    private readonly Dictionary<string, SourceTopic> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, SourceTopic> _byId = [];
    private readonly SortedDictionary<int, SourceBroker> _brokers = [];
    private readonly HashSet<string> _unresolved = new(StringComparer.Ordinal);
    private readonly List<SourcePartition> _endsDue = [];
    private IReadOnlyDictionary<(string Topic, int Partition), SourceProgress> _earlier = ImmutableDictionary<(string, int), SourceProgress>.Empty;
    private FederationImage _image = image;
    private Instant _now;
    private long _credits;
    private int _lastAttempt;
    private int _resolveAttempt;
    private int _resolveFailures;
    private int _leaderFailures;
    private bool _isClusterSilent;
    private Instant _resolveAt;
    private Instant? _refreshAt;
    private Instant? _heartbeatAt;

    /// <summary>Bytes of batches that were pushed.</summary>
    public long PushedBytes { get; private set; }

    public Instant? Deadline
    {
        get
        {
            var due = Earliest(_heartbeatAt ?? new Instant(0), _topics.Count > 0 ? _refreshAt : null);
            if (_unresolved.Count > 0 && _resolveAttempt == 0)
            {
                due = Earliest(due, _resolveAt);
            }

            if (_credits > 0)
            {
                foreach (var broker in _brokers.Values)
                {
                    if (broker.Assigned.Count > 0)
                    {
                        due = Earliest(due, broker.FetchAttempt == 0 ? broker.RetryAt : broker.IsJoinDue ? JoinAt(broker) : null);
                    }
                }
            }

            return due;
        }
    }

    public void Step(SourceInput input, Now now, Outbox<SourceEffect> outbox)
    {
        _now = now.Monotonic;
        switch (input)
        {
            case SourceInput.Fetched fetched:
                OnFetched(fetched, now, outbox);
                break;
            case SourceInput.FetchFailed failed:
                OnFetchFailed(failed, now, outbox);
                break;
            case SourceInput.CreditsGranted granted:
                _credits += granted.Bytes;
                break;
            case SourceInput.EndsAcked acked:
                OnAcked(acked);
                break;
            case SourceInput.FollowAsked asked:
                OnFollow(asked, now, outbox);
                break;
            case SourceInput.UnfollowAsked asked when _topics.TryGetValue(asked.Handle, out var topic):
                Remove(topic, outbox);
                break;
            case SourceInput.ResumeAsked asked when _topics.TryGetValue(asked.Handle, out var topic):
                OnResume(topic, asked.Positions);
                break;
            case SourceInput.PauseAsked asked when _topics.TryGetValue(asked.Handle, out var topic):
                OnPause(topic, asked.Partitions);
                break;
            case SourceInput.TopicsResolved resolved when resolved.Attempt == _resolveAttempt:
                OnResolved(resolved, now, outbox);
                break;
            case SourceInput.BoundsFound found:
                OnBounds(found, now, outbox);
                break;
            case SourceInput.EarlierStream before:
                _earlier = before.Progress;
                break;
            case SourceInput.ImageChanged changed:
                OnImage(changed.Image, outbox);
                break;
            case SourceInput.DeadlineReached:
                if (_refreshAt <= now.Monotonic)
                {
                    _refreshAt = now.Monotonic + settings.ResolveInterval;
                    _unresolved.UnionWith(_topics.Values.Select(t => t.Name));
                }

                break;
        }

        Resolve(now, outbox);
        StartFetches(now, outbox);
        TellStalls(outbox);
        Beat(now, outbox);
    }

    /// <summary>What the destination follows here, by topic and index.</summary>
    public IReadOnlyList<PartitionMirrorStatus> Status(Now now)
    {
        var all = new List<PartitionMirrorStatus>();
        foreach (var topic in _topics.Values.OrderBy(t => t.Name, StringComparer.Ordinal))
        {
            foreach (var partition in topic.Partitions)
            {
                var isKnown = partition is { HighWatermark: >= 0, AckedEnd: >= 0 };
                var end = isKnown ? Math.Max(partition.AckedEnd, partition.LogStart) : partition.AckedEnd;
                var lagMs = !isKnown ? -1 : partition.Marks.OldestMs is { } seen ? Math.Max(1, now.WallMs - seen) : 0;
                var state = !isKnown || !partition.IsWanted ? MirrorState.Connecting
                    : lagMs > settings.FollowingLag.TotalMilliseconds ? MirrorState.CatchingUp
                    : MirrorState.Following;
                all.Add(new(topic.Name, partition.Index, region.Name, destination.Name, state, partition.HighWatermark, end, lagMs, null));
            }
        }

        return all;
    }

    /// <summary>How far the destination's copies are, for its next stream; with what earlier ones knew of topics that were not followed here again.</summary>
    public IReadOnlyDictionary<(string Topic, int Partition), SourceProgress> Progress(Now now)
    {
        var all = _earlier.Where(e => _image.Topics.ContainsKey(e.Key.Topic)).ToDictionary();
        foreach (var partition in _topics.Values.SelectMany(t => t.Partitions).Where(p => p is { HighWatermark: >= 0, AckedEnd: >= 0 }))
        {
            all[(partition.Topic.Name, partition.Index)] = new(partition.Topic.Id, partition.AckedEnd, partition.Marks.OldestMs ?? now.WallMs);
        }

        return all;
    }

    private void OnAcked(SourceInput.EndsAcked acked)
    {
        foreach (var end in acked.Ends)
        {
            if (_topics.TryGetValue(end.Handle, out var topic) && (uint)end.Partition < (uint)topic.Partitions.Count)
            {
                topic.Partitions[end.Partition].AckedEnd = end.Offset;
                topic.Partitions[end.Partition].Marks.Reached(end.Offset);
            }
        }
    }

    private void Beat(Now now, Outbox<SourceEffect> outbox)
    {
        if (_endsDue.Count == 0 && _heartbeatAt > now.Monotonic)
        {
            return;
        }

        var ends = ImmutableArray.CreateBuilder<SourceEnd>(_endsDue.Count);
        foreach (var partition in _endsDue)
        {
            // A push that followed may have said it meanwhile.
            if (partition is { IsEndDue: true, IsWanted: true, HighWatermark: >= 0 })
            {
                ends.Add(new(partition.Topic.Handle, partition.Index, partition.HighWatermark, partition.LogStart));
            }

            partition.IsEndDue = false;
        }

        _endsDue.Clear();
        if (ends.Count > 0 || _heartbeatAt is null || _heartbeatAt <= now.Monotonic)
        {
            _heartbeatAt = now.Monotonic + settings.HeartbeatInterval;
            outbox.Add(new SourceEffect.SendHeartbeat(ends.DrainToImmutable()));
        }
    }

    private static Instant? Earliest(Instant? a, Instant? b) => a is null ? b : b is null || a < b ? a : b;
}
