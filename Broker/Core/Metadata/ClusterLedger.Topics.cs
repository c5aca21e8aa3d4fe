using System.Collections.Immutable;
using Broker.Core.Configs;
using Kernel;
using Kernel.Machines;
using Protocol.Wire;

namespace Broker.Core.Metadata;

public sealed partial class ClusterLedger
{
    private Decision<ClusterRecord, ClusterReply> CreateTopics(ClusterCommand.CreateTopics command)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var repeated = command.Topics.Select(t => t.Name).Where(name => !seen.Add(name)).ToHashSet(StringComparer.Ordinal);
        var collisions = new Dictionary<string, string>(StringComparer.Ordinal);
        var chance = new Prng(command.Entropy);
        var records = new List<ClusterRecord>();
        var results = new List<TopicResult>(command.Topics.Count);
        var partitions = 0L;
        foreach (var wanted in command.Topics)
        {
            var result = Decide(wanted, repeated, collisions, chance);
            partitions += result.Topic?.PartitionCount ?? 0;
            if (partitions > Limits.MaxPartitionsPerRequest)
            {
                return TooMany(command.Topics.Select(t => t.Name));
            }

            if (result.Topic is { } topic)
            {
                collisions.TryAdd(TopicNames.CollisionKey(topic.Name), topic.Name);
                records.Add(new ClusterRecord.TopicCreated(topic.Id, topic.Name, topic.PartitionCount, [.. topic.Configs], topic.Mirror, topic.FirstLeaderEpoch));
            }

            results.Add(result);
        }

        return new(command.ValidateOnly ? [] : records, new ClusterReply.Topics(results));
    }

    private static Decision<ClusterRecord, ClusterReply> TooMany(IEnumerable<string> topics)
    {
        var message = $"Excessively large number of partitions per request: more than {Limits.MaxPartitionsPerRequest}.";
        return new([], new ClusterReply.Topics([.. topics.Select(name => new TopicResult(name, Guid.Empty, ErrorCode.PolicyViolation, message))]));
    }

    private TopicResult Decide(NewTopic wanted, HashSet<string> repeated, Dictionary<string, string> collisions, Prng chance)
    {
        TopicResult Refused(ErrorCode error, string message) => new(wanted.Name, Guid.Empty, error, message);

        if (repeated.Contains(wanted.Name))
        {
            return Refused(ErrorCode.InvalidRequest, "Duplicate topic name.");
        }

        if (WhyNameRefused(wanted.Name, collisions) is var (error, why) && error != ErrorCode.None)
        {
            return Refused(error, why);
        }

        if (TryReadConfigs(wanted.Configs, out var configs) is { } problem)
        {
            return Refused(ErrorCode.InvalidConfig, problem);
        }

        var (count, countError, countMessage) = PartitionCountOf(wanted);
        return countError != ErrorCode.None
            ? Refused(countError, countMessage)
            : NewImage(NewId(chance), wanted.Name, count, configs, wanted.Mirror);
    }

    private TopicResult NewImage(Guid id, string name, int partitions, ImmutableSortedDictionary<string, string> configs, MirrorOrigin? mirror)
        => new(name, id, ErrorCode.None, null, new TopicImage(id, name, partitions, configs, Math.Max(0, Image.BrokerEpoch), mirror));

    private (ErrorCode Error, string Message) WhyNameRefused(string name, Dictionary<string, string>? alsoTaken = null)
    {
        if (name == TopicNames.ClusterMetadata)
        {
            return (ErrorCode.InvalidRequest, $"Creation of internal topic {name} is prohibited.");
        }

        if (TopicNames.WhyIllegal(name) is { } illegal)
        {
            return (ErrorCode.InvalidTopicException, illegal);
        }

        if (Image.Topics.ContainsKey(name))
        {
            return (ErrorCode.TopicAlreadyExists, $"Topic '{name}' already exists.");
        }

        var key = TopicNames.CollisionKey(name);
        return _byCollisionKey.TryGetValue(key, out var other) || (alsoTaken?.TryGetValue(key, out other) ?? false)
            ? (ErrorCode.InvalidTopicException, $"Topic '{name}' collides with existing topic: {other}")
            : (ErrorCode.None, "");
    }

    private (int Count, ErrorCode Error, string Message) PartitionCountOf(NewTopic wanted)
    {
        if (wanted.Assignments.Count > 0)
        {
            var (error, message) = Check(wanted);
            return (wanted.Assignments.Count, error, message);
        }

        var factor = wanted.ReplicationFactor == -1 ? View.Int("default.replication.factor") : wanted.ReplicationFactor;
        if (factor < 1)
        {
            return (0, ErrorCode.InvalidReplicationFactor, "Replication factor must be larger than 0, or -1 to use the default value.");
        }

        if (factor > 1)
        {
            return (0, ErrorCode.InvalidReplicationFactor, $"Unable to replicate the partition {factor} time(s): this cluster has 1 broker.");
        }

        var count = wanted.PartitionCount == -1 ? View.Int("num.partitions") : wanted.PartitionCount;
        return count < 1
            ? (0, ErrorCode.InvalidPartitions, "Number of partitions was set to an invalid non-positive value.")
            : (count, ErrorCode.None, "");
    }

    /// <summary>Assignments by hand: partitions from 0 without a gap, each on this cluster's one broker.</summary>
    private (ErrorCode Error, string Message) Check(NewTopic wanted)
    {
        if (wanted.ReplicationFactor != -1)
        {
            return (ErrorCode.InvalidRequest, "A manual partition assignment was specified, but replication factor was not set to -1.");
        }

        if (wanted.PartitionCount != -1)
        {
            return (ErrorCode.InvalidRequest, "A manual partition assignment was specified, but numPartitions was not set to -1.");
        }

        var seen = new bool[wanted.Assignments.Count];
        foreach (var assignment in wanted.Assignments)
        {
            if ((uint)assignment.Partition >= (uint)seen.Length || seen[assignment.Partition])
            {
                return (ErrorCode.InvalidReplicaAssignment, "partitions should be a consecutive 0-based integer sequence");
            }

            seen[assignment.Partition] = true;
            if (WhyIllegal(assignment.Brokers) is { } why)
            {
                return (ErrorCode.InvalidReplicaAssignment, why);
            }
        }

        return (ErrorCode.None, "");
    }

    private string? WhyIllegal(IReadOnlyList<int> brokers)
    {
        if (brokers.Count == 0)
        {
            return "The manual partition assignment includes an empty replica list.";
        }

        if (brokers.Distinct().Count() != brokers.Count)
        {
            return "The manual partition assignment includes a broker more than once.";
        }

        foreach (var broker in brokers)
        {
            if (broker != _static.NodeId)
            {
                return $"The manual partition assignment includes broker {broker}, but no such broker is registered.";
            }
        }

        return null;
    }

    private Guid NewId(Prng chance)
    {
        while (true)
        {
            var id = chance.NextGuid();
            if (!Image.TopicsById.ContainsKey(id))
            {
                return id;
            }
        }
    }

    private Decision<ClusterRecord, ClusterReply> DeleteTopics(ClusterCommand.DeleteTopics command)
    {
        var isEnabled = View.Bool("delete.topic.enable");
        var times = new Dictionary<Guid, int>();
        foreach (var topic in command.Topics.Select(Find).OfType<TopicImage>())
        {
            times[topic.Id] = times.GetValueOrDefault(topic.Id) + 1;
        }

        var records = new List<ClusterRecord>();
        var results = new List<TopicResult>(command.Topics.Count);
        foreach (var reference in command.Topics)
        {
            var result = Decide(reference, times, isEnabled);
            if (result.Error == ErrorCode.None)
            {
                records.Add(new ClusterRecord.TopicDeleted(result.Id));
            }

            results.Add(result);
        }

        return new(records, new ClusterReply.Topics(results));
    }

    private TopicResult Decide(TopicReference reference, Dictionary<Guid, int> times, bool isEnabled)
    {
        TopicResult Refused(ErrorCode error, string message) => new(reference.Name, reference.Id, error, message);

        if (!isEnabled)
        {
            return Refused(ErrorCode.TopicDeletionDisabled, "Topic deletion is disabled.");
        }

        if (reference.Name is not null == (reference.Id != Guid.Empty))
        {
            return Refused(
                ErrorCode.InvalidRequest,
                reference.Name is null ? "Neither topic name nor id were specified." : "You may not specify both topic name and topic id.");
        }

        if (Find(reference) is not { } topic)
        {
            return reference.Name is null
                ? Refused(ErrorCode.UnknownTopicId, "This server does not host this topic ID.")
                : Refused(ErrorCode.UnknownTopicOrPartition, "This server does not host this topic-partition.");
        }

        if (times[topic.Id] > 1)
        {
            return Refused(ErrorCode.InvalidRequest, "The topic was named more than once.") with { Name = topic.Name };
        }

        // Offsets of every group would be gone with it.
        return topic.IsInternal
            ? new TopicResult(topic.Name, topic.Id, ErrorCode.PolicyViolation, $"Topic {topic.Name} belongs to the broker and cannot be deleted.")
            : new TopicResult(topic.Name, topic.Id, ErrorCode.None);
    }

    private TopicImage? Find(TopicReference reference)
        => reference.Name is { } name ? (reference.Id == Guid.Empty ? Image.Find(name) : null) : Image.Find(reference.Id);

    /// <summary>Reads a new topic's settings; the problem, or null.</summary>
    private string? TryReadConfigs(IReadOnlyList<KeyValuePair<string, string?>> given, out ImmutableSortedDictionary<string, string> configs)
    {
        var builder = NoConfigs.ToBuilder();
        configs = NoConfigs;
        foreach (var (name, value) in given)
        {
            if (TopicConfigs.Find(name) is not { } definition)
            {
                return $"Unknown topic config name: {Quoted(name)}";
            }

            if (value is null)
            {
                return $"Null value not supported for topic configs: {name}";
            }

            if (!definition.TryParse(value, out var canonical, out var problem))
            {
                return problem;
            }

            builder[name] = canonical;
        }

        configs = builder.ToImmutable();
        return WhyIllegalTogether(configs);
    }

    private string? WhyIllegalTogether(ImmutableSortedDictionary<string, string> own)
    {
        var view = View;
        return TopicConfigs.WhyIllegal(name => own.GetValueOrDefault(name) ?? view.DefaultOf(TopicConfigs.Find(name)!));
    }

    private static string Quoted(string name) => name.Length <= Limits.MaxLoggedChars ? name : name[..Limits.MaxLoggedChars] + "…";
}
