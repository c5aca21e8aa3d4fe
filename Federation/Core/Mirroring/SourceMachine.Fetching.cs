using System.Collections.Immutable;
using Kernel.Machines;
using Protocol.Wire;

namespace Federation.Core.Mirroring;

// Reading the cluster: when a broker is asked, and what becomes of the batches that it answers with.
public sealed partial class SourceMachine
{
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
                partition.Marks.Add(found.HighWatermark, partition.EarlierMs ?? now.WallMs);
            }

            partition.EarlierMs = null;
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

        if (partition.IsPushed && partition.PushedEpoch != range.FirstEpoch && partition.ComparedEpoch < range.FirstEpoch)
        {
            // Another leader may have come and gone unseen.
            partition.ComparedEpoch = range.FirstEpoch;
            Release(payload, outbox);
            AskToResume(partition, outbox);
            return;
        }

        pushes.Add(new SourceEffect.SendBatches(
            topic.Handle, partition.Index, partition.Session, partition.Position, partition.HighWatermark, partition.LogStart, payload));
        partition.IsEndDue = false;
        partition.Position = range.NextOffset;
        partition.IsPushed = true;
        partition.PushedEpoch = range.LastEpoch;
        broker.Changed.Add(partition);
        _credits -= range.WholeBytes;
        PushedBytes += range.WholeBytes;
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
