using System.Collections.Immutable;
using Kernel.Machines;
using Protocol.Wire;

namespace Federation.Core.Mirroring;

// Reading the cluster: which partition stands in which broker's fetch session, and what its answers mean.
public sealed partial class SourceMachine
{
    private void OnResume(SourceTopic topic, ImmutableArray<ResumeAt> positions)
    {
        foreach (var at in positions)
        {
            if ((uint)at.Partition < (uint)topic.Partitions.Count && at.Offset >= 0)
            {
                var partition = topic.Partitions[at.Partition];
                partition.Session = at.Session;
                partition.Position = at.Offset;
                partition.IsWanted = true;
                partition.IsBoundsAsked = false;
                partition.IsStallTold = false;
                if (partition.Leader >= 0 && _brokers.GetValueOrDefault(partition.Leader)?.FailingSince is null)
                {
                    EndDue(partition);
                }

                Place(partition);
            }
        }
    }

    private void OnPause(SourceTopic topic, ImmutableArray<int> partitions)
    {
        foreach (var index in partitions)
        {
            if ((uint)index < (uint)topic.Partitions.Count)
            {
                topic.Partitions[index].IsWanted = false;
                Place(topic.Partitions[index]);
            }
        }
    }

    // The leader is another one, or none.
    private void Assign(SourcePartition partition, int leader)
    {
        if (partition.Leader != leader)
        {
            TakeOut(partition);
            partition.Leader = leader;
            partition.LeaderSince = _now;
        }

        Place(partition);
    }

    // Brings the leader's session in line with whether and where the partition is to be read.
    private void Place(SourcePartition partition)
    {
        if (!partition.IsFetchable)
        {
            TakeOut(partition);
            return;
        }

        if (!_brokers.TryGetValue(partition.Leader, out var broker))
        {
            _brokers.Add(partition.Leader, broker = new(partition.Leader));
        }

        broker.Assigned.Add(partition);
        broker.Forget.Remove(new(partition.Topic.Id, partition.Index));
        if (partition.SessionOffset != partition.Position)
        {
            broker.Changed.Add(partition);
            broker.IsJoinDue |= broker.FetchAttempt != 0;
        }
    }

    private void TakeOut(SourcePartition partition)
    {
        if (_brokers.TryGetValue(partition.Leader, out var broker) && broker.Assigned.Remove(partition))
        {
            broker.Changed.Remove(partition);
            if (partition.SessionOffset >= 0)
            {
                broker.Forget.Add(new(partition.Topic.Id, partition.Index));
                partition.SessionOffset = -1;
            }
        }
    }

    private void StartFetches(Now now, Outbox<SourceEffect> outbox)
    {
        foreach (var broker in _brokers.Values)
        {
            if (broker is { FetchAttempt: not 0, IsJoinDue: true, Assigned.Count: > 0 } && JoinAt(broker) <= now.Monotonic)
            {
                EndFetch(broker);
                ForgetSession(broker);
                broker.JoinedAt = now.Monotonic;
            }

            if (broker.FetchAttempt != 0 || broker.Assigned.Count == 0 || broker.RetryAt > now.Monotonic || _credits <= 0)
            {
                continue;
            }

            var isNew = broker.IsSessionNew;
            var chosen = isNew ? broker.Assigned : broker.Changed;
            var set = ImmutableArray.CreateBuilder<FetchAt>(chosen.Count);
            foreach (var partition in chosen)
            {
                set.Add(new(partition.Topic.Id, partition.Index, partition.Position));
                partition.SessionOffset = partition.Position;
            }

            ImmutableArray<ForgetOf> forget = isNew ? [] : [.. broker.Forget];
            broker.Changed.Clear();
            broker.Forget.Clear();
            broker.IsSessionNew = false;
            broker.FetchAttempt = ++_lastAttempt;
            broker.FetchedAt = now.Monotonic;
            broker.ReservedBytes = Math.Min(_credits, settings.MaxFetchBytes);
            _credits -= broker.ReservedBytes;
            outbox.Add(new SourceEffect.Fetch(broker.Id, broker.FetchAttempt, isNew, set.DrainToImmutable(), forget, (int)broker.ReservedBytes));
        }
    }

    private void OnFetched(SourceInput.Fetched fetched, Now now, Outbox<SourceEffect> outbox)
    {
        if (!_brokers.TryGetValue(fetched.Broker, out var broker) || broker.FetchAttempt != fetched.Attempt)
        {
            foreach (var partition in fetched.Partitions)
            {
                Release(partition.Payload, outbox);
            }

            return;
        }

        EndFetch(broker);
        broker.Failures = 0;
        broker.FailingSince = null;
        if (fetched.Throttle > TimeSpan.Zero)
        {
            broker.RetryAt = now.Monotonic + fetched.Throttle;
        }

        // The next long poll leaves before anything is pushed; only then is there always one outstanding.
        var pushes = new List<SourceEffect>();
        foreach (var found in fetched.Partitions)
        {
            TakeFetched(broker, found, now, pushes, outbox);
        }

        if (fetched.Partitions.Length > 0 && fetched.Partitions.All(p => p.Error == ErrorCode.None))
        {
            _leaderFailures = 0;
        }

        if (!fetched.IsSessionKept)
        {
            ForgetSession(broker);
        }

        StartFetches(now, outbox);
        pushes.ForEach(outbox.Add);
    }

    private void TakeFetched(SourceBroker broker, FetchedPartition found, Now now, List<SourceEffect> pushes, Outbox<SourceEffect> outbox)
    {
        // Session offset and position differ when the destination resumed while the fetch was under way: its answer is for nobody.
        if (!_byId.TryGetValue(found.TopicId, out var topic) || (uint)found.Partition >= (uint)topic.Partitions.Count
            || topic.Partitions[found.Partition] is not { IsFetchable: true } partition || partition.Leader != broker.Id || partition.SessionOffset != partition.Position)
        {
            Release(found.Payload, outbox);
            return;
        }

        if (found.Error != ErrorCode.None)
        {
            Release(found.Payload, outbox);
            OnFetchError(broker, partition, found.Error, now, outbox);
            return;
        }

        partition.AheadSince = null;
        if (found.HighWatermark >= 0 && (partition.IsStallTold || found.HighWatermark != partition.HighWatermark || found.LogStart != partition.LogStart))
        {
            partition.IsStallTold = false;
            partition.HighWatermark = found.HighWatermark;
            partition.LogStart = found.LogStart;
            EndDue(partition);
            partition.Marks.Reached(found.LogStart);
            if (found.HighWatermark > Math.Max(partition.AckedEnd, found.LogStart))
            {
                partition.Marks.Add(found.HighWatermark, now.WallMs);
            }
        }

        if (found.Payload is not { } payload)
        {
            return;
        }

        var range = payload.Range;
        if (range.IsMalformed && range.NextOffset <= partition.Position)
        {
            Release(payload, outbox);
            Stop(partition, ErrorCode.CorruptMessage, $"what the cluster of {region} has at offset {partition.Position} is not a record batch", outbox);
            return;
        }

        if (range.WholeBytes == 0 || range.NextOffset <= partition.Position)
        {
            Release(payload, outbox);
            return;
        }

        pushes.Add(new SourceEffect.SendBatches(
            topic.Handle, partition.Index, partition.Session, partition.Position, partition.HighWatermark, partition.LogStart, payload));
        partition.IsEndDue = false;
        partition.Position = range.NextOffset;
        broker.Changed.Add(partition);
        _credits -= range.WholeBytes;
        PushedBytes += range.WholeBytes;
    }

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
                FindLeader(partition, now);
                break;
        }
    }

    // The partition waits until the cluster has said who leads it.
    private void FindLeader(SourcePartition partition, Now now)
    {
        Assign(partition, -1);
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
            FindLeader(partition, now);
            return;
        }

        if (partition.Position > found.LogEnd)
        {
            partition.AheadSince ??= now.Monotonic;
            if (now.Monotonic - partition.AheadSince.Value < settings.AheadPatience)
            {
                FindLeader(partition, now);
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
    }

    private static void ForgetSession(SourceBroker broker)
    {
        broker.IsSessionNew = true;
        broker.Forget.Clear();
        foreach (var partition in broker.Assigned)
        {
            partition.SessionOffset = -1;
        }
    }

    private Instant JoinAt(SourceBroker broker)
    {
        var patient = broker.FetchedAt + settings.JoinPatience;
        return broker.JoinedAt is { } joined && joined + settings.JoinPause > patient ? joined + settings.JoinPause : patient;
    }

    private void EndFetch(SourceBroker broker)
    {
        broker.FetchAttempt = 0;
        broker.IsJoinDue = false;
        _credits += broker.ReservedBytes;
        broker.ReservedBytes = 0;
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

    private void EndDue(SourcePartition partition)
    {
        if (!partition.IsEndDue)
        {
            partition.IsEndDue = true;
            _endsDue.Add(partition);
        }
    }

    private static void Release(BatchPayload? payload, Outbox<SourceEffect> outbox)
    {
        if (payload is not null)
        {
            outbox.Add(new SourceEffect.Release(payload));
        }
    }
}
