using Kernel.Machines;
using Protocol.Wire;

namespace Federation.Core.Mirroring;

// What goes wrong: which topic or partition stands still, why, and when it is tried again.
public sealed partial class MirrorMachine
{
    private void OnAppendFailed(MirroredPartition partition, MirrorInput.AppendDone done, Now now, Outbox<MirrorEffect> outbox)
    {
        var text = done.Text is null ? "" : $": {done.Text}";
        switch (done.Error)
        {
            case ErrorCode.CorruptMessage:
                FailPartition(
                    partition,
                    $"the source's bytes behind offset {Math.Max(0, done.LogEnd < 0 ? partition.CopyEnd - 1 : done.LogEnd - 1)} are not those of the copy, or are damaged{text}",
                    isFinal: true, now, outbox);
                break;
            case ErrorCode.FencedLeaderEpoch or ErrorCode.InvalidTopicException or ErrorCode.UnknownTopicId or ErrorCode.UnknownTopicOrPartition:
                FailTopic(partition.Topic, done.Error, done.Text, now, outbox);
                break;
            default:
                FailPartition(partition, $"the local broker did not append: {done.Error}{text}", isFinal: false, now, outbox);
                break;
        }
    }

    private void OnRefused(MirrorInput.SourceRefused refused, Now now, Outbox<MirrorEffect> outbox)
    {
        if (!_byHandle.TryGetValue(refused.Handle, out var topic))
        {
            return;
        }

        if (refused.Partition < 0)
        {
            FailTopic(topic, refused.Error, refused.Text, now, outbox, isFromSource: true);
        }
        else if (Find(refused.Handle, refused.Partition) is { Phase: CopyPhase.Following } partition)
        {
            if (refused.Error == ErrorCode.LeaderNotAvailable)
            {
                // The source goes on trying, and says so when it can read again.
                partition.StalledSince ??= now.Monotonic;
                StandStill(partition, refused.Text, outbox);
                return;
            }

            if (refused.Error == ErrorCode.NotLeaderOrFollower)
            {
                // No failure: the copy resumes at once, so that its last batch is compared with the log as it is now.
                DropWaiting(partition, now, outbox);
                partition.Phase = CopyPhase.Unopened;
                partition.RetryAt = now.Monotonic;
                OpenCopy(topic, outbox);
                return;
            }

            FailPartition(partition, refused.Text, refused.Error is ErrorCode.OffsetOutOfRange or ErrorCode.CorruptMessage, now, outbox);
        }
    }

    // The topic is asked for again later; the copy stays as it is. What the source refuses may only be that its image is older or newer than ours.
    private void FailTopic(MirroredTopic topic, ErrorCode error, string? text, Now now, Outbox<MirrorEffect> outbox, bool isFromSource = false)
    {
        Abandon(topic, now, outbox);
        topic.FailingSince ??= now.Monotonic;
        topic.IsFailed = !isFromSource && error is ErrorCode.TopicAlreadyExists or ErrorCode.FencedLeaderEpoch or ErrorCode.InvalidTopicException or ErrorCode.InvalidConfig
            or ErrorCode.InvalidPartitions or ErrorCode.UnsupportedVersion;
        topic.Error = error == ErrorCode.TopicAlreadyExists && !isFromSource
            ? $"a topic {topic.Name} stands on the cluster of {region} that is not the copy of this one of {source} (deleted there and made again?); it is not touched{(text is null ? "" : $": {text}")}"
            : text ?? error.ToString();
        topic.RetryAt = now.Monotonic + RetryAfter(++topic.Failures, topic.IsFailed);
        WakeAt(topic.RetryAt);
        var isNew = isFromSource && error == ErrorCode.UnknownTopicOrPartition && topic.TopicId == Guid.Empty
            && now.Monotonic - topic.FailingSince.Value < settings.NewTopicPatience;
        if (!topic.IsStandstillTold && !isNew)
        {
            topic.IsStandstillTold = true;
            outbox.Add(new MirrorEffect.Log($"the copy of {topic.Name} from {source} stands still: {topic.Error}", IsTrouble: true));
        }
    }

    private void FailPartition(MirroredPartition partition, string text, bool isFinal, Now now, Outbox<MirrorEffect> outbox)
    {
        DropWaiting(partition, now, outbox);
        StandStill(partition, text, outbox);
        partition.StalledSince ??= now.Monotonic;
        partition.IsProofDue |= isFinal;
        partition.Phase = isFinal ? CopyPhase.Failed : CopyPhase.Unopened;
        partition.RetryAt = now.Monotonic + RetryAfter(++partition.Failures, isFinal);
        WakeAt(partition.RetryAt);
        outbox.Add(new MirrorEffect.SendPause(partition.Topic.Handle, [partition.Index]));
    }

    private void DropWaiting(MirroredPartition partition, Now now, Outbox<MirrorEffect> outbox)
    {
        foreach (var payload in partition.TakeWaiting())
        {
            Drop(payload, now, outbox);
        }
    }

    private void StandStill(MirroredPartition partition, string text, Outbox<MirrorEffect> outbox)
    {
        if (partition.Error is null)
        {
            outbox.Add(new MirrorEffect.Log($"the copy of {partition.Topic.Name}-{partition.Index} from {source} stands still: {text}", IsTrouble: true));
        }

        partition.Error = text;
    }

    private void GoesOn(MirroredPartition partition, Outbox<MirrorEffect> outbox)
    {
        if (partition.Error is null)
        {
            return;
        }

        partition.Error = null;
        outbox.Add(new MirrorEffect.Log($"the copy of {partition.Topic.Name}-{partition.Index} from {source} goes on", IsTrouble: false));
    }

    private TimeSpan RetryAfter(int failures, bool isFinal) =>
        Backoff.After(failures, isFinal ? settings.FailedRetry : settings.MinBackoff, isFinal ? settings.FailedRetry : settings.MaxBackoff, prng);

    private void Retry(Now now, Outbox<MirrorEffect> outbox)
    {
        _retryAt = null;
        AskForTopics(now, outbox);
        foreach (var topic in _topics.Values.Where(t => t.Phase == TopicPhase.Described))
        {
            var isDue = false;
            foreach (var partition in topic.Partitions.Where(p => p.Phase != CopyPhase.Following))
            {
                isDue |= partition.RetryAt <= now.Monotonic;
                if (partition.RetryAt > now.Monotonic)
                {
                    WakeAt(partition.RetryAt);
                }
            }

            if (isDue)
            {
                OpenCopy(topic, outbox);
            }
        }
    }

    // Nothing of the topic is wanted on this stream any more; what waits is given back, what is being appended runs out by itself.
    private void Abandon(MirroredTopic topic, Now now, Outbox<MirrorEffect> outbox, bool isStreamLost = false)
    {
        if (topic.Handle != 0 && !isStreamLost)
        {
            outbox.Add(new MirrorEffect.SendUnfollow(topic.Handle));
            _byHandle.Remove(topic.Handle);
        }

        topic.Handle = 0;
        topic.Phase = TopicPhase.Unasked;
        topic.OpenAttempt = 0;
        foreach (var partition in topic.Partitions)
        {
            partition.StalledSince ??= isStreamLost ? null : now.Monotonic;
            partition.Phase = partition.Phase == CopyPhase.Failed ? CopyPhase.Failed : CopyPhase.Unopened;
            foreach (var payload in partition.TakeWaiting())
            {
                outbox.Add(new MirrorEffect.Release(payload));
                Owe(isStreamLost ? 0 : payload.Bytes.Length, now, outbox);
            }

            if (partition.AppendAttempt != 0 && partition.AppendStream == _stream && !isStreamLost)
            {
                // Given back early, because the topic may be forgotten before the append is done.
                partition.AppendStream = 0;
                Owe(partition.AppendingBytes, now, outbox);
            }
        }
    }
}
