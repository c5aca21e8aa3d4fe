using Kernel;
using Protocol.Wire;

namespace Broker.Core.Groups;

/// <content>JoinGroup: who may enter, in the order of Kafka's checks.</content>
public sealed partial class GroupMachine
{
    private void Join(GroupInput.Join join)
    {
        var session = TimeSpan.FromMilliseconds(join.SessionTimeoutMs);
        if (join.GroupId.Length == 0)
        {
            Refuse(join, ErrorCode.InvalidGroupId);
        }
        else if (session < _settings.MinSessionTimeout || session > _settings.MaxSessionTimeout)
        {
            Refuse(join, ErrorCode.InvalidSessionTimeout);
        }
        else if (!_groups.TryGetValue(join.GroupId, out var group))
        {
            JoinNewGroup(join);
        }
        else if (!HasRoomFor(group, join.MemberId))
        {
            Answer(join.Request, GroupReply.Joined.Refused(ErrorCode.GroupMaxSizeReached, ""));
        }
        else if (!group.Accepts(join.ProtocolType, join.Protocols))
        {
            Refuse(join, ErrorCode.InconsistentGroupProtocol);
        }
        else if (join.MemberId.Length == 0)
        {
            JoinUnknown(group, join);
        }
        else
        {
            JoinKnown(group, join);
        }
    }

    private void JoinNewGroup(GroupInput.Join join)
    {
        var group = new ClassicGroup(join.GroupId);
        if (join.MemberId.Length > 0)
        {
            Refuse(join, ErrorCode.UnknownMemberId);
        }
        else if (!group.Accepts(join.ProtocolType, join.Protocols))
        {
            Refuse(join, ErrorCode.InconsistentGroupProtocol);
        }
        else
        {
            _groups.Add(join.GroupId, group);
            JoinUnknown(group, join);
        }
    }

    private void JoinUnknown(ClassicGroup group, GroupInput.Join join)
    {
        var memberId = NewMemberId(join);
        if (join.InstanceId is { } instance)
        {
            if (group.MemberIdOf(instance) is { } present)
            {
                ReplaceStatic(group, group.Find(present)!, memberId, join);
            }
            else
            {
                AddMember(group, memberId, join);
            }
        }
        else if (!join.NeedsKnownId)
        {
            AddMember(group, memberId, join);
        }
        else if (group.PendingCount >= Limits.MaxPendingMembersPerGroup)
        {
            Answer(join.Request, GroupReply.Joined.Refused(ErrorCode.GroupMaxSizeReached, ""));
        }
        else
        {
            _deadlines.Set(group.AddPending(memberId, _pending), _now.Monotonic + TimeSpan.FromMilliseconds(join.SessionTimeoutMs));
            if (_pending.Count > Limits.MaxPendingMembersPerShard)
            {
                // Clients join with their ids at once, and ask for another when theirs is forgotten: who waits longest costs nobody anything.
                var oldest = _pending.First!.Value;
                EndSession(oldest.Group, oldest.MemberId!);
            }

            Answer(join.Request, GroupReply.Joined.Refused(ErrorCode.MemberIdRequired, memberId));
        }
    }

    private void JoinKnown(ClassicGroup group, GroupInput.Join join)
    {
        if (group.IsPending(join.MemberId))
        {
            // Only dynamic members are made to wait for an id; a static one that comes with such an id is not a client that Kafka knows.
            if (join.InstanceId is not null)
            {
                Refuse(join, ErrorCode.UnknownServerError);
            }
            else
            {
                AddMember(group, join.MemberId, join);
            }

            return;
        }

        var error = group.Validate(join.MemberId, join.InstanceId);
        if (error != ErrorCode.None)
        {
            Refuse(join, error);
            return;
        }

        var member = group.Find(join.MemberId)!;
        var isLeader = group.IsLeader(join.MemberId);

        // A member that asks again with the same offer has lost our answer: it gets the present generation. A leader that asks again in
        // a stable group wants a new assignment.
        var isRepeated = member.Offers(join.Protocols)
            && (group.State == GroupState.CompletingRebalance || (group.State == GroupState.Stable && !isLeader));
        if (isRepeated)
        {
            Touch(member);
            Answer(join.Request, Joined(group, member, isLeader, skipAssignment: false));
            return;
        }

        UpdateMember(group, member, join);
        RebalanceOrCompleteJoin(group);
    }

    private void AddMember(ClassicGroup group, string memberId, GroupInput.Join join)
    {
        var member = new ClassicMember(group, memberId, join.InstanceId, join.ClientId, join.ClientHost)
        {
            SessionTimeoutMs = join.SessionTimeoutMs,
            RebalanceTimeoutMs = join.RebalanceTimeoutMs,
            IsNew = true,
        };
        if (group.State == GroupState.PreparingRebalance && group.IsInitialRebalance)
        {
            group.HasNewMember = true;
        }

        group.Add(member, join.ProtocolType, join.Protocols);
        group.SetJoinRequest(member, join.Request);
        _deadlines.Set(member.Session, _now.Monotonic + _settings.NewMemberJoinTimeout);
        RebalanceOrCompleteJoin(group);
    }

    private void UpdateMember(ClassicGroup group, ClassicMember member, GroupInput.Join join)
    {
        // A join that is repeated while the first waits comes from a client that gave the first one up.
        if (member.JoinRequest is { } superseded)
        {
            Answer(superseded, GroupReply.Joined.Refused(ErrorCode.RebalanceInProgress, member.MemberId));
        }

        group.SetProtocols(member, join.Protocols);
        member.SessionTimeoutMs = join.SessionTimeoutMs;
        member.RebalanceTimeoutMs = join.RebalanceTimeoutMs;
        group.SetJoinRequest(member, join.Request);
        if (!member.IsNew)
        {
            DeadlineQueue.Clear(member.Session);
        }
    }

    /// <summary>A static member has started again and takes the place of its former incarnation (KIP-345).</summary>
    private void ReplaceStatic(ClassicGroup group, ClassicMember old, string memberId, GroupInput.Join join)
    {
        var formerLeader = group.LeaderId ?? "";
        AnswerWaiting(group, old, ErrorCode.FencedInstanceId);
        var member = group.Replace(old, memberId, join.ClientId, join.ClientHost);
        group.SetProtocols(member, join.Protocols);
        member.SessionTimeoutMs = join.SessionTimeoutMs;
        member.RebalanceTimeoutMs = join.RebalanceTimeoutMs;
        if (group.State == GroupState.Stable && group.SelectProtocol() == group.ProtocolName)
        {
            KeepAssignment(group, member, formerLeader, join);
            return;
        }

        group.SetJoinRequest(member, join.Request);
        if (member.IsNew)
        {
            _deadlines.Set(member.Session, _now.Monotonic + _settings.NewMemberJoinTimeout);
        }

        if (group.State == GroupState.PreparingRebalance)
        {
            CompleteJoinWhenAllHave(group);
        }
        else
        {
            // While a generation is completed the leader may be assigning to the former id already, so it has to begin again.
            PrepareRebalance(group);
        }
    }

    /// <summary>The restarted static member fits the generation: it gets it back, once its new id is stored.</summary>
    private void KeepAssignment(ClassicGroup group, ClassicMember member, string formerLeader, GroupInput.Join join)
    {
        group.RefreshTopics();
        StartSession(member);
        var decision = _ledger.Decide(new GroupCommand.StoreGroup(group.GroupId, group.ToImage(null)), _now);
        if (decision.Reply.Error != ErrorCode.None)
        {
            Refuse(join, decision.Reply.Error);
            PrepareRebalance(group);
            return;
        }

        Append(group, decision.Records);
        var isLeader = group.IsLeader(member.MemberId);

        // Before KIP-814 a leader could not be told to leave the assignment alone, so it must not learn that it leads.
        var reply = join.CanSkipAssignment
            ? Joined(group, member, isLeader, skipAssignment: isLeader)
            : Joined(group, member, withMembers: false, skipAssignment: false) with { Leader = formerLeader };
        AnswerAfter(group.LastAppend, join.Request, reply);
    }

    private bool HasRoomFor(ClassicGroup group, string memberId) => group.State switch
    {
        GroupState.PreparingRebalance => group.Find(memberId) is { JoinRequest: not null } || group.AwaitingJoinCount < _settings.MaxSize,
        GroupState.CompletingRebalance or GroupState.Stable => group.Find(memberId) is not null || group.MemberCount < _settings.MaxSize,
        _ => true,
    };

    private static GroupReply.Joined Joined(ClassicGroup group, ClassicMember member, bool withMembers, bool skipAssignment)
    {
        var members = Array.Empty<JoinedMember>();
        if (withMembers)
        {
            members = new JoinedMember[group.MemberCount];
            var i = 0;
            foreach (var m in group.Members)
            {
                members[i++] = new JoinedMember(m.MemberId, m.InstanceId, m.MetadataFor(group.ProtocolName));
            }
        }

        return new GroupReply.Joined(
            ErrorCode.None, member.MemberId, group.Generation, group.ProtocolType, group.ProtocolName, group.LeaderId ?? "", skipAssignment, members);
    }

    private static string NewMemberId(GroupInput.Join join)
        => $"{GroupStrings.Cut(join.InstanceId ?? join.ClientId, Limits.MaxClientIdCharsInMemberId)}-{join.Uuid}";

    private void Refuse(GroupInput.Join join, ErrorCode error) => Answer(join.Request, GroupReply.Joined.Refused(error, join.MemberId));
}
