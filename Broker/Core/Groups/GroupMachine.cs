using Kernel;
using Kernel.Machines;
using Protocol.Wire;

namespace Broker.Core.Groups;

/// <summary>
/// The classic group protocol for all groups of one partition of __consumer_offsets (KIP-62, 134, 345, 389, 394, 814; offsets KIP-211, 496).
/// Owned by that partition's shard. It decides what happens to members and hands durable changes to the <see cref="GroupLedger"/>; what a
/// reply speaks of is committed before the reply is given. Between calls it holds what the ledger does not: who waits, and until when.
/// After a restart groups stand as they were last stored, with their members' sessions beginning anew.
/// </summary>
public sealed partial class GroupMachine : IReactor<GroupInput, GroupEffect>
{
    private readonly Dictionary<string, ClassicGroup> _groups = new(StringComparer.Ordinal);
    private readonly DeadlineQueue _deadlines = new();

    // Members of all groups that were told their ids and have not joined with them yet, the oldest first.
    private readonly LinkedList<GroupDeadline> _pending = new();
    private readonly Queue<Parked> _parked = new();
    private readonly GroupLedger _ledger;
    private readonly GroupSettings _settings;

    private Outbox<GroupEffect> _outbox = new();
    private Now _now;
    private Instant _nextExpiry;
    private long _appended;
    private long _committed;
    private long _lastDeletion;

    /// <param name="ledger">Everything that the log says. The machine alone applies to it from now on.</param>
    /// <param name="now">When the members that the log speaks of begin to be silent.</param>
    public GroupMachine(GroupLedger ledger, GroupSettings settings, Now now)
    {
        _ledger = ledger;
        _settings = settings;
        _now = now;
        _nextExpiry = now.Monotonic + settings.OffsetsRetentionCheckInterval;
        foreach (var groupId in ledger.GroupIds)
        {
            var group = new ClassicGroup(groupId);
            if (ledger.FindGroup(groupId) is { } image)
            {
                group.Restore(image);
            }

            _groups.Add(groupId, group);
            foreach (var member in group.Members)
            {
                StartSession(member);
            }
        }
    }

    /// <summary>What the log says, as decided so far: also what is not committed yet.</summary>
    public GroupLedger Ledger => _ledger;

    /// <summary>When the next session, rebalance or retention check may be over.</summary>
    public Instant? Deadline => _deadlines.Next is { } next && next < _nextExpiry ? next : _nextExpiry;

    /// <summary>Groups that exist.</summary>
    public int GroupCount => _groups.Count;

    /// <summary>Takes one input, then ends what is over.</summary>
    public void Step(GroupInput input, Now now, Outbox<GroupEffect> outbox)
    {
        _now = now;
        _outbox = outbox;
        Handle(input);
        while (_deadlines.TakeDue(now.Monotonic) is { } deadline)
        {
            OnOver(deadline);
        }

        if (now.Monotonic >= _nextExpiry)
        {
            _nextExpiry = now.Monotonic + _settings.OffsetsRetentionCheckInterval;
            ExpireOffsets();
        }
    }

    private void Handle(GroupInput input)
    {
        switch (input)
        {
            case GroupInput.Join i:
                Join(i);
                break;
            case GroupInput.Sync i:
                Sync(i);
                break;
            case GroupInput.Heartbeat i:
                Heartbeat(i);
                break;
            case GroupInput.Leave i:
                Leave(i);
                break;
            case GroupInput.CommitOffsets i:
                CommitOffsets(i);
                break;
            case GroupInput.FetchOffsets i:
                FetchOffsets(i);
                break;
            case GroupInput.DeleteOffsets i:
                DeleteOffsets(i);
                break;
            case GroupInput.DeleteGroup i:
                DeleteGroup(i);
                break;
            case GroupInput.Describe i:
                Describe(i);
                break;
            case GroupInput.List i:
                List(i);
                break;
            case GroupInput.RemoveTopics i:
                Append(null, _ledger.Decide(new GroupCommand.RemoveTopics(i.Topics), _now).Records);
                break;
            case GroupInput.Committed i:
                Commit(i.Sequence);
                break;
            case GroupInput.Tick:
                break;
            default:
                throw new InvariantBrokenException($"an input of no known kind: {input}");
        }
    }

    private void OnOver(GroupDeadline deadline)
    {
        var group = deadline.Group;
        if (!_groups.TryGetValue(group.GroupId, out var present) || !ReferenceEquals(present, group))
        {
            return;
        }

        switch (deadline.Kind)
        {
            case DeadlineKind.Session:
                EndSession(group, deadline.MemberId!);
                break;
            case DeadlineKind.Join:
                EndJoin(group);
                break;
            case DeadlineKind.Sync:
                EndSync(group);
                break;
        }
    }

    private void Heartbeat(GroupInput.Heartbeat input)
    {
        Answer(input.Request, new GroupReply.Plain(Check()));

        ErrorCode Check()
        {
            if (input.GroupId.Length == 0)
            {
                return ErrorCode.InvalidGroupId;
            }

            if (!_groups.TryGetValue(input.GroupId, out var group))
            {
                return ErrorCode.UnknownMemberId;
            }

            var error = group.Validate(input.MemberId, input.InstanceId);
            if (error != ErrorCode.None)
            {
                return error;
            }

            if (input.Generation != group.Generation)
            {
                return ErrorCode.IllegalGeneration;
            }

            Touch(group.Find(input.MemberId)!);
            return group.State == GroupState.PreparingRebalance ? ErrorCode.RebalanceInProgress : ErrorCode.None;
        }
    }

    private void Describe(GroupInput.Describe input)
    {
        if (!_groups.TryGetValue(input.GroupId, out var group))
        {
            var dead = new GroupDescription(input.GroupId, GroupState.Dead, "", "", []);
            Answer(input.Request, new GroupReply.Described(ErrorCode.GroupIdNotFound, dead));
            return;
        }

        var isStable = group.State == GroupState.Stable;
        var members = new List<MemberDescription>(group.MemberCount);
        foreach (var m in group.Members)
        {
            members.Add(new MemberDescription(
                m.MemberId,
                m.InstanceId,
                m.ClientId,
                m.ClientHost,
                isStable ? m.MetadataFor(group.ProtocolName) : default,
                m.Assignment));
        }

        var description = new GroupDescription(
            group.GroupId, group.State, group.ProtocolType ?? "", isStable ? group.ProtocolName ?? "" : "", members);
        Answer(input.Request, new GroupReply.Described(ErrorCode.None, description));
    }

    private void List(GroupInput.List input)
    {
        var listings = new List<GroupListing>(_groups.Count);
        foreach (var group in _groups.Values)
        {
            listings.Add(new GroupListing(group.GroupId, group.ProtocolType ?? "", group.State));
        }

        Answer(input.Request, new GroupReply.Listed(ErrorCode.None, listings));
    }

    /// <summary>Applies what was decided and has it written. Without records there is nothing to write.</summary>
    private void Append(ClassicGroup? group, IReadOnlyList<GroupRecord> records)
    {
        if (records.Count == 0)
        {
            return;
        }

        foreach (var record in records)
        {
            _ledger.Apply(record);
        }

        _appended++;
        _outbox.Add(new GroupEffect.Append(_appended, records));
        group?.LastAppend = _appended;
    }

    private void Answer(long request, GroupReply reply) => _outbox.Add(new GroupEffect.Answer(request, reply));

    /// <summary>Answers once an append is committed, which it may be already.</summary>
    private void AnswerAfter(long sequence, long request, GroupReply reply)
    {
        if (sequence <= _committed)
        {
            Answer(request, reply);
        }
        else
        {
            // Always behind the newest append, although an older one may be enough: the queue stays in order, and both are written together.
            _parked.Enqueue(new Parked(_appended, request, reply, null, null));
        }
    }

    private void Commit(long sequence)
    {
        _committed = Math.Max(_committed, sequence);
        while (_parked.TryPeek(out var parked) && parked.Sequence <= _committed)
        {
            _parked.Dequeue();
            if (parked.Reply is { } reply)
            {
                Answer(parked.Request, reply);
            }
            else
            {
                FinishSync(parked.Group!, parked.Generation, parked.Assignments!);
            }
        }
    }

    private void StartSession(ClassicMember member)
        => _deadlines.Set(member.Session, _now.Monotonic + TimeSpan.FromMilliseconds(Math.Max(0, member.SessionTimeoutMs)));

    /// <summary>The member has spoken. While it waits for us, it is not asked to.</summary>
    private void Touch(ClassicMember member)
    {
        if (member.JoinRequest is null && member.SyncRequest is null)
        {
            StartSession(member);
        }
    }

    /// <summary>What happens when an append is committed: a reply, or the assignments of a generation.</summary>
    private readonly record struct Parked(
        long Sequence,
        long Request,
        GroupReply? Reply,
        ClassicGroup? Group,
        IReadOnlyDictionary<string, ReadOnlyMemory<byte>>? Assignments,
        int Generation = 0);
}
