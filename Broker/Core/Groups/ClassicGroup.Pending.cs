namespace Broker.Core.Groups;

/// <content>Members that were told their ids and have not joined with them yet (KIP-394).</content>
internal sealed partial class ClassicGroup
{
    private readonly Dictionary<string, LinkedListNode<GroupDeadline>> _pending = new(StringComparer.Ordinal);

    public int PendingCount => _pending.Count;

    public bool IsPending(string memberId) => _pending.ContainsKey(memberId);

    /// <summary>Notes a member that was told its id and has to join with it, here and at the end of all groups' list.</summary>
    public GroupDeadline AddPending(string memberId, LinkedList<GroupDeadline> ofAllGroups)
    {
        var session = new GroupDeadline(DeadlineKind.Session, this, memberId);
        _pending.Add(memberId, ofAllGroups.AddLast(session));
        return session;
    }

    /// <summary>Forgets a member that never joined with its id; false when there was none.</summary>
    public bool RemovePending(string memberId)
    {
        if (!_pending.Remove(memberId, out var pending))
        {
            return false;
        }

        Forget(pending);
        return true;
    }

    /// <summary>Forgets all members that have not joined with their ids yet: the group ends.</summary>
    public void RemoveAllPending()
    {
        foreach (var pending in _pending.Values)
        {
            Forget(pending);
        }

        _pending.Clear();
    }

    private static void Forget(LinkedListNode<GroupDeadline> pending)
    {
        DeadlineQueue.Clear(pending.Value);
        pending.List!.Remove(pending);
    }
}
