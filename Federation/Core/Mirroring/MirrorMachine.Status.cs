using Kernel.Machines;

namespace Federation.Core.Mirroring;

// What people and metrics see of the link.
public sealed partial class MirrorMachine
{
    /// <summary>Whether every partition of the topic is open here and follows the source.</summary>
    public bool IsMirrored(string topic) => _topics.TryGetValue(topic, out var found) && found.IsMirrored;

    /// <summary>Why a topic cannot be mirrored without a person; null when it can, or is not this link's.</summary>
    public string? FailureOf(string topic) =>
        !_topics.TryGetValue(topic, out var found) ? null
        : found.IsFailed ? found.Error
        : found.Partitions.Find(p => p.Phase == CopyPhase.Failed)?.Error;

    /// <summary>All partitions of the link, by topic and index.</summary>
    public IReadOnlyList<PartitionMirrorStatus> Status(Now now)
    {
        var sourceNowMs = _sourceMs < 0 ? now.WallMs : _sourceMs + (long)(now.Monotonic - _sourceClockAt).TotalMilliseconds;
        var silence = now.Monotonic - _heardAt;
        var isHeard = _link == LinkPhase.Open && silence <= 2 * settings.HeartbeatInterval;
        var all = new List<PartitionMirrorStatus>();
        foreach (var topic in _topics.Values.OrderBy(t => t.Name, StringComparer.Ordinal))
        {
            for (var i = 0; i < Math.Max(topic.Partitions.Count, topic.Target.Partitions); i++)
            {
                var partition = i < topic.Partitions.Count ? topic.Partitions[i] : null;
                var lagMs = partition?.LagMs(sourceNowMs) ?? -1;
                if (lagMs >= 0 && !isHeard)
                {
                    // What the source committed since it was last heard is unknown, so the copy may be as old as that.
                    lagMs = Math.Max(lagMs, (long)silence.TotalMilliseconds);
                }

                if (lagMs >= 0 && partition?.StalledSince is { } stalled)
                {
                    lagMs = Math.Max(lagMs, (long)(now.Monotonic - stalled).TotalMilliseconds);
                }

                all.Add(new(
                    topic.Name, i, source.Name, region.Name, StateOf(topic, partition, lagMs), partition?.SourceEnd ?? -1, partition?.EffectiveEnd ?? -1, lagMs,
                    topic.Error ?? partition?.Error ?? (_link == LinkPhase.Open ? null : _linkError)));
            }
        }

        return all;
    }

    private MirrorState StateOf(MirroredTopic topic, MirroredPartition? partition, long lagMs) =>
        topic.IsFailed || partition?.Phase == CopyPhase.Failed ? MirrorState.Failed
        : _link != LinkPhase.Open || partition is not { Phase: CopyPhase.Following, SourceEnd: >= 0, StalledSince: null } ? MirrorState.Connecting
        : lagMs > settings.FollowingLag.TotalMilliseconds ? MirrorState.CatchingUp
        : MirrorState.Following;
}
