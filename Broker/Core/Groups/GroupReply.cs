using Protocol.Wire;

namespace Broker.Core.Groups;

/// <summary>What a request to a group is answered with. A closed hierarchy.</summary>
public abstract record GroupReply(ErrorCode Error)
{
    /// <summary>An error, or its absence, and nothing more. A host that cannot ask the machine answers every request with this.</summary>
    public sealed record Plain(ErrorCode Error) : GroupReply(Error)
    {
        public static readonly Plain Ok = new(ErrorCode.None);
    }

    /// <summary>To <see cref="GroupInput.Join"/>.</summary>
    /// <param name="MemberId">The member's id, also with MEMBER_ID_REQUIRED; otherwise as the request said.</param>
    /// <param name="Generation">-1 with an error.</param>
    /// <param name="SkipAssignment">The leader need not assign: the assignments stand (KIP-814).</param>
    /// <param name="Members">For the leader: all members; else empty.</param>
    public sealed record Joined(
        ErrorCode Error,
        string MemberId,
        int Generation,
        string? ProtocolType,
        string? ProtocolName,
        string Leader,
        bool SkipAssignment,
        IReadOnlyList<JoinedMember> Members) : GroupReply(Error)
    {
        public static Joined Refused(ErrorCode error, string memberId) => new(error, memberId, -1, null, null, "", false, []);
    }

    /// <summary>To <see cref="GroupInput.Sync"/>.</summary>
    public sealed record Synced(ErrorCode Error, string? ProtocolType, string? ProtocolName, ReadOnlyMemory<byte> Assignment) : GroupReply(Error)
    {
        public static Synced Refused(ErrorCode error) => new(error, null, null, default);
    }

    /// <summary>To <see cref="GroupInput.Leave"/>: one error per member, in order.</summary>
    public sealed record Left(ErrorCode Error, IReadOnlyList<ErrorCode> Members) : GroupReply(Error);

    /// <summary>To commits and deletions of positions: one error per position, in order; empty when the group as a whole is refused.</summary>
    public sealed record Offsets(ErrorCode Error, IReadOnlyList<ErrorCode> Partitions) : GroupReply(Error);

    /// <summary>To <see cref="GroupInput.FetchOffsets"/>: the keys that were asked for, in order, with null where nothing is stored; or all that is stored.</summary>
    public sealed record Fetched(ErrorCode Error, IReadOnlyList<KeyValuePair<OffsetKey, CommittedOffset?>> Found) : GroupReply(Error);

    /// <summary>To <see cref="GroupInput.Describe"/>.</summary>
    public sealed record Described(ErrorCode Error, GroupDescription Group) : GroupReply(Error);

    /// <summary>To <see cref="GroupInput.List"/>.</summary>
    public sealed record Listed(ErrorCode Error, IReadOnlyList<GroupListing> Groups) : GroupReply(Error);
}

/// <summary>A member as its leader sees it.</summary>
public readonly record struct JoinedMember(string MemberId, string? InstanceId, ReadOnlyMemory<byte> Metadata);

/// <summary>A group as ListGroups shows it.</summary>
public readonly record struct GroupListing(string GroupId, string ProtocolType, GroupState State);

/// <summary>A group as DescribeGroups shows it. Subscriptions are shown in a stable group only, assignments as they were last given.</summary>
public sealed record GroupDescription(
    string GroupId,
    GroupState State,
    string ProtocolType,
    string ProtocolName,
    IReadOnlyList<MemberDescription> Members);

/// <summary>A member as DescribeGroups shows it.</summary>
public readonly record struct MemberDescription(
    string MemberId,
    string? InstanceId,
    string ClientId,
    string ClientHost,
    ReadOnlyMemory<byte> Metadata,
    ReadOnlyMemory<byte> Assignment);
