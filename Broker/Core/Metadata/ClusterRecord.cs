namespace Broker.Core.Metadata;

/// <summary>What happened to the cluster: the entries of the metadata log. A closed hierarchy; entries are never changed, new ones are added.</summary>
public abstract record ClusterRecord
{
    private ClusterRecord()
    {
    }

    /// <summary>The first record of all.</summary>
    public sealed record ClusterFormed(string ClusterId) : ClusterRecord;

    /// <summary>The broker has started: it leads everything again, one epoch later.</summary>
    public sealed record BrokerStarted(int BrokerEpoch) : ClusterRecord;

    /// <summary>A topic exists.</summary>
    public sealed record TopicCreated(Guid Id, string Name, int PartitionCount, IReadOnlyList<KeyValuePair<string, string>> Configs, MirrorOrigin? Mirror, int FirstLeaderEpoch) : ClusterRecord;

    /// <summary>A topic is gone, with its partitions and settings.</summary>
    public sealed record TopicDeleted(Guid Id) : ClusterRecord;

    /// <summary>A topic has more partitions.</summary>
    public sealed record PartitionsAdded(Guid Id, int PartitionCount) : ClusterRecord;

    /// <summary>A setting was made, or taken back (null).</summary>
    public sealed record ConfigChanged(ConfigResource Resource, string Name, string? Value) : ClusterRecord;

    /// <summary>A mirrored topic refuses appends of lower fencing epochs.</summary>
    public sealed record MirrorFenced(Guid TopicId, long FencingEpoch) : ClusterRecord;

    /// <summary>A mirrored topic's home is another region now.</summary>
    public sealed record MirrorMoved(Guid TopicId, string Region, long FencingEpoch) : ClusterRecord;

    /// <summary>Producer ids below <paramref name="NextProducerId"/> are somebody's.</summary>
    public sealed record ProducerIdsAllocated(long NextProducerId) : ClusterRecord;
}
