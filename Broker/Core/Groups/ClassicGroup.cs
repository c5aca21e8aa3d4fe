using Kernel;
using Kernel.Machines;
using Protocol.Wire;

namespace Broker.Core.Groups;

/// <summary>
/// One live classic group: members, generation, votes. Owned by the <see cref="GroupMachine"/>, which decides what happens; this class
/// keeps its parts in step with each other.
/// </summary>
internal sealed partial class ClassicGroup
{
    private readonly OrderedDictionary<string, ClassicMember> _members = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _memberByInstance = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _offers = new(StringComparer.Ordinal);

    public ClassicGroup(string groupId)
    {
        GroupId = groupId;
        JoinDeadline = new GroupDeadline(DeadlineKind.Join, this);
        SyncDeadline = new GroupDeadline(DeadlineKind.Sync, this);
    }

    public string GroupId { get; }

    public GroupState State { get; private set; } = GroupState.Empty;

    /// <summary>When the group came into its state, ms since the epoch; -1 when unknown.</summary>
    public long StateTimestampMs { get; private set; } = -1;

    /// <summary>Null before the first member: a group of positions only.</summary>
    public string? ProtocolType { get; private set; }

    /// <summary>What the members of the present generation agreed on; null without members.</summary>
    public string? ProtocolName { get; private set; }

    public int Generation { get; private set; }

    public string? LeaderId { get; private set; }

    /// <summary>
    /// The topics that members of a consumer group want; null when they cannot be told: another type of group, or subscriptions in a
    /// form of the client's own.
    /// </summary>
    public IReadOnlySet<string>? Topics { get; private set; }

    /// <summary>Members by id, in the order in which they joined.</summary>
    public OrderedDictionary<string, ClassicMember>.ValueCollection Members => _members.Values;

    public int MemberCount => _members.Count;

    /// <summary>Members whose JoinGroup waits.</summary>
    public int AwaitingJoinCount { get; private set; }

    /// <summary>The group was empty when the present rebalance began, so it waits for more members.</summary>
    public bool IsInitialRebalance { get; set; }

    /// <summary>A member came while an initial rebalance waited, which makes it wait longer.</summary>
    public bool HasNewMember { get; set; }

    /// <summary>The wait that an initial rebalance is in.</summary>
    public TimeSpan InitialDelay { get; set; }

    /// <summary>How much longer than its first wait an initial rebalance may wait.</summary>
    public TimeSpan InitialDelayLeft { get; set; }

    /// <summary>When the present rebalance began: members are waited for from then on.</summary>
    public Instant RebalanceStart { get; set; }

    public GroupDeadline JoinDeadline { get; }

    public GroupDeadline SyncDeadline { get; }

    /// <summary>The generation whose assignments have been handed to the log; a leader that repeats itself is not heard twice.</summary>
    public int AssignedGeneration { get; set; } = -1;

    /// <summary>The last append of the machine that has records of this group.</summary>
    public long LastAppend { get; set; }

    public bool IsConsumerGroup => ProtocolType == SubscribedTopics.ConsumerProtocolType;

    /// <summary>The longest rebalance timeout of a member: how long all are waited for.</summary>
    public TimeSpan RebalanceTimeout
    {
        get
        {
            var longest = 0;
            foreach (var member in _members.Values)
            {
                longest = Math.Max(longest, member.RebalanceTimeoutMs);
            }

            return TimeSpan.FromMilliseconds(longest);
        }
    }

    public ClassicMember? Find(string memberId) => _members.GetValueOrDefault(memberId);

    /// <summary>The member id that a static instance has now, or null.</summary>
    public string? MemberIdOf(string instanceId) => _memberByInstance.GetValueOrDefault(instanceId);

    public bool IsLeader(string memberId) => LeaderId == memberId;

    public bool HaveAllJoined => AwaitingJoinCount == _members.Count && _pending.Count == 0;

    /// <summary>Whether somebody may be reading the topic, so that its positions stay. Where subscriptions cannot be read, a consumer group may read anything.</summary>
    public bool IsSubscribedTo(string topic) => Topics?.Contains(topic) ?? IsConsumerGroup;

    /// <summary>Whether a member with this offer can be in the group.</summary>
    public bool Accepts(string protocolType, IReadOnlyList<MemberProtocol> protocols)
    {
        if (State == GroupState.Empty)
        {
            return protocolType.Length > 0 && protocols.Count > 0;
        }

        if (protocolType != ProtocolType)
        {
            return false;
        }

        foreach (var protocol in protocols)
        {
            if (_offers.GetValueOrDefault(protocol.Name) == _members.Count)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a request's member is the one that the group knows: UNKNOWN_MEMBER_ID or FENCED_INSTANCE_ID when not.</summary>
    public ErrorCode Validate(string memberId, string? instanceId)
    {
        if (instanceId is not null)
        {
            var known = MemberIdOf(instanceId);
            if (known is null)
            {
                return ErrorCode.UnknownMemberId;
            }

            if (known != memberId)
            {
                return ErrorCode.FencedInstanceId;
            }
        }

        return _members.ContainsKey(memberId) ? ErrorCode.None : ErrorCode.UnknownMemberId;
    }

    /// <summary>Adds a member, the first of which leads and gives the group its type.</summary>
    public void Add(ClassicMember member, string protocolType, IReadOnlyList<MemberProtocol> protocols)
    {
        Ensure.That(!_members.ContainsKey(member.MemberId), "a member is added once");
        if (_members.Count == 0)
        {
            ProtocolType = protocolType;
        }

        RemovePending(member.MemberId);
        _members.Add(member.MemberId, member);
        if (member.InstanceId is { } instance)
        {
            _memberByInstance[instance] = member.MemberId;
        }

        LeaderId ??= member.MemberId;
        SetProtocols(member, protocols);
    }

    /// <summary>Removes a member. Its waiting requests are the machine's to answer before.</summary>
    public void Remove(ClassicMember member)
    {
        Ensure.That(member.JoinRequest is null && member.SyncRequest is null, "a waiting request is answered before its member goes");
        DeadlineQueue.Clear(member.Session);
        SetProtocols(member, []);
        _members.Remove(member.MemberId);
        if (member.InstanceId is { } instance && MemberIdOf(instance) == member.MemberId)
        {
            _memberByInstance.Remove(instance);
        }

        if (LeaderId == member.MemberId)
        {
            LeaderId = _members.Count == 0 ? null : _members.GetAt(0).Key;
        }
    }

    /// <summary>Puts a static member under the id of its new incarnation; assignment and leadership go with it.</summary>
    public ClassicMember Replace(ClassicMember old, string newMemberId, string clientId, string clientHost)
    {
        var isLeader = IsLeader(old.MemberId);
        var protocols = old.Protocols;
        var member = new ClassicMember(this, newMemberId, old.InstanceId, clientId, clientHost)
        {
            Assignment = old.Assignment,
            IsNew = old.IsNew,
            OwesSync = old.OwesSync,
        };
        var index = _members.IndexOf(old.MemberId);
        Remove(old);
        _members.Insert(index, newMemberId, member);
        _memberByInstance[old.InstanceId!] = newMemberId;
        SetProtocols(member, protocols);
        if (isLeader || LeaderId is null)
        {
            LeaderId = newMemberId;
        }

        return member;
    }

    /// <summary>What a member offers from now on.</summary>
    public void SetProtocols(ClassicMember member, IReadOnlyList<MemberProtocol> protocols)
    {
        foreach (var name in member.Protocols.Select(p => p.Name).Distinct(StringComparer.Ordinal))
        {
            if (--_offers[name] == 0)
            {
                _offers.Remove(name);
            }
        }

        member.Protocols = protocols;
        foreach (var name in protocols.Select(p => p.Name).Distinct(StringComparer.Ordinal))
        {
            _offers[name] = _offers.GetValueOrDefault(name) + 1;
        }
    }

    /// <summary>Which of a member's JoinGroups waits; null for none.</summary>
    public void SetJoinRequest(ClassicMember member, long? request)
    {
        AwaitingJoinCount += (request is null ? 0 : 1) - (member.JoinRequest is null ? 0 : 1);
        member.JoinRequest = request;
    }

    /// <summary>Keeps the leader if it has joined again, else makes the first who has the leader. False when nobody has.</summary>
    public bool TryElectLeader()
    {
        if (LeaderId is { } leader && Find(leader) is { JoinRequest: not null })
        {
            return true;
        }

        foreach (var member in _members.Values)
        {
            if (member.JoinRequest is not null)
            {
                LeaderId = member.MemberId;
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Each member votes for the first protocol of its own that all have; the most votes win, and of equal ones the protocol that got its
    /// first vote first. Every member has a vote, because no member is let in without a protocol in common.
    /// </summary>
    public string SelectProtocol()
    {
        var votes = new OrderedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var member in _members.Values)
        {
            foreach (var protocol in member.Protocols)
            {
                if (_offers[protocol.Name] == _members.Count)
                {
                    votes[protocol.Name] = votes.GetValueOrDefault(protocol.Name) + 1;
                    break;
                }
            }
        }

        Ensure.That(votes.Count > 0, "members have a protocol in common");
        return votes.MaxBy(vote => vote.Value).Key;
    }

    /// <summary>Goes into a state other than the ones that begin a generation.</summary>
    public void TransitionTo(GroupState state, Now now)
    {
        State = state;
        StateTimestampMs = now.WallMs;
    }

    /// <summary>Begins the next generation with the members there are, or with none.</summary>
    public void BeginGeneration(Now now)
    {
        // A generation is an int32 on the wire. Starting over at 1 is what is left after two billion rebalances.
        Generation = Generation == int.MaxValue ? 1 : Generation + 1;
        ProtocolName = _members.Count == 0 ? null : SelectProtocol();
        Topics = ComputeTopics();
        TransitionTo(_members.Count == 0 ? GroupState.Empty : GroupState.CompletingRebalance, now);
    }
}
