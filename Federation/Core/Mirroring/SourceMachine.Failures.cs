using Kernel.Machines;
using Protocol.Wire;

namespace Federation.Core.Mirroring;

// Partitions that cannot be read: who leads them now, where their logs begin and end, and what the destination is told of it.
public sealed partial class SourceMachine
{
    private void OnFetchError(SourceBroker broker, SourcePartition partition, ErrorCode error, Now now, Outbox<SourceEffect> outbox)
    {
        switch (error)
        {
            case ErrorCode.OffsetOutOfRange:
                TakeOut(partition);
                partition.IsBoundsAsked = true;
                outbox.Add(new SourceEffect.FindBounds(broker.Id, partition.Topic.Name, partition.Topic.Id, partition.Index));
                break;
            default:
                // Another leader, a deleted topic, a disk in trouble: what the cluster says now decides.
                FindLeader(partition, now, outbox);
                break;
        }
    }

    // The partition waits until the cluster has said who leads it.
    private void FindLeader(SourcePartition partition, Now now, Outbox<SourceEffect> outbox)
    {
        Assign(partition, -1, outbox);
        if (_unresolved.Add(partition.Topic.Name) && _resolveAt <= now.Monotonic)
        {
            _resolveAt = now.Monotonic + Backoff.After(++_leaderFailures, settings.MinBackoff, settings.MaxBackoff, prng);
        }
    }

    private void OnBounds(SourceInput.BoundsFound found, Now now, Outbox<SourceEffect> outbox)
    {
        if (!_byId.TryGetValue(found.TopicId, out var topic) || (uint)found.Partition >= (uint)topic.Partitions.Count
            || topic.Partitions[found.Partition] is not { IsBoundsAsked: true } partition)
        {
            return;
        }

        partition.IsBoundsAsked = false;
        if (found.LogStart < 0 || found.LogEnd < 0)
        {
            FindLeader(partition, now, outbox);
            return;
        }

        if (partition.Position > found.LogEnd)
        {
            partition.AheadSince ??= now.Monotonic;
            if (now.Monotonic - partition.AheadSince.Value < settings.AheadPatience)
            {
                FindLeader(partition, now, outbox);
                return;
            }

            partition.AheadSince = null;
            Stop(
                partition, ErrorCode.OffsetOutOfRange,
                $"the copy goes beyond {partition.Position}, but the log of {topic.Name}-{partition.Index} in {region} ends at {found.LogEnd}: the source has lost records", outbox);
            return;
        }

        if (partition.Position < found.LogStart)
        {
            // Retention took what the copy has not seen, or the copy is new.
            partition.Position = found.LogStart;
            partition.LogStart = found.LogStart;
            EndDue(partition);
        }

        Place(partition);
    }

    private void OnFetchFailed(SourceInput.FetchFailed failed, Now now, Outbox<SourceEffect> outbox)
    {
        if (!_brokers.TryGetValue(failed.Broker, out var broker) || broker.FetchAttempt != failed.Attempt)
        {
            return;
        }

        EndFetch(broker);
        ForgetSession(broker);
        broker.RetryAt = now.Monotonic + Backoff.After(++broker.Failures, settings.MinBackoff, settings.MaxBackoff, prng);
        if (failed.IsSessionLost)
        {
            return;
        }

        broker.FailingSince ??= now.Monotonic;

        if (broker.Failures == 1)
        {
            outbox.Add(new SourceEffect.Log($"broker {broker.Id} of {region} cannot be read: {failed.Reason}", IsTrouble: true));
        }

        // It may lead nothing any more.
        _unresolved.UnionWith(broker.Assigned.Select(p => p.Topic.Name));

        // And what comes back under its address may have less.
        foreach (var partition in broker.Assigned.ToList())
        {
            AskToResume(partition, outbox);
        }
    }

    private void Stop(SourcePartition partition, ErrorCode error, string text, Outbox<SourceEffect> outbox)
    {
        partition.IsWanted = false;
        Place(partition);
        outbox.Add(new SourceEffect.SendRefusal(partition.Topic.Handle, partition.Index, error, text));
    }

    // With each heartbeat: a destination that heard nothing of these partitions would call its copies complete.
    private void TellStalls(Outbox<SourceEffect> outbox)
    {
        if (_heartbeatAt > _now || (_unresolved.Count == 0 && _brokers.Values.All(b => b.FailingSince is null)))
        {
            return;
        }

        foreach (var partition in _topics.Values.SelectMany(t => t.Partitions).Where(p => p is { IsWanted: true, IsStallTold: false, AheadSince: null }))
        {
            var since = partition.Leader < 0 ? partition.LeaderSince : _brokers.GetValueOrDefault(partition.Leader)?.FailingSince;
            if (since is { } stalled && _now - stalled >= settings.UnreadablePatience)
            {
                partition.IsStallTold = true;
                var why = partition.Leader < 0 ? "it has no leader" : $"its leader, broker {partition.Leader}, does not answer";
                outbox.Add(new SourceEffect.SendRefusal(
                    partition.Topic.Handle, partition.Index, ErrorCode.LeaderNotAvailable, $"{partition.Topic.Name}-{partition.Index} cannot be read in {region}: {why}"));
            }
        }
    }
}
