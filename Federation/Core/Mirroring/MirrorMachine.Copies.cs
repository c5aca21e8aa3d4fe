using System.Collections.Immutable;
using Kernel.Machines;
using Protocol.Wire;

namespace Federation.Core.Mirroring;

// The copies of the link: asking for topics, opening, resuming, appending, failing.
public sealed partial class MirrorMachine
{
    private void AskForTopics(Now now, Outbox<MirrorEffect> outbox)
    {
        foreach (var topic in _topics.Values)
        {
            if (topic.Phase != TopicPhase.Unasked)
            {
                continue;
            }

            if (topic.RetryAt > now.Monotonic)
            {
                WakeAt(topic.RetryAt);
                continue;
            }

            topic.Phase = TopicPhase.Asked;
            topic.Handle = ++_lastHandle;
            _byHandle.Add(topic.Handle, topic);
            outbox.Add(new MirrorEffect.SendFollow(topic.Handle, topic.Name, topic.Target.FencingEpoch));
        }
    }

    private void OnDescribed(MirrorInput.TopicDescribed described, Now now, Outbox<MirrorEffect> outbox)
    {
        if (!_byHandle.TryGetValue(described.Handle, out var topic))
        {
            return;
        }

        if (described.PartitionCount is < 1 or > Kernel.Limits.MaxPartitionsPerRequest || described.TopicId == Guid.Empty)
        {
            FailTopic(topic, ErrorCode.InvalidRequest, $"the source describes {topic.Name} with {described.PartitionCount} partitions and id {described.TopicId}", now, outbox);
            return;
        }

        if (topic.Phase == TopicPhase.Described && topic.TopicId != described.TopicId)
        {
            FailTopic(topic, ErrorCode.InconsistentTopicId, $"the source's {topic.Name} has another id than before: it was deleted and made again", now, outbox);
            return;
        }

        topic.Phase = TopicPhase.Described;
        topic.TopicId = described.TopicId;
        topic.PartitionCount = described.PartitionCount;
        topic.Configs = described.Configs;
        OpenCopy(topic, outbox);
    }

    private void OpenCopy(MirroredTopic topic, Outbox<MirrorEffect> outbox)
    {
        if (topic.OpenAttempt != 0)
        {
            topic.IsOpenDue = true;
            return;
        }

        topic.IsOpenDue = false;
        topic.OpenAttempt = ++_lastAttempt;
        outbox.Add(new MirrorEffect.OpenCopy(
            topic.Name, topic.OpenAttempt, topic.TopicId, topic.PartitionCount, source, topic.Target.FencingEpoch, MirroredConfigs.Choose(topic.Configs)));
    }

    private void OnCopyOpened(MirrorInput.CopyOpened opened, Now now, Outbox<MirrorEffect> outbox)
    {
        if (!_topics.TryGetValue(opened.Topic, out var topic) || topic.OpenAttempt != opened.Attempt)
        {
            return;
        }

        topic.OpenAttempt = 0;
        if (topic.Phase != TopicPhase.Described)
        {
            return;
        }

        if (topic.IsOpenDue)
        {
            OpenCopy(topic, outbox);
            return;
        }

        if (opened.Error != ErrorCode.None)
        {
            FailTopic(topic, opened.Error, opened.Text, now, outbox);
            return;
        }

        if (topic.IsStandstillTold)
        {
            outbox.Add(new MirrorEffect.Log($"the copy of {topic.Name} from {source} goes on", IsTrouble: false));
        }

        topic.Failures = 0;
        topic.FailingSince = null;
        topic.IsStandstillTold = false;
        topic.Error = null;
        topic.IsFailed = false;
        var positions = ImmutableArray.CreateBuilder<ResumeAt>();
        foreach (var end in opened.Partitions.OrderBy(p => p.Partition))
        {
            if (end.Partition == topic.Partitions.Count)
            {
                topic.Partitions.Add(new(topic, end.Partition));
            }

            // A partition that follows knows better where it ends than an answer that its appends have overtaken.
            if (end.Partition >= topic.Partitions.Count || topic.Partitions[end.Partition] is not { Phase: not CopyPhase.Following } partition)
            {
                continue;
            }

            if (partition.RetryAt > now.Monotonic)
            {
                // Its turn may have been forgotten while the topic as a whole was not open.
                WakeAt(partition.RetryAt);
            }
            else
            {
                // Somebody has removed the copy that was at odds with the source.
                partition.IsProofDue &= end.LogEnd > end.LogStart;
                positions.Add(new(partition.Index, partition.Opened(end.LogStart, end.LogEnd), ++partition.Session));
                Ack(partition, now);
            }
        }

        if (positions.Count > 0)
        {
            outbox.Add(new MirrorEffect.SendResume(topic.Handle, positions.DrainToImmutable()));
        }
    }

    private void OnPush(MirrorInput.BatchesPushed push, Now now, Outbox<MirrorEffect> outbox)
    {
        if (!IsCurrent(push.Stream))
        {
            outbox.Add(new MirrorEffect.Release(push.Payload));
            return;
        }

        Heard(push.SourceMs, now);
        if (Find(push.Handle, push.Partition) is not { Phase: CopyPhase.Following } partition || partition.Session != push.Session)
        {
            Drop(push.Payload, now, outbox);
            return;
        }

        Observe(partition, push.CommittedEnd, push.LogStart, push.SourceMs, outbox);
        var range = push.Payload.Range;
        switch (range.IsMalformed ? PushVerdict.Hole : partition.Judge(push))
        {
            case PushVerdict.Append:
                partition.Waiting.Enqueue(push.Payload);
                StartAppend(partition, outbox);
                break;
            case PushVerdict.Drop:
                Drop(push.Payload, now, outbox);
                break;
            case PushVerdict.Gap:
                Drop(push.Payload, now, outbox);
                FailPartition(partition, $"batches came from {range.BaseOffset} on where {partition.Expected} was expected", isFinal: false, now, outbox);
                break;
            case PushVerdict.Hole:
                Drop(push.Payload, now, outbox);
                FailPartition(
                    partition,
                    range.IsMalformed
                        ? $"what the source holds behind offset {range.NextOffset} is not a record batch"
                        : $"the source has no records from {partition.Expected} to {range.BaseOffset - 1} and they are not below its log start (compaction?): a copy has no holes",
                    isFinal: true, now, outbox);
                break;
        }
    }

    private void StartAppend(MirroredPartition partition, Outbox<MirrorEffect> outbox)
    {
        if (partition.AppendAttempt != 0 || (partition.Waiting.Count == 0 && !partition.IsTrimDue))
        {
            return;
        }

        var topic = partition.Topic;
        var payloads = ImmutableArray.CreateBuilder<BatchPayload>();
        partition.AppendingBytes = 0;
        partition.AppendingTo = -1;
        while (partition.Waiting.TryPeek(out var next) && (payloads.Count == 0 || partition.AppendingBytes + next.Bytes.Length <= settings.MaxAppendBytes))
        {
            payloads.Add(partition.Waiting.Dequeue());
            partition.AppendingBytes += next.Bytes.Length;
            partition.AppendingTo = next.Range.NextOffset;
            partition.AppendingTimestamp = Math.Max(partition.AppendingTimestamp, next.Range.MaxTimestamp);
        }

        // Not beyond what is appended: where a copy begins anew is said by a batch.
        var logStart = Math.Min(partition.SourceStart, Math.Max(partition.AppendingTo, partition.CopyEnd));
        if (payloads.Count == 0)
        {
            partition.TrimmedTo = logStart;
        }

        partition.AppendStream = _stream;
        partition.AppendAttempt = ++_lastAttempt;
        outbox.Add(new MirrorEffect.Append(
            topic.Name, topic.TopicId, partition.Index, partition.AppendAttempt, topic.Target.FencingEpoch, logStart, payloads.DrainToImmutable()));
    }

    private void OnAppendDone(MirrorInput.AppendDone done, Now now, Outbox<MirrorEffect> outbox)
    {
        if (!_topics.TryGetValue(done.Topic, out var topic) || (uint)done.Partition >= (uint)topic.Partitions.Count)
        {
            return;
        }

        var partition = topic.Partitions[done.Partition];
        if (partition.AppendAttempt != done.Attempt)
        {
            return;
        }

        var bytes = partition.AppendingBytes;
        var isTrim = partition.AppendingTo < 0;
        partition.AppendAttempt = 0;
        partition.AppendingBytes = 0;
        if (_link == LinkPhase.Open && partition.AppendStream == _stream)
        {
            Owe(bytes, now, outbox);
        }

        if (partition.Phase != CopyPhase.Following)
        {
            // Its fate was decided while the append was under way. The end is asked anew before anything else is appended.
            return;
        }

        if (done.Error == ErrorCode.None && (isTrim || done.LogEnd >= partition.AppendingTo))
        {
            MirroredBytes += bytes;
            partition.Appended(done.LogStart, done.LogEnd);
            GoesOn(partition, outbox);
            Ack(partition, now);
            StartAppend(partition, outbox);
            return;
        }

        OnAppendFailed(partition, done, now, outbox);
    }

    private void Drop(BatchPayload payload, Now now, Outbox<MirrorEffect> outbox)
    {
        outbox.Add(new MirrorEffect.Release(payload));
        Owe(payload.Bytes.Length, now, outbox);
    }

    private void Ack(MirroredPartition partition, Now now)
    {
        if (!partition.IsAckDue)
        {
            partition.IsAckDue = true;
            _ackDue.Add(partition);
        }

        AckSoon(now);
    }
}
