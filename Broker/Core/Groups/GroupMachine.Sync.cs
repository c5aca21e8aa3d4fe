using Protocol.Wire;

namespace Broker.Core.Groups;

/// <content>SyncGroup: the leader's assignments are stored, then every member gets its own.</content>
public sealed partial class GroupMachine
{
    private void Sync(GroupInput.Sync sync)
    {
        if (sync.GroupId.Length == 0)
        {
            Refuse(sync, ErrorCode.InvalidGroupId);
            return;
        }

        if (!_groups.TryGetValue(sync.GroupId, out var group))
        {
            Refuse(sync, ErrorCode.UnknownMemberId);
            return;
        }

        var error = group.Validate(sync.MemberId, sync.InstanceId);
        if (error != ErrorCode.None)
        {
            Refuse(sync, error);
        }
        else if (sync.Generation != group.Generation)
        {
            Refuse(sync, ErrorCode.IllegalGeneration);
        }
        else if (Differs(sync.ProtocolType, group.ProtocolType) || Differs(sync.ProtocolName, group.ProtocolName))
        {
            Refuse(sync, ErrorCode.InconsistentGroupProtocol);
        }
        else
        {
            SyncMember(group, group.Find(sync.MemberId)!, sync);
        }

        static bool Differs(string? said, string? present) => said is not null && present is not null && said != present;
    }

    private void SyncMember(ClassicGroup group, ClassicMember member, GroupInput.Sync sync)
    {
        switch (group.State)
        {
            case GroupState.PreparingRebalance:
                Refuse(sync, ErrorCode.RebalanceInProgress);
                break;
            case GroupState.CompletingRebalance:
                if (member.SyncRequest is { } superseded)
                {
                    Answer(superseded, GroupReply.Synced.Refused(ErrorCode.RebalanceInProgress));
                }

                member.SyncRequest = sync.Request;
                member.OwesSync = false;
                DeadlineQueue.Clear(member.Session);
                if (group.IsLeader(member.MemberId) && group.AssignedGeneration != group.Generation)
                {
                    StoreAssignments(group, sync.Assignments);
                }

                break;
            case GroupState.Stable:
                member.OwesSync = false;
                StartSession(member);
                Answer(sync.Request, Synced(group, member));
                break;
            default:
                Refuse(sync, ErrorCode.UnknownMemberId);
                break;
        }
    }

    private void StoreAssignments(ClassicGroup group, IReadOnlyList<MemberAssignment> given)
    {
        // What the leader says of others than the members is not kept, and members that it forgot get nothing.
        var assignments = new Dictionary<string, ReadOnlyMemory<byte>>(given.Count, StringComparer.Ordinal);
        foreach (var assignment in given)
        {
            if (group.Find(assignment.MemberId) is not null)
            {
                assignments[assignment.MemberId] = assignment.Assignment;
            }
        }

        var decision = _ledger.Decide(new GroupCommand.StoreGroup(group.GroupId, group.ToImage(assignments)), _now);
        if (decision.Reply.Error != ErrorCode.None)
        {
            RefuseSyncs(group, decision.Reply.Error);
            PrepareRebalance(group);
            return;
        }

        group.AssignedGeneration = group.Generation;
        Append(group, decision.Records);
        _parked.Enqueue(new Parked(_appended, 0, null, group, assignments, group.Generation));
    }

    /// <summary>The assignments are durable: they count, unless another rebalance has begun meanwhile.</summary>
    private void FinishSync(ClassicGroup group, int generation, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> assignments)
    {
        if (group.State != GroupState.CompletingRebalance || group.Generation != generation)
        {
            return;
        }

        group.TransitionTo(GroupState.Stable, _now);
        foreach (var member in group.Members)
        {
            member.Assignment = assignments.GetValueOrDefault(member.MemberId);
            if (member.SyncRequest is { } request)
            {
                member.SyncRequest = null;
                Answer(request, Synced(group, member));
            }

            StartSession(member);
        }
    }

    private void RefuseSyncs(ClassicGroup group, ErrorCode error)
    {
        foreach (var member in group.Members)
        {
            member.Assignment = default;
            if (member.SyncRequest is { } request)
            {
                member.SyncRequest = null;
                Answer(request, GroupReply.Synced.Refused(error));
                StartSession(member);
            }
        }
    }

    private static GroupReply.Synced Synced(ClassicGroup group, ClassicMember member)
        => new(ErrorCode.None, group.ProtocolType, group.ProtocolName, member.Assignment);

    private void Refuse(GroupInput.Sync sync, ErrorCode error) => Answer(sync.Request, GroupReply.Synced.Refused(error));
}
