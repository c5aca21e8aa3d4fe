using Kernel;
using Kernel.Machines;
using Protocol.Wire;

namespace Broker.Core.Metadata;

public sealed partial class ClusterLedger
{
    private Decision<ClusterRecord, ClusterReply> CreatePartitions(ClusterCommand.CreatePartitions command)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var repeated = command.Topics.Select(t => t.Name).Where(name => !seen.Add(name)).ToHashSet(StringComparer.Ordinal);
        var records = new List<ClusterRecord>();
        var results = new List<TopicResult>(command.Topics.Count);
        var added = 0L;
        foreach (var wanted in command.Topics)
        {
            var result = repeated.Contains(wanted.Name)
                ? new TopicResult(wanted.Name, Guid.Empty, ErrorCode.InvalidRequest, "Duplicate topic name.")
                : Decide(wanted);
            if (result.Topic is { } topic)
            {
                added += topic.PartitionCount - Image.Find(topic.Id)!.PartitionCount;
                if (added > Limits.MaxPartitionsPerRequest)
                {
                    return TooMany(command.Topics.Select(t => t.Name));
                }

                records.Add(new ClusterRecord.PartitionsAdded(topic.Id, topic.PartitionCount));
            }

            results.Add(result);
        }

        return new(command.ValidateOnly ? [] : records, new ClusterReply.Topics(results));
    }

    private TopicResult Decide(MorePartitions wanted)
    {
        TopicResult Refused(ErrorCode error, string message) => new(wanted.Name, Guid.Empty, error, message);

        if (Image.Find(wanted.Name) is not { } topic)
        {
            // Without a text, as in Kafka.
            return new TopicResult(wanted.Name, Guid.Empty, ErrorCode.UnknownTopicOrPartition);
        }

        if (wanted.Count <= topic.PartitionCount)
        {
            return Refused(ErrorCode.InvalidPartitions, wanted.Count == topic.PartitionCount
                ? $"Topic already has {topic.PartitionCount} partition(s)."
                : $"The topic {topic.Name} currently has {topic.PartitionCount} partition(s); {wanted.Count} would not be an increase.");
        }

        // A group's place in the topic follows from the number of partitions: with another one its positions would not be found any more.
        if (topic.IsInternal)
        {
            return Refused(ErrorCode.PolicyViolation, $"Topic {topic.Name} belongs to the broker and cannot be given more partitions.");
        }

        // The source decides how many partitions a copy has; one more here would never be filled, and would move keys once the home moved.
        if (topic.Mirror is { } mirror)
        {
            return Refused(ErrorCode.PolicyViolation, $"Topic {topic.Name} is a copy; its home is region {mirror.Region}.");
        }

        var more = wanted.Count - topic.PartitionCount;
        if (wanted.Assignments is { } assignments)
        {
            if (assignments.Count != more)
            {
                return Refused(
                    ErrorCode.InvalidReplicaAssignment,
                    $"Attempted to add {more} additional partition(s), but {assignments.Count} assignment(s) were specified.");
            }

            if (assignments.Select(WhyIllegal).FirstOrDefault(why => why is not null) is { } illegal)
            {
                return Refused(ErrorCode.InvalidReplicaAssignment, illegal);
            }
        }

        return new TopicResult(topic.Name, topic.Id, ErrorCode.None, null, topic with { PartitionCount = wanted.Count });
    }
}
