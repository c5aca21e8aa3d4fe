using System.Collections.Immutable;

namespace Broker.Core.Metadata;

/// <summary>A topic as the metadata log says. Immutable; a change is a new image under the same id.</summary>
/// <param name="Id">Never zero; a topic made again under the same name has another one.</param>
/// <param name="PartitionCount">At least one; it only grows.</param>
/// <param name="Configs">The topic's own settings, by name; what is missing has the broker's default.</param>
/// <param name="FirstLeaderEpoch">The broker epoch in which the topic was made; leader epochs are counted from it.</param>
/// <param name="Mirror">Set when the topic is the read-only copy of another region's.</param>
public sealed record TopicImage(
    Guid Id,
    string Name,
    int PartitionCount,
    ImmutableSortedDictionary<string, string> Configs,
    int FirstLeaderEpoch = 0,
    MirrorOrigin? Mirror = null)
{
    /// <summary>Clients may read, but not write: the topics that the broker keeps for itself.</summary>
    public bool IsInternal => TopicNames.IsInternal(Name);
}

/// <summary>Where a mirrored topic comes from.</summary>
/// <param name="Region">The region that is home to the topic.</param>
/// <param name="FencingEpoch">Appends with a lower one are refused. It only rises.</param>
public sealed record MirrorOrigin(string Region, long FencingEpoch);
