using System.Collections.Immutable;
using Federation.Core.Homes;
using Kernel.Ids;
using Kernel.Machines;
using Protocol.Wire;

namespace Federation.Core.Mirroring;

/// <summary>
/// The destination side of one link: decides which topics of one source region are copied here, where each copy resumes, in what order and how
/// fast batches go to the local broker, and what to do when either side fails. A <c>MirrorLoop</c> owns it. Between steps it holds the
/// link's state, each partition's durable end, and the payloads that wait for an append.
/// </summary>
public sealed partial class MirrorMachine(RegionId region, RegionId source, MirrorSettings settings, Prng prng) : IReactor<MirrorInput, MirrorEffect>
{
    private enum LinkPhase
    {
        /// <summary>No topic, no stream.</summary>
        Idle,
        Waiting,
        Opening,
        Open,
    }

    private readonly Dictionary<string, MirroredTopic> _topics = new(StringComparer.Ordinal);
    private readonly Dictionary<uint, MirroredTopic> _byHandle = [];
    private readonly List<MirroredPartition> _ackDue = [];
    private LinkPhase _link;
    private int _stream;
    private int _linkFailures;
    private string? _linkError;
    private Instant _linkRetryAt;
    private Instant _heardAt;
    private Instant _sourceClockAt;
    private long _sourceMs = -1;
    private uint _lastHandle;
    private int _lastAttempt;
    private long _owedCredits;
    private Instant? _ackAt;
    private Instant? _retryAt;

    /// <summary>The region whose topics are copied.</summary>
    public RegionId Source => source;

    /// <summary>Times that the stream was lost after it had been open.</summary>
    public long Reconnects { get; private set; }

    /// <summary>Bytes of batches that the local broker has made durable.</summary>
    public long MirroredBytes { get; private set; }

    public Instant? Deadline
    {
        get
        {
            var due = _link switch
            {
                LinkPhase.Waiting => _linkRetryAt,
                LinkPhase.Opening => _heardAt + settings.ConnectLimit,
                LinkPhase.Open => _heardAt + settings.SilenceLimit,
                _ => (Instant?)null,
            };
            return Earliest(due, _link == LinkPhase.Open ? Earliest(_ackAt, _retryAt) : null);
        }
    }

    public void Step(MirrorInput input, Now now, Outbox<MirrorEffect> outbox)
    {
        switch (input)
        {
            case MirrorInput.BatchesPushed push:
                OnPush(push, now, outbox);
                break;
            case MirrorInput.AppendDone done:
                OnAppendDone(done, now, outbox);
                break;
            case MirrorInput.HeartbeatReceived heartbeat when IsCurrent(heartbeat.Stream):
                OnHeartbeat(heartbeat, now, outbox);
                break;
            case MirrorInput.DeadlineReached:
                OnDeadline(now, outbox);
                break;
            case MirrorInput.ImageChanged changed:
                OnImage(changed.Image, now, outbox);
                break;
            case MirrorInput.StreamOpened opened when opened.Stream == _stream && _link == LinkPhase.Opening:
                OnStreamOpened(now, outbox);
                break;
            case MirrorInput.StreamLost lost when lost.Stream == _stream && _link is LinkPhase.Opening or LinkPhase.Open:
                LoseStream(lost.Reason, now, outbox);
                break;
            case MirrorInput.TopicDescribed described when IsCurrent(described.Stream):
                _heardAt = now.Monotonic;
                OnDescribed(described, now, outbox);
                break;
            case MirrorInput.SourceRefused refused when IsCurrent(refused.Stream):
                _heardAt = now.Monotonic;
                OnRefused(refused, now, outbox);
                break;
            case MirrorInput.CopyOpened opened:
                OnCopyOpened(opened, now, outbox);
                break;
        }
    }

    private void OnImage(FederationImage image, Now now, Outbox<MirrorEffect> outbox)
    {
        foreach (var topic in _topics.Values.ToList())
        {
            if (!image.Topics.TryGetValue(topic.Name, out var target) || !IsOurs(target))
            {
                Abandon(topic, now, outbox);
                _topics.Remove(topic.Name);
            }
            else if (target != topic.Target)
            {
                var isSameFence = target.FencingEpoch == topic.Target.FencingEpoch;
                topic.Target = target;
                if (!isSameFence || topic.Error is not null)
                {
                    // What was refused under the old record may be granted under the new one.
                    Abandon(topic, now, outbox);
                    topic.RetryAt = now.Monotonic;
                    topic.Partitions.ForEach(p => p.RetryAt = now.Monotonic);
                    WakeAt(topic.RetryAt);
                }
            }
        }

        foreach (var target in image.Topics.Values)
        {
            if (IsOurs(target) && !_topics.ContainsKey(target.ClusterName))
            {
                _topics.Add(target.ClusterName, new(target) { RetryAt = now.Monotonic });
            }
        }

        if (_topics.Count == 0)
        {
            if (_link is LinkPhase.Opening or LinkPhase.Open)
            {
                outbox.Add(new MirrorEffect.CloseStream(_stream, "no topic is copied from there"));
            }

            _link = LinkPhase.Idle;
            _linkError = null;
        }
        else if (_link == LinkPhase.Idle)
        {
            OpenStream(now, outbox);
        }
        else if (_link == LinkPhase.Open)
        {
            AskForTopics(now, outbox);
        }
    }

    private bool IsOurs(FederatedTopic topic) => topic.Home == source && topic.Mirrors.Contains(region);

    private void OpenStream(Now now, Outbox<MirrorEffect> outbox)
    {
        _link = LinkPhase.Opening;
        _heardAt = now.Monotonic;
        outbox.Add(new MirrorEffect.OpenStream(++_stream));
    }

    private void OnStreamOpened(Now now, Outbox<MirrorEffect> outbox)
    {
        if (_linkError is not null)
        {
            outbox.Add(new MirrorEffect.Log($"the link from {source} to {region} is back", IsTrouble: false));
        }

        _link = LinkPhase.Open;
        _linkError = null;
        _heardAt = now.Monotonic;
        _owedCredits = 0;
        outbox.Add(new MirrorEffect.SendCredits(settings.WindowBytes));
        AskForTopics(now, outbox);
    }

    private void LoseStream(string reason, Now now, Outbox<MirrorEffect> outbox)
    {
        if (_linkError is null)
        {
            outbox.Add(new MirrorEffect.Log($"the link from {source} to {region} is down: {reason}", IsTrouble: true));
        }

        Reconnects += _link == LinkPhase.Open ? 1 : 0;
        _linkError = reason;
        _link = LinkPhase.Waiting;
        _linkRetryAt = now.Monotonic + Backoff.After(++_linkFailures, settings.MinBackoff, settings.MaxBackoff, prng);
        _ackAt = null;
        _ackDue.ForEach(p => p.IsAckDue = false);
        _ackDue.Clear();
        foreach (var topic in _topics.Values)
        {
            Abandon(topic, now, outbox, isStreamLost: true);
        }

        _byHandle.Clear();
    }

    private void OnDeadline(Now now, Outbox<MirrorEffect> outbox)
    {
        switch (_link)
        {
            case LinkPhase.Waiting when _linkRetryAt <= now.Monotonic:
                OpenStream(now, outbox);
                break;
            case LinkPhase.Opening when _heardAt + settings.ConnectLimit <= now.Monotonic:
                outbox.Add(new MirrorEffect.CloseStream(_stream, "it took too long"));
                LoseStream($"no answer within {settings.ConnectLimit.TotalSeconds:0} s", now, outbox);
                break;
            case LinkPhase.Open when _heardAt + settings.SilenceLimit <= now.Monotonic:
                outbox.Add(new MirrorEffect.CloseStream(_stream, "silence"));
                LoseStream($"nothing was heard for {settings.SilenceLimit.TotalSeconds:0} s", now, outbox);
                break;
            case LinkPhase.Open:
                if (_ackAt <= now.Monotonic)
                {
                    SendAcks(outbox);
                }

                if (_retryAt <= now.Monotonic)
                {
                    Retry(now, outbox);
                }

                break;
        }
    }

    private void OnHeartbeat(MirrorInput.HeartbeatReceived heartbeat, Now now, Outbox<MirrorEffect> outbox)
    {
        // Only now is it proven that the link carries something; a source that greets and dies would otherwise be asked without pause.
        _linkFailures = 0;
        Heard(heartbeat.SourceMs, now);
        foreach (var end in heartbeat.Ends)
        {
            if (Find(end.Handle, end.Partition) is { } partition)
            {
                Observe(partition, end.CommittedEnd, end.LogStart, heartbeat.SourceMs, outbox);
                StartAppend(partition, outbox);
            }
        }
    }

    private void Observe(MirroredPartition partition, long committedEnd, long logStart, long sourceMs, Outbox<MirrorEffect> outbox)
    {
        partition.Observe(committedEnd, logStart, sourceMs);
        if (partition is { Phase: CopyPhase.Following, IsProofDue: false })
        {
            partition.Failures = 0;
            GoesOn(partition, outbox);
        }
    }

    private void Heard(long sourceMs, Now now)
    {
        _heardAt = _sourceClockAt = now.Monotonic;
        _sourceMs = sourceMs;
    }

    private void Owe(long bytes, Now now, Outbox<MirrorEffect> outbox)
    {
        _owedCredits += bytes;
        if (_owedCredits >= settings.WindowBytes / 4)
        {
            outbox.Add(new MirrorEffect.SendCredits(_owedCredits));
            _owedCredits = 0;
        }
        else if (_owedCredits > 0)
        {
            AckSoon(now);
        }
    }

    private void AckSoon(Now now) => _ackAt ??= now.Monotonic + settings.AckInterval;

    private void SendAcks(Outbox<MirrorEffect> outbox)
    {
        _ackAt = null;
        if (_owedCredits > 0)
        {
            outbox.Add(new MirrorEffect.SendCredits(_owedCredits));
            _owedCredits = 0;
        }

        if (_ackDue.Count == 0)
        {
            return;
        }

        var ends = ImmutableArray.CreateBuilder<AckedEnd>(_ackDue.Count);
        foreach (var partition in _ackDue)
        {
            partition.IsAckDue = false;
            if (partition.Topic.Handle != 0)
            {
                ends.Add(new(partition.Topic.Handle, partition.Index, partition.CopyEnd));
            }
        }

        _ackDue.Clear();
        if (ends.Count > 0)
        {
            outbox.Add(new MirrorEffect.SendAck(ends.DrainToImmutable()));
        }
    }

    private bool IsCurrent(int stream) => stream == _stream && _link == LinkPhase.Open;

    private MirroredPartition? Find(uint handle, int partition) =>
        _byHandle.TryGetValue(handle, out var topic) && (uint)partition < (uint)topic.Partitions.Count ? topic.Partitions[partition] : null;

    private void WakeAt(Instant at) => _retryAt = Earliest(_retryAt, at);

    private static Instant? Earliest(Instant? a, Instant? b) => a is null ? b : b is null || a < b ? a : b;
}
