using Protocol.Wire;

namespace Broker.Core.Groups;

/// <summary>What can be asked of the group ledger. A closed hierarchy. Membership is checked before, by the <see cref="GroupMachine"/>.</summary>
public abstract record GroupCommand
{
    private GroupCommand()
    {
    }

    /// <summary>Stores a group's present generation. UNKNOWN_SERVER_ERROR when the record would be larger than a batch may be, as in Kafka.</summary>
    public sealed record StoreGroup(string GroupId, GroupImage Image) : GroupCommand;

    /// <summary>Stores positions. One error each, in order: NONE or OFFSET_METADATA_TOO_LARGE.</summary>
    /// <param name="RetentionMs">How long the positions live, as requests before version 5 could say; -1: by the group's rules.</param>
    public sealed record CommitOffsets(string GroupId, IReadOnlyList<OffsetToCommit> Offsets, long RetentionMs) : GroupCommand;

    /// <summary>Removes positions; those that are not there are passed over.</summary>
    public sealed record DeleteOffsets(string GroupId, IReadOnlyList<OffsetKey> Offsets) : GroupCommand;

    /// <summary>Removes a group with all of its positions.</summary>
    public sealed record DeleteGroup(string GroupId) : GroupCommand;

    /// <summary>Removes a group's positions whose time is over.</summary>
    /// <param name="EmptySinceMs">Where the time of all positions begins, for a group that is empty; null: each begins at its commit.</param>
    /// <param name="Subscribed">Topics that a live group reads: their positions stay. Null: none.</param>
    public sealed record ExpireOffsets(string GroupId, long? EmptySinceMs, IReadOnlySet<string>? Subscribed) : GroupCommand;

    /// <summary>Removes every group's positions in topics that are gone.</summary>
    public sealed record RemoveTopics(IReadOnlyCollection<TopicKey> Topics) : GroupCommand;
}

/// <summary>A partition of a topic, as a position's key within its group.</summary>
public readonly record struct OffsetKey(string Topic, int Partition);

/// <summary>A topic of which positions are kept; the id is zero where the record did not say it.</summary>
public readonly record struct TopicKey(string Name, Guid Id);

/// <summary>A position to be stored.</summary>
/// <param name="Metadata">The client's own text; null is stored as "".</param>
public readonly record struct OffsetToCommit(string Topic, Guid TopicId, int Partition, long Offset, int LeaderEpoch, string? Metadata);

/// <summary>What the ledger answers.</summary>
/// <param name="Error">Nothing was decided when this is an error.</param>
/// <param name="Partitions">One error per position of the command, in order; empty for commands without any.</param>
public sealed record LedgerReply(ErrorCode Error, IReadOnlyList<ErrorCode> Partitions)
{
    /// <summary>It is done.</summary>
    public static readonly LedgerReply Done = new(ErrorCode.None, []);
}
