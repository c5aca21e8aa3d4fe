using System.Collections.Immutable;
using Protocol.Wire;

namespace Federation.Core.Mirroring;

/// <summary>What a <see cref="SourceMachine"/> asks its host to do.</summary>
public abstract record SourceEffect
{
    private SourceEffect()
    {
    }

    /// <summary>Ask the cluster for topics, leaders and settings; then <see cref="SourceInput.TopicsResolved"/>.</summary>
    public sealed record ResolveTopics(int Attempt, ImmutableArray<string> Topics) : SourceEffect;

    /// <summary>
    /// Send a fetch to a broker, in an incremental session (KIP-227); then <see cref="SourceInput.Fetched"/> or <see cref="SourceInput.FetchFailed"/>.
    /// While another is under way there, that one is abandoned and its answer not wanted; the session is then a new one.
    /// </summary>
    /// <param name="IsNewSession">The session begins with this fetch, and <paramref name="Set"/> is all of it.</param>
    /// <param name="Set">Partitions that join, or whose offset moved.</param>
    /// <param name="Forget">Partitions that leave.</param>
    public sealed record Fetch(int Broker, int Attempt, bool IsNewSession, ImmutableArray<FetchAt> Set, ImmutableArray<ForgetOf> Forget, int MaxBytes) : SourceEffect;

    /// <summary>Ask a broker where a partition's log begins and ends; then <see cref="SourceInput.BoundsFound"/>.</summary>
    public sealed record FindBounds(int Broker, string Topic, Guid TopicId, int Partition) : SourceEffect;

    /// <summary>Describe a topic to the destination.</summary>
    public sealed record SendTopic(uint Handle, Guid TopicId, int PartitionCount, ImmutableSortedDictionary<string, string> Configs) : SourceEffect;

    /// <summary>Push whole batches, then release the payload.</summary>
    public sealed record SendBatches(
        uint Handle, int Partition, uint Session, long FromOffset, long CommittedEnd, long LogStart, BatchPayload Payload) : SourceEffect;

    /// <summary>Say that the source lives, and where ends moved.</summary>
    public sealed record SendHeartbeat(ImmutableArray<SourceEnd> Ends) : SourceEffect;

    /// <summary>
    /// Refuse a topic, or one partition of it (-1: all). LEADER_NOT_AVAILABLE of a partition is news only: it is tried further. NOT_LEADER_OR_FOLLOWER of
    /// one: the destination has to resume.
    /// </summary>
    public sealed record SendRefusal(uint Handle, int Partition, ErrorCode Error, string Text) : SourceEffect;

    /// <summary>The payload is not wanted.</summary>
    public sealed record Release(BatchPayload Payload) : SourceEffect;

    /// <summary>One line for people.</summary>
    public sealed record Log(string Text, bool IsTrouble) : SourceEffect;
}

/// <summary>From where to fetch a partition.</summary>
public readonly record struct FetchAt(Guid TopicId, int Partition, long Offset);

/// <summary>A partition that leaves a fetch session.</summary>
public readonly record struct ForgetOf(Guid TopicId, int Partition);
