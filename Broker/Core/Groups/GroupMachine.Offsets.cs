using Protocol.Wire;

namespace Broker.Core.Groups;

/// <content>Positions: who may store and remove them, how long they stay, and the end of groups.</content>
public sealed partial class GroupMachine
{
    private void CommitOffsets(GroupInput.CommitOffsets input)
    {
        var error = CheckCommit(input, out var group);
        if (error != ErrorCode.None)
        {
            Answer(input.Request, new GroupReply.Offsets(error, []));
            return;
        }

        // A commit without membership makes the group: one of positions only.
        if (group is null)
        {
            group = new ClassicGroup(input.GroupId);
            _groups.Add(input.GroupId, group);
        }

        if (group.Find(input.MemberId) is { } member)
        {
            Touch(member);
        }

        var decision = _ledger.Decide(new GroupCommand.CommitOffsets(input.GroupId, input.Offsets, input.RetentionMs), _now);
        Append(group, decision.Records);
        var reply = new GroupReply.Offsets(decision.Reply.Error, decision.Reply.Partitions);
        AnswerAfter(decision.Records.Count == 0 ? 0 : group.LastAppend, input.Request, reply);
    }

    private ErrorCode CheckCommit(GroupInput.CommitOffsets input, out ClassicGroup? group)
    {
        if (!_groups.TryGetValue(input.GroupId, out group))
        {
            return input.Generation < 0 ? ErrorCode.None : ErrorCode.GroupIdNotFound;
        }

        if (input.Generation < 0 && group.State == GroupState.Empty)
        {
            return ErrorCode.None;
        }

        if (input.Generation >= 0 || input.MemberId.Length > 0 || input.InstanceId is not null)
        {
            var error = group.Validate(input.MemberId, input.InstanceId);
            if (error != ErrorCode.None)
            {
                return error;
            }

            if (input.Generation != group.Generation)
            {
                return ErrorCode.IllegalGeneration;
            }
        }
        else if (group.State != GroupState.Empty)
        {
            return ErrorCode.UnknownMemberId;
        }

        return group.State == GroupState.CompletingRebalance ? ErrorCode.RebalanceInProgress : ErrorCode.None;
    }

    private void FetchOffsets(GroupInput.FetchOffsets input)
    {
        var stored = _ledger.OffsetsOf(input.GroupId);
        List<KeyValuePair<OffsetKey, CommittedOffset?>> found;
        if (input.Keys is { } keys)
        {
            found = new(keys.Count);
            foreach (var key in keys)
            {
                found.Add(new(key, stored.GetValueOrDefault(key)));
            }
        }
        else
        {
            found = new(stored.Count);
            foreach (var (key, value) in stored)
            {
                found.Add(new(key, value));
            }
        }

        // A position that is shown must not be gone after a restart.
        var shown = _groups.TryGetValue(input.GroupId, out var group) ? group.LastAppend : _lastDeletion;
        AnswerAfter(shown, input.Request, new GroupReply.Fetched(ErrorCode.None, found));
    }

    private void DeleteOffsets(GroupInput.DeleteOffsets input)
    {
        var error = input.GroupId.Length == 0 ? ErrorCode.InvalidGroupId
            : !_groups.TryGetValue(input.GroupId, out var group) ? ErrorCode.GroupIdNotFound
            : group.State != GroupState.Empty && !group.IsConsumerGroup ? ErrorCode.NonEmptyGroup
            : ErrorCode.None;
        if (error != ErrorCode.None)
        {
            Answer(input.Request, new GroupReply.Offsets(error, []));
            return;
        }

        group = _groups[input.GroupId];
        var errors = new ErrorCode[input.Keys.Count];
        var toDelete = new List<OffsetKey>(errors.Length);
        for (var i = 0; i < errors.Length; i++)
        {
            if (group.IsSubscribedTo(input.Keys[i].Topic))
            {
                errors[i] = ErrorCode.GroupSubscribedToTopic;
            }
            else
            {
                toDelete.Add(input.Keys[i]);
            }
        }

        var decision = _ledger.Decide(new GroupCommand.DeleteOffsets(input.GroupId, toDelete), _now);
        Append(group, decision.Records);
        AnswerAfter(decision.Records.Count == 0 ? 0 : group.LastAppend, input.Request, new GroupReply.Offsets(ErrorCode.None, errors));
    }

    private void DeleteGroup(GroupInput.DeleteGroup input)
    {
        if (!_groups.TryGetValue(input.GroupId, out var group))
        {
            Answer(input.Request, new GroupReply.Plain(ErrorCode.GroupIdNotFound));
        }
        else if (group.State != GroupState.Empty)
        {
            Answer(input.Request, new GroupReply.Plain(ErrorCode.NonEmptyGroup));
        }
        else
        {
            AnswerAfter(EndGroup(group), input.Request, GroupReply.Plain.Ok);
        }
    }

    /// <summary>Removes a group with everything of it; returns the append to wait for, 0 when there was nothing to write.</summary>
    private long EndGroup(ClassicGroup group)
    {
        var decision = _ledger.Decide(new GroupCommand.DeleteGroup(group.GroupId), _now);
        Append(group, decision.Records);
        group.RemoveAllPending();
        _groups.Remove(group.GroupId);
        _lastDeletion = decision.Records.Count == 0 ? _lastDeletion : _appended;
        return decision.Records.Count == 0 ? 0 : _appended;
    }

    /// <summary>
    /// KIP-211: the time of a group's positions begins when it loses its last member, that of a simple group's at each commit. A live
    /// consumer group loses those of topics that it does not read any more. An empty group without positions goes.
    /// </summary>
    private void ExpireOffsets()
    {
        List<ClassicGroup>? ended = null;
        foreach (var group in _groups.Values)
        {
            if (ExpiryOf(group) is { } command)
            {
                Append(group, _ledger.Decide(command, _now).Records);
            }

            if (group.State == GroupState.Empty && group.PendingCount == 0 && _ledger.OffsetsOf(group.GroupId).Count == 0)
            {
                (ended ??= []).Add(group);
            }
        }

        foreach (var group in ended ?? [])
        {
            EndGroup(group);
        }
    }

    private static GroupCommand.ExpireOffsets? ExpiryOf(ClassicGroup group)
    {
        if (group.ProtocolType is null)
        {
            return new GroupCommand.ExpireOffsets(group.GroupId, null, null);
        }

        if (group.State == GroupState.Empty)
        {
            return new GroupCommand.ExpireOffsets(group.GroupId, group.StateTimestampMs < 0 ? null : group.StateTimestampMs, null);
        }

        return group is { State: GroupState.Stable, IsConsumerGroup: true, Topics: { } topics }
            ? new GroupCommand.ExpireOffsets(group.GroupId, null, topics)
            : null;
    }
}
