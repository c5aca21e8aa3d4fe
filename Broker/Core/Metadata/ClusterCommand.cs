using Protocol.Wire;

namespace Broker.Core.Metadata;

/// <summary>What can be asked of the cluster's metadata. A closed hierarchy; each has its reply.</summary>
public abstract record ClusterCommand
{
    private ClusterCommand()
    {
    }

    /// <summary>The broker starts; the cluster is formed if there is none. Reply: <see cref="ClusterReply.Started"/>.</summary>
    public sealed record StartBroker(string ClusterId) : ClusterCommand;

    /// <summary>Makes topics. Reply: <see cref="ClusterReply.Topics"/>, one result each, in order.</summary>
    /// <param name="Entropy">Chance for the topic ids, since a ledger has none of its own.</param>
    public sealed record CreateTopics(IReadOnlyList<NewTopic> Topics, bool ValidateOnly, ulong Entropy) : ClusterCommand;

    /// <summary>Removes topics. Reply: <see cref="ClusterReply.Topics"/>, one result each, in order.</summary>
    public sealed record DeleteTopics(IReadOnlyList<TopicReference> Topics) : ClusterCommand;

    /// <summary>Adds partitions. Reply: <see cref="ClusterReply.Topics"/>, one result each, in order.</summary>
    public sealed record CreatePartitions(IReadOnlyList<MorePartitions> Topics, bool ValidateOnly) : ClusterCommand;

    /// <summary>Changes settings. Reply: <see cref="ClusterReply.Configs"/>, one result each, in order.</summary>
    public sealed record AlterConfigs(IReadOnlyList<ConfigChanges> Resources, bool ValidateOnly) : ClusterCommand;

    /// <summary>Takes a block of producer ids. Reply: <see cref="ClusterReply.ProducerIds"/>.</summary>
    public sealed record AllocateProducerIds(int Count) : ClusterCommand;

    /// <summary>
    /// Makes the read-only copy of another region's topic, or brings it up to date: origin, fencing epoch, partitions, settings. All or
    /// nothing. Reply: <see cref="ClusterReply.MirrorOpened"/>.
    /// </summary>
    /// <param name="TopicId">The source topic's id, which the copy bears too.</param>
    /// <param name="PartitionCount">The source's; fewer than the copy has changes nothing.</param>
    /// <param name="Configs">The source's own settings; those that the copy has beside them are taken back.</param>
    public sealed record OpenMirror(
        Guid TopicId, string Name, int PartitionCount, string Region, long FencingEpoch, IReadOnlyList<KeyValuePair<string, string?>> Configs) : ClusterCommand;

    /// <summary>
    /// Raises a mirrored topic's fencing epoch; an epoch that is not above the present one changes nothing. Reply: <see cref="ClusterReply.Fenced"/>.
    /// </summary>
    public sealed record FenceMirror(Guid TopicId, long FencingEpoch) : ClusterCommand;
}

/// <summary>A topic to be made.</summary>
/// <param name="PartitionCount">-1: the broker's num.partitions, or as many as there are assignments.</param>
/// <param name="ReplicationFactor">-1: the broker's default.</param>
/// <param name="Assignments">Brokers by partition; empty: placed by the cluster.</param>
/// <param name="Configs">As given by the client, repetitions and nulls included.</param>
/// <param name="Mirror">The topic is a copy of another region's.</param>
public sealed record NewTopic(
    string Name,
    int PartitionCount,
    short ReplicationFactor,
    IReadOnlyList<PartitionAssignment> Assignments,
    IReadOnlyList<KeyValuePair<string, string?>> Configs,
    MirrorOrigin? Mirror = null);

/// <summary>Where a partition is to lie.</summary>
public sealed record PartitionAssignment(int Partition, IReadOnlyList<int> Brokers);

/// <summary>A topic by name or by id; one of them.</summary>
public readonly record struct TopicReference(string? Name, Guid Id);

/// <summary>Partitions to be added.</summary>
/// <param name="Count">How many there shall be altogether.</param>
/// <param name="Assignments">Brokers for each new one; null: placed by the cluster.</param>
public sealed record MorePartitions(string Name, int Count, IReadOnlyList<IReadOnlyList<int>>? Assignments);

/// <summary>Changes of one resource's settings, all or none of which are made.</summary>
/// <param name="Replaces">Settings that are not named are taken back (AlterConfigs, KIP-133).</param>
public sealed record ConfigChanges(sbyte ResourceType, string ResourceName, IReadOnlyList<ConfigChange> Changes, bool Replaces = false);

/// <summary>One change: operation 0 sets, 1 takes back, 2 appends to and 3 removes from a list (KIP-339).</summary>
public readonly record struct ConfigChange(string Name, sbyte Operation, string? Value);

/// <summary>What the ledger answers.</summary>
public abstract record ClusterReply
{
    private ClusterReply()
    {
    }

    /// <summary>The cluster's id as it is, and the broker's epoch.</summary>
    public sealed record Started(string ClusterId, int BrokerEpoch) : ClusterReply;

    /// <summary>Results in the order of the command.</summary>
    public sealed record Topics(IReadOnlyList<TopicResult> Results) : ClusterReply;

    /// <summary>Results in the order of the command.</summary>
    public sealed record Configs(IReadOnlyList<ConfigResult> Results) : ClusterReply;

    /// <summary>The block [First, First + Count).</summary>
    public sealed record ProducerIds(long First, int Count) : ClusterReply;

    /// <summary>The copy as it is now; null with an error.</summary>
    public sealed record MirrorOpened(ErrorCode Error, string? Message, TopicImage? Topic) : ClusterReply;

    /// <summary>The epoch that stands now; UNKNOWN_TOPIC_ID when there is no such mirror.</summary>
    public sealed record Fenced(ErrorCode Error, long FencingEpoch) : ClusterReply;
}

/// <summary>How it went with one topic.</summary>
/// <param name="Topic">The topic as it is (or, validated only, would be) afterwards; null for errors and deletions.</param>
public sealed record TopicResult(string? Name, Guid Id, ErrorCode Error, string? Message = null, TopicImage? Topic = null);

/// <summary>How it went with one resource.</summary>
public sealed record ConfigResult(sbyte ResourceType, string ResourceName, ErrorCode Error, string? Message = null);
