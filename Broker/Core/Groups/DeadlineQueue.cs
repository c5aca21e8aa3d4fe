using Kernel.Machines;

namespace Broker.Core.Groups;

/// <summary>Something of a group that ends at a time: a member's session, a rebalance. Owned by the group; queued in one <see cref="DeadlineQueue"/>.</summary>
internal sealed class GroupDeadline(DeadlineKind kind, ClassicGroup group, string? memberId = null)
{
    public DeadlineKind Kind { get; } = kind;

    public ClassicGroup Group { get; } = group;

    /// <summary>The member whose session it is, or null for what concerns the whole group.</summary>
    public string? MemberId { get; } = memberId;

    /// <summary>When it ends; null while it does not matter.</summary>
    public Instant? Due { get; internal set; }

    /// <summary>The queue entry that will look at it; null when there is none.</summary>
    internal long? Ticket { get; set; }

    /// <summary>When that entry comes up: at or before <see cref="Due"/>.</summary>
    internal Instant QueuedFor { get; set; }
}

/// <summary>What ends.</summary>
internal enum DeadlineKind
{
    /// <summary>A member, or one that has only asked for its id, was silent for too long.</summary>
    Session,

    /// <summary>Members had enough time to join again.</summary>
    Join,

    /// <summary>Members had enough time to sync.</summary>
    Sync,
}

/// <summary>
/// The deadlines of all groups of a shard. Moving one later, which every heartbeat does, costs a field: the queued entry comes up at the
/// old time and goes back in for the new one. Deterministic: equal times come up in the order in which they were queued. Entries that nothing
/// depends on any more are taken out before they outnumber the others: sessions may last half an hour, and members come and go in less.
/// </summary>
internal sealed class DeadlineQueue
{
    // Below so many entries it does not matter which of them are dead.
    private const int MinEntriesToSweep = 256;

    private readonly PriorityQueue<GroupDeadline, (long Ticks, long Ticket)> _queue = new();
    private int _sweepAt = MinEntriesToSweep;
    private long _tickets;

    /// <summary>Entries, among them some that nothing depends on any more.</summary>
    public int Count => _queue.Count;

    /// <summary>When to look again; perhaps too early, never too late. Null: never.</summary>
    public Instant? Next => _queue.TryPeek(out _, out var priority) ? new Instant(priority.Ticks) : null;

    /// <summary>Sets when it ends, earlier or later than before.</summary>
    public void Set(GroupDeadline deadline, Instant due)
    {
        deadline.Due = due;
        if (deadline.Ticket is null || due < deadline.QueuedFor)
        {
            Queue(deadline, due);
        }
    }

    /// <summary>It does not matter any more.</summary>
    public static void Clear(GroupDeadline deadline) => deadline.Due = null;

    /// <summary>Takes out one deadline that is over; null when none is.</summary>
    public GroupDeadline? TakeDue(Instant now)
    {
        while (_queue.TryPeek(out var deadline, out var priority) && priority.Ticks <= now.Ticks)
        {
            _queue.Dequeue();
            if (deadline.Ticket != priority.Ticket)
            {
                continue;
            }

            deadline.Ticket = null;
            if (deadline.Due is { } due)
            {
                if (due <= now)
                {
                    deadline.Due = null;
                    return deadline;
                }

                Queue(deadline, due);
            }
        }

        return null;
    }

    private void Queue(GroupDeadline deadline, Instant at)
    {
        if (_queue.Count >= _sweepAt)
        {
            Sweep();
        }

        deadline.Ticket = ++_tickets;
        deadline.QueuedFor = at;
        _queue.Enqueue(deadline, (at.Ticks, deadline.Ticket.Value));
    }

    /// <summary>Takes out what is dead. At least as many entries come in before the next time as were looked at, so each costs the same.</summary>
    private void Sweep()
    {
        var live = new List<(GroupDeadline Deadline, (long Ticks, long Ticket) Priority)>();
        foreach (var (deadline, priority) in _queue.UnorderedItems)
        {
            if (deadline.Ticket != priority.Ticket)
            {
                continue;
            }

            if (deadline.Due is null)
            {
                deadline.Ticket = null;
                continue;
            }

            live.Add((deadline, priority));
        }

        _queue.Clear();
        _queue.EnqueueRange(live);
        _sweepAt = Math.Max(MinEntriesToSweep, 2 * live.Count);
    }
}
