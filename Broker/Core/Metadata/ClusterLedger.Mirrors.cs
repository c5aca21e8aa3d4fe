using Kernel;
using Kernel.Machines;
using Protocol.Wire;

namespace Broker.Core.Metadata;

public sealed partial class ClusterLedger
{
    private Decision<ClusterRecord, ClusterReply> OpenMirror(ClusterCommand.OpenMirror open)
    {
        Decision<ClusterRecord, ClusterReply> Refused(ErrorCode error, string message) => new([], new ClusterReply.MirrorOpened(error, message, null));

        if (open.TopicId == Guid.Empty || open.Region.Length == 0 || open.FencingEpoch < 0 || open.PartitionCount is < 1 or > Limits.MaxPartitionsPerRequest)
        {
            return Refused(
                ErrorCode.InvalidRequest,
                $"A mirror needs a topic id, a region, a fencing epoch from 0 and 1 to {Limits.MaxPartitionsPerRequest} partitions.");
        }

        if (TryReadConfigs(open.Configs, out var configs) is { } problem)
        {
            return Refused(ErrorCode.InvalidConfig, problem);
        }

        var mirror = new MirrorOrigin(open.Region, open.FencingEpoch);
        if (Image.Find(open.TopicId) is not { } topic)
        {
            if (WhyNameRefused(open.Name) is var (error, why) && error != ErrorCode.None)
            {
                return Refused(error, why);
            }

            var made = NewImage(open.TopicId, open.Name, open.PartitionCount, configs, mirror).Topic!;
            return new(
                [new ClusterRecord.TopicCreated(made.Id, made.Name, made.PartitionCount, [.. made.Configs], mirror, made.FirstLeaderEpoch)],
                new ClusterReply.MirrorOpened(ErrorCode.None, null, made));
        }

        if (topic.Name != open.Name || topic.Mirror is not { } present)
        {
            return Refused(ErrorCode.TopicAlreadyExists, $"Topic '{topic.Name}' has this id and is not a copy of '{open.Name}'.");
        }

        if (open.FencingEpoch < present.FencingEpoch)
        {
            return Refused(ErrorCode.FencedLeaderEpoch, $"Fencing epoch {open.FencingEpoch} is below {present.FencingEpoch}.");
        }

        // Two regions that both think they are home under one epoch: the first keeps it.
        if (open.Region != present.Region && open.FencingEpoch == present.FencingEpoch)
        {
            return Refused(ErrorCode.FencedLeaderEpoch, $"Region {present.Region} is home under fencing epoch {present.FencingEpoch}.");
        }

        var records = new List<ClusterRecord>();
        if (open.Region != present.Region)
        {
            records.Add(new ClusterRecord.MirrorMoved(topic.Id, open.Region, open.FencingEpoch));
        }
        else if (open.FencingEpoch > present.FencingEpoch)
        {
            records.Add(new ClusterRecord.MirrorFenced(topic.Id, open.FencingEpoch));
        }

        var count = Math.Max(topic.PartitionCount, open.PartitionCount);
        if (count > topic.PartitionCount)
        {
            records.Add(new ClusterRecord.PartitionsAdded(topic.Id, count));
        }

        Record(new ConfigResource(ConfigResourceType.Topic, topic.Name), topic.Configs, configs, records);
        return new(records, new ClusterReply.MirrorOpened(ErrorCode.None, null, topic with { Mirror = mirror, PartitionCount = count, Configs = configs }));
    }

    private Decision<ClusterRecord, ClusterReply> FenceMirror(ClusterCommand.FenceMirror fence)
    {
        if (Image.Find(fence.TopicId)?.Mirror is not { } present)
        {
            return new([], new ClusterReply.Fenced(ErrorCode.UnknownTopicId, -1));
        }

        return fence.FencingEpoch <= present.FencingEpoch
            ? new([], new ClusterReply.Fenced(ErrorCode.None, present.FencingEpoch))
            : new([new ClusterRecord.MirrorFenced(fence.TopicId, fence.FencingEpoch)], new ClusterReply.Fenced(ErrorCode.None, fence.FencingEpoch));
    }
}
