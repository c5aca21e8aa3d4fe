namespace Broker.Node.Partitions;

/// <summary>What the metadata log says of a topic, as the partition table needs it. Immutable; a change is a new definition under the same id.</summary>
/// <param name="Configs">The topic's own settings; what is missing has the broker's default.</param>
/// <param name="Mirror">Set when the topic is the read-only copy of another region's.</param>
public sealed record TopicDefinition(Guid Id, string Name, int PartitionCount, IReadOnlyDictionary<string, string> Configs, MirrorSource? Mirror = null);

/// <summary>Where a mirrored topic comes from.</summary>
/// <param name="Region">The region that is home to the topic.</param>
/// <param name="FencingEpoch">Appends with a lower one are refused.</param>
public sealed record MirrorSource(string Region, long FencingEpoch);
