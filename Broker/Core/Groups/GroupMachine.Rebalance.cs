using Protocol.Wire;

namespace Broker.Core.Groups;

/// <content>The course of a rebalance: who is waited for, when a generation begins, who is removed.</content>
public sealed partial class GroupMachine
{
    /// <summary>Somebody came, left or changed: a rebalance begins, or the present one may be complete.</summary>
    private void RebalanceOrCompleteJoin(ClassicGroup group)
    {
        if (group.State == GroupState.PreparingRebalance)
        {
            CompleteJoinWhenAllHave(group);
        }
        else
        {
            PrepareRebalance(group);
        }
    }

    private void PrepareRebalance(ClassicGroup group)
    {
        if (group.State == GroupState.CompletingRebalance)
        {
            RefuseSyncs(group, ErrorCode.RebalanceInProgress);
        }

        DeadlineQueue.Clear(group.SyncDeadline);
        foreach (var member in group.Members)
        {
            member.OwesSync = false;
        }

        group.IsInitialRebalance = group.State == GroupState.Empty;
        group.RebalanceStart = _now.Monotonic;
        group.TransitionTo(GroupState.PreparingRebalance, _now);
        if (group.IsInitialRebalance)
        {
            // A new group's first member is seldom its last: a little patience saves a rebalance for each of the others.
            var left = group.RebalanceTimeout - _settings.InitialRebalanceDelay;
            group.HasNewMember = false;
            group.InitialDelay = _settings.InitialRebalanceDelay;
            group.InitialDelayLeft = left > TimeSpan.Zero ? left : TimeSpan.Zero;
            _deadlines.Set(group.JoinDeadline, _now.Monotonic + group.InitialDelay);
        }
        else
        {
            CompleteJoinWhenAllHave(group);
        }
    }

    /// <summary>Completes the rebalance when nobody is missing; else waits for the rest until the longest rebalance timeout is over. An initial rebalance always waits.</summary>
    private void CompleteJoinWhenAllHave(ClassicGroup group)
    {
        if (group.IsInitialRebalance)
        {
            return;
        }

        if (group.HaveAllJoined)
        {
            CompleteJoin(group);
        }
        else
        {
            _deadlines.Set(group.JoinDeadline, group.RebalanceStart + group.RebalanceTimeout);
        }
    }

    private void EndJoin(ClassicGroup group)
    {
        if (group.State != GroupState.PreparingRebalance)
        {
            return;
        }

        if (group.IsInitialRebalance && group.HasNewMember && group.InitialDelayLeft > TimeSpan.Zero)
        {
            var delay = group.InitialDelayLeft < _settings.InitialRebalanceDelay ? group.InitialDelayLeft : _settings.InitialRebalanceDelay;
            var left = group.InitialDelayLeft - group.InitialDelay;
            group.HasNewMember = false;
            group.InitialDelay = delay;
            group.InitialDelayLeft = left > TimeSpan.Zero ? left : TimeSpan.Zero;
            _deadlines.Set(group.JoinDeadline, _now.Monotonic + delay);
            return;
        }

        CompleteJoin(group);
    }

    private void CompleteJoin(ClassicGroup group)
    {
        DeadlineQueue.Clear(group.JoinDeadline);
        foreach (var member in group.Members.Where(m => m.InstanceId is null && m.JoinRequest is null).ToList())
        {
            group.Remove(member);
        }

        if (!group.TryElectLeader() && group.MemberCount > 0)
        {
            // Only static members are left, and none has come: their sessions decide who is dead, then we look again.
            var wait = group.RebalanceTimeout > _settings.MinSessionTimeout ? group.RebalanceTimeout : _settings.MinSessionTimeout;
            group.IsInitialRebalance = false;
            group.RebalanceStart = _now.Monotonic;
            _deadlines.Set(group.JoinDeadline, _now.Monotonic + wait);
            return;
        }

        group.IsInitialRebalance = false;
        group.BeginGeneration(_now);
        if (group.State == GroupState.Empty)
        {
            Append(group, _ledger.Decide(new GroupCommand.StoreGroup(group.GroupId, group.ToImage(null)), _now).Records);
            return;
        }

        foreach (var member in group.Members)
        {
            if (member.JoinRequest is { } request)
            {
                group.SetJoinRequest(member, null);
                Answer(request, Joined(group, member, group.IsLeader(member.MemberId), skipAssignment: false));
            }

            member.IsNew = false;
            member.OwesSync = true;
            StartSession(member);
        }

        _deadlines.Set(group.SyncDeadline, _now.Monotonic + group.RebalanceTimeout);
    }

    /// <summary>Members that did not sync in time are removed; the rest begins again.</summary>
    private void EndSync(ClassicGroup group)
    {
        if (group.State is not (GroupState.CompletingRebalance or GroupState.Stable))
        {
            return;
        }

        var late = group.Members.Where(m => m.OwesSync).ToList();
        if (late.Count == 0)
        {
            return;
        }

        foreach (var member in late)
        {
            AnswerWaiting(group, member, ErrorCode.UnknownMemberId);
            group.Remove(member);
        }

        PrepareRebalance(group);
    }

    private void EndSession(ClassicGroup group, string memberId)
    {
        if (group.RemovePending(memberId))
        {
            if (group.State == GroupState.PreparingRebalance)
            {
                CompleteJoinWhenAllHave(group);
            }

            DropWhenNeverJoined(group);
        }
        else if (group.Find(memberId) is { } member)
        {
            RemoveMember(group, member);
        }
    }

    /// <summary>A group of which nothing was ever written goes with the last that only asked for an id; others stay until retention is checked.</summary>
    private void DropWhenNeverJoined(ClassicGroup group)
    {
        if (group is { State: GroupState.Empty, PendingCount: 0, LastAppend: 0 } && !_ledger.Contains(group.GroupId))
        {
            _groups.Remove(group.GroupId);
        }
    }

    private void RemoveMember(ClassicGroup group, ClassicMember member)
    {
        AnswerWaiting(group, member, ErrorCode.UnknownMemberId);
        group.Remove(member);
        RebalanceOrCompleteJoin(group);
    }

    /// <summary>Answers what a member that goes is waiting for.</summary>
    private void AnswerWaiting(ClassicGroup group, ClassicMember member, ErrorCode error)
    {
        if (member.JoinRequest is { } join)
        {
            group.SetJoinRequest(member, null);
            Answer(join, GroupReply.Joined.Refused(error, error == ErrorCode.FencedInstanceId ? member.MemberId : ""));
        }

        if (member.SyncRequest is { } sync)
        {
            member.SyncRequest = null;
            Answer(sync, GroupReply.Synced.Refused(error));
        }
    }

    private void Leave(GroupInput.Leave input)
    {
        if (input.GroupId.Length == 0)
        {
            Answer(input.Request, new GroupReply.Left(ErrorCode.InvalidGroupId, []));
            return;
        }

        var errors = new ErrorCode[input.Members.Count];
        if (!_groups.TryGetValue(input.GroupId, out var group))
        {
            Array.Fill(errors, ErrorCode.UnknownMemberId);
            Answer(input.Request, new GroupReply.Left(ErrorCode.None, errors));
            return;
        }

        var before = group.LastAppend;
        var hasLeft = false;
        for (var i = 0; i < errors.Length; i++)
        {
            errors[i] = LeaveOne(group, input.Members[i]);
            hasLeft |= errors[i] == ErrorCode.None;
        }

        if (hasLeft && group.State != GroupState.Empty)
        {
            RebalanceOrCompleteJoin(group);
        }

        DropWhenNeverJoined(group);

        var reply = new GroupReply.Left(ErrorCode.None, errors);
        AnswerAfter(group.LastAppend == before ? 0 : group.LastAppend, input.Request, reply);
    }

    private ErrorCode LeaveOne(ClassicGroup group, LeavingMember leaving)
    {
        var memberId = leaving.MemberId;
        if (memberId.Length == 0)
        {
            // An administrator removes a static member by its instance id alone (KIP-345).
            if (leaving.InstanceId is not { } instance || group.MemberIdOf(instance) is not { } present)
            {
                return ErrorCode.UnknownMemberId;
            }

            memberId = present;
        }
        else if (group.RemovePending(memberId))
        {
            return ErrorCode.None;
        }
        else
        {
            var error = group.Validate(memberId, leaving.InstanceId);
            if (error != ErrorCode.None)
            {
                return error;
            }
        }

        var member = group.Find(memberId)!;
        AnswerWaiting(group, member, ErrorCode.UnknownMemberId);
        group.Remove(member);
        return ErrorCode.None;
    }
}
