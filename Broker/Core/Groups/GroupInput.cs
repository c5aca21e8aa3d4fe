namespace Broker.Core.Groups;

/// <summary>What can happen to the groups of one shard. A closed hierarchy; each request is answered exactly once, by its number.</summary>
public abstract record GroupInput
{
    private GroupInput()
    {
    }

    /// <summary>JoinGroup. Answer: <see cref="GroupReply.Joined"/>.</summary>
    /// <param name="MemberId">Empty for a member that has none yet.</param>
    /// <param name="Protocols">In the member's order of preference; the bytes are the machine's to keep.</param>
    /// <param name="NeedsKnownId">Version 4 and above: a dynamic member is told its id and joins again with it (KIP-394).</param>
    /// <param name="CanSkipAssignment">Version 9 and above: a leader that came back may be told not to assign (KIP-814).</param>
    /// <param name="Uuid">Chance for a new member id, since a machine has none of its own.</param>
    public sealed record Join(
        long Request,
        string GroupId,
        string MemberId,
        string? InstanceId,
        string ClientId,
        string ClientHost,
        int SessionTimeoutMs,
        int RebalanceTimeoutMs,
        string ProtocolType,
        IReadOnlyList<MemberProtocol> Protocols,
        bool NeedsKnownId,
        bool CanSkipAssignment,
        Guid Uuid) : GroupInput;

    /// <summary>SyncGroup. Answer: <see cref="GroupReply.Synced"/>.</summary>
    /// <param name="ProtocolType">Null before version 5, which did not say it.</param>
    /// <param name="Assignments">From the leader; the bytes are the machine's to keep.</param>
    public sealed record Sync(
        long Request,
        string GroupId,
        string MemberId,
        string? InstanceId,
        int Generation,
        string? ProtocolType,
        string? ProtocolName,
        IReadOnlyList<MemberAssignment> Assignments) : GroupInput;

    /// <summary>Heartbeat. Answer: <see cref="GroupReply.Plain"/>.</summary>
    public sealed record Heartbeat(long Request, string GroupId, string MemberId, string? InstanceId, int Generation) : GroupInput;

    /// <summary>LeaveGroup. Answer: <see cref="GroupReply.Left"/>.</summary>
    public sealed record Leave(long Request, string GroupId, IReadOnlyList<LeavingMember> Members) : GroupInput;

    /// <summary>OffsetCommit. Answer: <see cref="GroupReply.Offsets"/>.</summary>
    /// <param name="Generation">-1 for a commit without membership.</param>
    /// <param name="RetentionMs">How long the positions live; -1: by the group's rules.</param>
    public sealed record CommitOffsets(
        long Request,
        string GroupId,
        string MemberId,
        string? InstanceId,
        int Generation,
        long RetentionMs,
        IReadOnlyList<OffsetToCommit> Offsets) : GroupInput;

    /// <summary>OffsetFetch. Answer: <see cref="GroupReply.Fetched"/>, once everything it shows is committed.</summary>
    /// <param name="Keys">Null: all.</param>
    public sealed record FetchOffsets(long Request, string GroupId, IReadOnlyList<OffsetKey>? Keys) : GroupInput;

    /// <summary>OffsetDelete. Answer: <see cref="GroupReply.Offsets"/>.</summary>
    public sealed record DeleteOffsets(long Request, string GroupId, IReadOnlyList<OffsetKey> Keys) : GroupInput;

    /// <summary>DeleteGroups, for one of them. Answer: <see cref="GroupReply.Plain"/>.</summary>
    public sealed record DeleteGroup(long Request, string GroupId) : GroupInput;

    /// <summary>DescribeGroups, for one of them. Answer: <see cref="GroupReply.Described"/>.</summary>
    public sealed record Describe(long Request, string GroupId) : GroupInput;

    /// <summary>ListGroups. Answer: <see cref="GroupReply.Listed"/>.</summary>
    public sealed record List(long Request) : GroupInput;

    /// <summary>Topics were deleted: their positions go. Not answered.</summary>
    public sealed record RemoveTopics(IReadOnlyCollection<TopicKey> Topics) : GroupInput;

    /// <summary>Everything up to this <see cref="GroupEffect.Append.Sequence"/> is committed. Not answered.</summary>
    public sealed record Committed(long Sequence) : GroupInput;

    /// <summary>Time has passed. Not answered.</summary>
    public sealed record Tick : GroupInput
    {
        public static readonly Tick Instance = new();

        private Tick()
        {
        }
    }
}

/// <summary>A protocol that a member offers, with what it says under it.</summary>
public readonly record struct MemberProtocol(string Name, ReadOnlyMemory<byte> Metadata);

/// <summary>What the leader gives a member.</summary>
public readonly record struct MemberAssignment(string MemberId, ReadOnlyMemory<byte> Assignment);

/// <summary>A member that leaves, or is removed by its instance id alone (empty member id).</summary>
public readonly record struct LeavingMember(string MemberId, string? InstanceId);
