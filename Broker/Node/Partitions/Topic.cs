namespace Broker.Node.Partitions;

/// <summary>A topic of this broker at run time. Its definition and its list of partitions are swapped whole; partitions are only added.</summary>
public sealed class Topic
{
    private volatile TopicDefinition _definition;
    private volatile Partition[] _partitions = [];

    internal Topic(TopicDefinition definition) => _definition = definition;

    public Guid Id => _definition.Id;
    public string Name => _definition.Name;

    /// <summary>The topic as the metadata log says.</summary>
    public TopicDefinition Definition
    {
        get => _definition;
        internal set => _definition = value;
    }

    /// <summary>All partitions, by index.</summary>
    public IReadOnlyList<Partition> Partitions => _partitions;

    /// <summary>Clients may read, but not write: the topics that the broker keeps for itself.</summary>
    public bool IsInternal => Name is "__consumer_offsets" or "__transaction_state";

    /// <summary>The partition, or null when there is none of that index.</summary>
    public Partition? Find(int index) => (uint)index < (uint)_partitions.Length ? _partitions[index] : null;

    internal void SetPartitions(Partition[] partitions) => _partitions = partitions;
}
