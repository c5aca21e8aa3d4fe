namespace Broker.Core.Fetching;

/// <summary>A partition as a fetch request names it: by topic name up to version 12, by topic id from 13 (KIP-516). The other one is null or zero.</summary>
/// <param name="Topic">The topic's name as sent, perhaps unknown or illegal; null with an id.</param>
/// <param name="TopicId">The topic's id as sent, perhaps unknown or zero.</param>
/// <param name="Index">The partition's index as sent, perhaps negative.</param>
public readonly record struct FetchKey(string? Topic, Guid TopicId, int Index)
{
    /// <summary>Whether both lie in the same topic, so that an answer may list them together.</summary>
    public bool IsSameTopic(in FetchKey other) => TopicId == other.TopicId && string.Equals(Topic, other.Topic, StringComparison.Ordinal);
}
