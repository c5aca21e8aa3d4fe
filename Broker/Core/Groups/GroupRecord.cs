namespace Broker.Core.Groups;

/// <summary>What happened to groups and offsets: the records of __consumer_offsets that this broker writes and understands. A closed hierarchy.</summary>
public abstract record GroupRecord(string GroupId)
{
    /// <summary>A group's generation, with its members and their assignments. Replaces what was there.</summary>
    public sealed record GroupStored(string GroupId, GroupImage Image) : GroupRecord(GroupId);

    /// <summary>The group is gone (tombstone). Its offsets have tombstones of their own.</summary>
    public sealed record GroupRemoved(string GroupId) : GroupRecord(GroupId);

    /// <summary>A position was committed. Replaces what was there.</summary>
    public sealed record OffsetStored(string GroupId, string Topic, int Partition, CommittedOffset Value) : GroupRecord(GroupId);

    /// <summary>A position is gone (tombstone).</summary>
    public sealed record OffsetRemoved(string GroupId, string Topic, int Partition) : GroupRecord(GroupId);
}

/// <summary>A classic group as its log says. Immutable.</summary>
/// <param name="ProtocolType">"consumer", "connect" …; empty for none.</param>
/// <param name="Generation">0 or above; it only rises.</param>
/// <param name="Protocol">The protocol that the members agreed on; null without members.</param>
/// <param name="Leader">The member that assigns; null without members.</param>
/// <param name="StateTimestampMs">When the group came into its state, ms since the epoch; -1 when unknown (old records).</param>
/// <param name="Members">In the order in which they joined; empty for an empty group.</param>
public sealed record GroupImage(
    string ProtocolType,
    int Generation,
    string? Protocol,
    string? Leader,
    long StateTimestampMs,
    IReadOnlyList<MemberImage> Members);

/// <summary>A member as the log says. Immutable; the bytes are its own.</summary>
/// <param name="InstanceId">group.instance.id of a static member (KIP-345), else null.</param>
/// <param name="RebalanceTimeoutMs">-1 when unknown (old records): the session timeout then.</param>
/// <param name="Subscription">What the member said under the group's protocol.</param>
public sealed record MemberImage(
    string MemberId,
    string? InstanceId,
    string ClientId,
    string ClientHost,
    int RebalanceTimeoutMs,
    int SessionTimeoutMs,
    ReadOnlyMemory<byte> Subscription,
    ReadOnlyMemory<byte> Assignment);

/// <summary>A committed position. Immutable.</summary>
/// <param name="Offset">As the client gave it; Kafka accepts negative ones.</param>
/// <param name="LeaderEpoch">Epoch of the last consumed record; -1 when unknown.</param>
/// <param name="Metadata">The client's own text, never null.</param>
/// <param name="CommitTimestampMs">When it was committed, ms since the epoch.</param>
/// <param name="ExpireTimestampMs">When it expires, if the commit said so (OffsetCommit before version 5); else -1.</param>
/// <param name="TopicId">The topic's id at the commit; zero when unknown (older records).</param>
public sealed record CommittedOffset(
    long Offset,
    int LeaderEpoch,
    string Metadata,
    long CommitTimestampMs,
    long ExpireTimestampMs,
    Guid TopicId);
