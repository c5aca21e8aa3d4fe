using System.Collections.Immutable;
using Kernel.Machines;
using Protocol.Wire;

namespace Federation.Core.Mirroring;

// Which partition stands in which broker's fetch session.
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
                partition.IsPushed = false;
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
    private void Assign(SourcePartition partition, int leader, Outbox<SourceEffect> outbox)
    {
        if (partition.Leader != leader)
        {
            AskToResume(partition, outbox);
            TakeOut(partition);
            partition.Leader = leader;
            partition.LeaderSince = _now;
        }

        Place(partition);
    }

    // The log may be another one than what was pushed came from: its broker lost the end, or the new leader never had it. Only where the destination
    // resumes is its last batch compared; what nothing was pushed of since then, is compared anyway.
    private void AskToResume(SourcePartition partition, Outbox<SourceEffect> outbox)
    {
        if (partition is { IsWanted: true, IsPushed: true })
        {
            Stop(
                partition, ErrorCode.NotLeaderOrFollower,
                $"the leader of {partition.Topic.Name}-{partition.Index} in {region} is another or was out of reach: the copy's end has to be compared",
                outbox);
        }
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

    private static void ForgetSession(SourceBroker broker)
    {
        broker.IsSessionNew = true;
        broker.Forget.Clear();
        foreach (var partition in broker.Assigned)
        {
            partition.SessionOffset = -1;
        }
    }
}
