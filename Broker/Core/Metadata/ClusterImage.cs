using System.Collections.Immutable;

namespace Broker.Core.Metadata;

/// <summary>
/// All that the metadata log says, at one point of it. Immutable and persistent: a change shares everything else with the image before, so
/// that an image per change is cheap with any number of topics. Read by any thread.
/// </summary>
public sealed record ClusterImage
{
    /// <summary>Before the first record.</summary>
    public static readonly ClusterImage Empty = new();

    /// <summary>The cluster's id; empty before it was formed.</summary>
    public string ClusterId { get; init; } = "";

    /// <summary>How often the broker has started, less one. Leader epochs rise with it.</summary>
    public int BrokerEpoch { get; init; } = -1;

    /// <summary>How many records led here. Rises with each.</summary>
    public long Version { get; init; }

    /// <summary>All topics, in the ordinal order of their names.</summary>
    public ImmutableSortedDictionary<string, TopicImage> Topics { get; init; } = ImmutableSortedDictionary.Create<string, TopicImage>(StringComparer.Ordinal);

    /// <summary>All topics, by id.</summary>
    public ImmutableDictionary<Guid, TopicImage> TopicsById { get; init; } = ImmutableDictionary<Guid, TopicImage>.Empty;

    /// <summary>The dynamic configuration of what is not a topic.</summary>
    public ImmutableSortedDictionary<ConfigResource, ImmutableSortedDictionary<string, string>> Configs { get; init; }
        = ImmutableSortedDictionary<ConfigResource, ImmutableSortedDictionary<string, string>>.Empty;

    /// <summary>The first producer id that has not been handed to anyone.</summary>
    public long NextProducerId { get; init; }

    /// <summary>The topic of that name, or null.</summary>
    public TopicImage? Find(string name) => Topics.GetValueOrDefault(name);

    /// <summary>The topic of that id, or null.</summary>
    public TopicImage? Find(Guid id) => TopicsById.GetValueOrDefault(id);

    /// <summary>The epoch of the present leader of the topic's partitions: 0 for a new topic, one more with each start of the broker.</summary>
    public int LeaderEpochOf(TopicImage topic) => BrokerEpoch - topic.FirstLeaderEpoch;
}
