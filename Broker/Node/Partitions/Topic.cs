using Broker.Core.Metadata;

namespace Broker.Node.Partitions;

/// <summary>A topic of this broker at run time. Its image, its settings and its list of partitions are swapped whole; partitions are only added.</summary>
public sealed class Topic
{
    private volatile TopicImage _image;
    private volatile LogSettings _settings;
    private volatile Partition[] _partitions = [];

    internal Topic(TopicImage image, LogSettings settings)
    {
        _image = image;
        _settings = settings;
    }

    public Guid Id => _image.Id;
    public string Name => _image.Name;

    /// <summary>The topic as the metadata log says.</summary>
    public TopicImage Image
    {
        get => _image;
        internal set => _image = value;
    }

    /// <summary>The effective settings of the topic's logs.</summary>
    public LogSettings Settings
    {
        get => _settings;
        internal set => _settings = value;
    }

    /// <summary>Set when the topic is the read-only copy of another region's.</summary>
    public MirrorOrigin? Mirror => _image.Mirror;

    /// <summary>All partitions, by index.</summary>
    public IReadOnlyList<Partition> Partitions => _partitions;

    /// <summary>Clients may read, but not write: the topics that the broker keeps for itself.</summary>
    public bool IsInternal => _image.IsInternal;

    /// <summary>The partition, or null when there is none of that index.</summary>
    public Partition? Find(int index) => (uint)index < (uint)_partitions.Length ? _partitions[index] : null;

    internal void SetPartitions(Partition[] partitions) => _partitions = partitions;
}
