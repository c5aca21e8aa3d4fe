using Broker.Core.Groups;
using Kernel.Machines;
using Protocol.Wire;

namespace Tests.Simulation.Groups;

/// <summary>
/// A consumer as clients are: it joins, assigns when it leads, syncs, sends heartbeats, commits, and reacts to errors as Kafka's clients
/// do. One request at a time for membership; a commit besides. It says nothing while it is dead.
/// </summary>
internal sealed class ConsumerModel(GroupSimulation world, int index, string group, string? instance)
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(70);

    private long? _request;
    private Instant _requestSince;
    private Instant _nextHeartbeat;
    private string _memberId = "";
    private string _protocol = "";
    private bool _needsJoin = true;
    private bool _isSyncing;
    private List<string> _toAssign = [];

    public int Index { get; } = index;

    public string Group { get; } = group;

    /// <summary>Who owns partitions: the instance of a static member whatever its id, else the member.</summary>
    public string Identity => instance ?? _memberId;

    public bool IsDead { get; private set; }

    /// <summary>The generation that the member has synced; -1 for none.</summary>
    public int Generation { get; private set; } = -1;

    public IReadOnlyList<int> Owned { get; private set; } = [];

    public string MemberId => _memberId;

    private int JoinedGeneration { get; set; } = -1;

    /// <summary>Dies without a word; a later life begins from nothing.</summary>
    public void Die()
    {
        IsDead = true;
        Forget();
        _memberId = "";
    }

    public void Revive() => IsDead = false;

    /// <summary>The connection broke: no answer will come.</summary>
    public void Disconnect() => _request = null;

    public void Leave()
    {
        if (!IsDead && _memberId.Length > 0 && _request is null)
        {
            world.Send(this, r => new GroupInput.Leave(r, Group, [new LeavingMember(_memberId, instance)]));
            Die();
        }
    }

    /// <summary>Something in the subscription changed: join again.</summary>
    public void Resubscribe() => _needsJoin = true;

    public void Act(Now now)
    {
        if (IsDead)
        {
            return;
        }

        if (_request is not null)
        {
            if (now.Monotonic - _requestSince > RequestTimeout)
            {
                _request = null;
                _needsJoin = true;
            }

            return;
        }

        if (_needsJoin)
        {
            _isSyncing = false;
            Ask(now, r => new GroupInput.Join(
                r, Group, _memberId, instance, $"c{Index}", "/h", 10_000, 15_000, "consumer", world.Protocols(), NeedsKnownId: Index % 3 != 0, CanSkipAssignment: Index % 2 == 0, world.Uuid()));
        }
        else if (_isSyncing)
        {
            var assignments = world.Assign(_toAssign);
            Ask(now, r => new GroupInput.Sync(r, Group, _memberId, instance, JoinedGeneration, "consumer", _protocol, assignments));
        }
        else if (now.Monotonic >= _nextHeartbeat)
        {
            _nextHeartbeat = now.Monotonic + TimeSpan.FromSeconds(3);
            Ask(now, r => new GroupInput.Heartbeat(r, Group, _memberId, instance, Generation));
        }
    }

    public void OnReply(long request, GroupReply reply)
    {
        if (request != _request)
        {
            return;
        }

        _request = null;
        switch (reply)
        {
            case GroupReply.Joined joined:
                OnJoined(joined);
                break;
            case GroupReply.Synced synced:
                OnSynced(synced);
                break;
            case GroupReply.Plain plain:
                OnError(plain.Error);
                break;
        }
    }

    private void OnJoined(GroupReply.Joined joined)
    {
        if (joined.Error == ErrorCode.MemberIdRequired)
        {
            _memberId = joined.MemberId;
        }
        else if (joined.Error == ErrorCode.None)
        {
            world.CheckJoined(this, joined);
            _memberId = joined.MemberId;
            _protocol = joined.ProtocolName!;
            JoinedGeneration = joined.Generation;
            _toAssign = joined.SkipAssignment ? [] : [.. joined.Members.Select(m => m.MemberId)];
            _needsJoin = false;
            _isSyncing = true;
        }
        else
        {
            OnError(joined.Error);
        }
    }

    private void OnSynced(GroupReply.Synced synced)
    {
        if (synced.Error != ErrorCode.None)
        {
            OnError(synced.Error);
            return;
        }

        _isSyncing = false;
        Generation = JoinedGeneration;
        Owned = [.. synced.Assignment.ToArray().Select(b => (int)b)];
        world.CheckOwned(this);
    }

    private void OnError(ErrorCode error)
    {
        switch (error)
        {
            case ErrorCode.None:
                break;
            case ErrorCode.FencedInstanceId:
                // Somebody else is this instance now; a real client stops for good.
                Die();
                break;
            case ErrorCode.UnknownMemberId:
                _memberId = "";
                Forget();
                break;
            default:
                Forget();
                break;
        }
    }

    private void Forget()
    {
        _request = null;
        _needsJoin = true;
        _isSyncing = false;
        Generation = -1;
        Owned = [];
    }

    private void Ask(Now now, Func<long, GroupInput> input)
    {
        _requestSince = now.Monotonic;

        // Before sending: the answer may come within the call.
        _request = world.NextRequest;
        world.Send(this, input);
    }
}
