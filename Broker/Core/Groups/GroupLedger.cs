using Kernel;
using Kernel.Machines;
using Protocol.Wire;

namespace Broker.Core.Groups;

/// <summary>
/// What one partition of __consumer_offsets says: groups as last stored, and committed positions. Owned by the shard of that partition.
/// Between calls it holds exactly what the applied records say, so that replaying the log gives the same state again.
/// </summary>
public sealed class GroupLedger(GroupSettings settings) : ILedger<GroupCommand, GroupRecord, LedgerReply>
{
    private static readonly IReadOnlyDictionary<OffsetKey, CommittedOffset> NoOffsets = new Dictionary<OffsetKey, CommittedOffset>();

    private readonly Dictionary<string, StoredGroup> _groups = new(StringComparer.Ordinal);

    /// <summary>All groups of which there is a record, in no order.</summary>
    public IEnumerable<string> GroupIds => _groups.Keys;

    /// <summary>Committed positions, over all groups.</summary>
    public int OffsetCount { get; private set; }

    /// <summary>Whether anything is stored of the group.</summary>
    public bool Contains(string groupId) => _groups.ContainsKey(groupId);

    /// <summary>The group as last stored; null when only positions, or nothing, are known of it.</summary>
    public GroupImage? FindGroup(string groupId) => _groups.GetValueOrDefault(groupId)?.Image;

    /// <summary>A group's positions; empty when there are none.</summary>
    public IReadOnlyDictionary<OffsetKey, CommittedOffset> OffsetsOf(string groupId) => _groups.GetValueOrDefault(groupId)?.Offsets ?? NoOffsets;

    /// <summary>One position, or null.</summary>
    public CommittedOffset? FindOffset(string groupId, string topic, int partition)
        => _groups.TryGetValue(groupId, out var group) ? group.Offsets.GetValueOrDefault(new OffsetKey(topic, partition)) : null;

    /// <summary>The topics that positions are kept of.</summary>
    public IReadOnlySet<TopicKey> Topics()
    {
        var topics = new HashSet<TopicKey>();
        foreach (var group in _groups.Values)
        {
            foreach (var (key, value) in group.Offsets)
            {
                topics.Add(new TopicKey(key.Topic, value.TopicId));
            }
        }

        return topics;
    }

    /// <summary>Records that lead from nothing to the present state: what a rewritten log begins with.</summary>
    public IEnumerable<GroupRecord> Snapshot()
    {
        foreach (var (groupId, group) in _groups)
        {
            if (group.Image is { } image)
            {
                yield return new GroupRecord.GroupStored(groupId, image);
            }

            foreach (var (key, value) in group.Offsets)
            {
                yield return new GroupRecord.OffsetStored(groupId, key.Topic, key.Partition, value);
            }
        }
    }

    /// <summary>Decides a command. Never changes anything.</summary>
    public Decision<GroupRecord, LedgerReply> Decide(GroupCommand command, Now now) => command switch
    {
        GroupCommand.StoreGroup c => DecideStore(c),
        GroupCommand.CommitOffsets c => DecideCommit(c, now),
        GroupCommand.DeleteOffsets c => DecideDeleteOffsets(c),
        GroupCommand.DeleteGroup c => DecideDeleteGroup(c),
        GroupCommand.ExpireOffsets c => DecideExpire(c, now),
        GroupCommand.RemoveTopics c => DecideRemoveTopics(c),
        _ => throw new InvariantBrokenException($"a command of no known kind: {command}"),
    };

    /// <summary>Applies a record of the log. Never refuses.</summary>
    public void Apply(GroupRecord record)
    {
        switch (record)
        {
            case GroupRecord.GroupStored stored:
                Touch(stored.GroupId).Image = stored.Image;
                break;
            case GroupRecord.GroupRemoved removed when _groups.TryGetValue(removed.GroupId, out var group):
                group.Image = null;
                DropWhenNothingIsLeft(removed.GroupId, group);
                break;
            case GroupRecord.OffsetStored stored:
                var offsets = Touch(stored.GroupId).Offsets;
                OffsetCount -= offsets.Count;
                offsets[new OffsetKey(stored.Topic, stored.Partition)] = stored.Value;
                OffsetCount += offsets.Count;
                break;
            case GroupRecord.OffsetRemoved removed when _groups.TryGetValue(removed.GroupId, out var group):
                if (group.Offsets.Remove(new OffsetKey(removed.Topic, removed.Partition)))
                {
                    OffsetCount--;
                }

                DropWhenNothingIsLeft(removed.GroupId, group);
                break;
        }
    }

    private static Decision<GroupRecord, LedgerReply> DecideStore(GroupCommand.StoreGroup command)
    {
        var record = new GroupRecord.GroupStored(command.GroupId, command.Image);
        return !GroupRecordCodec.CanHold(record) || GroupRecordCodec.SizeOf(record) > Limits.MaxGroupRecordBytes
            ? new([], new LedgerReply(ErrorCode.UnknownServerError, []))
            : new([record], LedgerReply.Done);
    }

    private Decision<GroupRecord, LedgerReply> DecideCommit(GroupCommand.CommitOffsets command, Now now)
    {
        var records = new List<GroupRecord>(command.Offsets.Count);
        var errors = new ErrorCode[command.Offsets.Count];
        if (!GroupStrings.Fits(command.GroupId))
        {
            Array.Fill(errors, ErrorCode.InvalidGroupId);
            return new([], new LedgerReply(ErrorCode.None, errors));
        }

        var expires = command.RetentionMs < 0 ? -1 : now.WallMs + Math.Min(command.RetentionMs, long.MaxValue - now.WallMs);
        for (var i = 0; i < errors.Length; i++)
        {
            var offset = command.Offsets[i];
            if (offset.Metadata is { } metadata && metadata.Length > settings.OffsetMetadataMaxUnits)
            {
                errors[i] = ErrorCode.OffsetMetadataTooLarge;
                continue;
            }

            var value = new CommittedOffset(offset.Offset, offset.LeaderEpoch, offset.Metadata ?? "", now.WallMs, expires, offset.TopicId);
            records.Add(new GroupRecord.OffsetStored(command.GroupId, offset.Topic, offset.Partition, value));
        }

        return new(records, new LedgerReply(ErrorCode.None, errors));
    }

    private Decision<GroupRecord, LedgerReply> DecideDeleteOffsets(GroupCommand.DeleteOffsets command)
    {
        var stored = OffsetsOf(command.GroupId);
        var records = new List<GroupRecord>();
        foreach (var key in command.Offsets)
        {
            if (stored.ContainsKey(key))
            {
                records.Add(new GroupRecord.OffsetRemoved(command.GroupId, key.Topic, key.Partition));
            }
        }

        return new(records, new LedgerReply(ErrorCode.None, new ErrorCode[command.Offsets.Count]));
    }

    private Decision<GroupRecord, LedgerReply> DecideDeleteGroup(GroupCommand.DeleteGroup command)
    {
        if (!_groups.TryGetValue(command.GroupId, out var group))
        {
            return new([], LedgerReply.Done);
        }

        var records = new List<GroupRecord>();
        foreach (var key in group.Offsets.Keys)
        {
            records.Add(new GroupRecord.OffsetRemoved(command.GroupId, key.Topic, key.Partition));
        }

        if (group.Image is not null)
        {
            records.Add(new GroupRecord.GroupRemoved(command.GroupId));
        }

        return new(records, LedgerReply.Done);
    }

    private Decision<GroupRecord, LedgerReply> DecideExpire(GroupCommand.ExpireOffsets command, Now now)
    {
        List<GroupRecord>? records = null;
        var retentionMs = (long)settings.OffsetsRetention.TotalMilliseconds;
        foreach (var (key, value) in OffsetsOf(command.GroupId))
        {
            if (command.Subscribed is { } subscribed && subscribed.Contains(key.Topic))
            {
                continue;
            }

            var isExpired = value.ExpireTimestampMs >= 0
                ? now.WallMs >= value.ExpireTimestampMs
                : now.WallMs - (command.EmptySinceMs ?? value.CommitTimestampMs) >= retentionMs;
            if (isExpired)
            {
                (records ??= []).Add(new GroupRecord.OffsetRemoved(command.GroupId, key.Topic, key.Partition));
            }
        }

        return new(records ?? [], LedgerReply.Done);
    }

    private Decision<GroupRecord, LedgerReply> DecideRemoveTopics(GroupCommand.RemoveTopics command)
    {
        var byName = command.Topics.ToLookup(topic => topic.Name, topic => topic.Id, StringComparer.Ordinal);
        List<GroupRecord>? records = null;
        foreach (var (groupId, group) in _groups)
        {
            foreach (var (key, value) in group.Offsets)
            {
                // A position without an id is of the topic that went; one with another id is of a topic made again under the name.
                foreach (var id in byName[key.Topic])
                {
                    if (value.TopicId == id || value.TopicId == Guid.Empty)
                    {
                        (records ??= []).Add(new GroupRecord.OffsetRemoved(groupId, key.Topic, key.Partition));
                        break;
                    }
                }
            }
        }

        return new(records ?? [], LedgerReply.Done);
    }

    private StoredGroup Touch(string groupId)
    {
        if (!_groups.TryGetValue(groupId, out var group))
        {
            group = new StoredGroup();
            _groups.Add(groupId, group);
        }

        return group;
    }

    private void DropWhenNothingIsLeft(string groupId, StoredGroup group)
    {
        if (group.Image is null && group.Offsets.Count == 0)
        {
            _groups.Remove(groupId);
        }
    }

    private sealed class StoredGroup
    {
        public GroupImage? Image;

        public readonly Dictionary<OffsetKey, CommittedOffset> Offsets = [];
    }
}
