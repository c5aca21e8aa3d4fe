namespace Broker.Core.Groups;

/// <content>The group as its log says, there and back, and what its members want.</content>
internal sealed partial class ClassicGroup
{
    /// <summary>Recomputes what the members want, after one of them changed without a new generation.</summary>
    public void RefreshTopics() => Topics = ComputeTopics();

    /// <summary>The group as its log shall say.</summary>
    /// <param name="assignments">By member id; members that are missing have an empty one. Null: as they are.</param>
    public GroupImage ToImage(IReadOnlyDictionary<string, ReadOnlyMemory<byte>>? assignments)
    {
        var members = new MemberImage[_members.Count];
        var i = 0;
        foreach (var member in _members.Values)
        {
            members[i++] = new MemberImage(
                member.MemberId,
                member.InstanceId,
                member.ClientId,
                member.ClientHost,
                member.RebalanceTimeoutMs,
                member.SessionTimeoutMs,
                member.MetadataFor(ProtocolName),
                assignments is null ? member.Assignment : assignments.GetValueOrDefault(member.MemberId));
        }

        return new GroupImage(ProtocolType ?? "", Generation, ProtocolName, LeaderId, StateTimestampMs, members);
    }

    /// <summary>Brings back what the log says of a group: stable with its members, or empty.</summary>
    public void Restore(GroupImage image)
    {
        ProtocolType = image.ProtocolType.Length == 0 ? null : image.ProtocolType;
        Generation = image.Generation;
        ProtocolName = image.Protocol;
        StateTimestampMs = image.StateTimestampMs;
        foreach (var m in image.Members)
        {
            if (_members.ContainsKey(m.MemberId))
            {
                continue;
            }

            var member = new ClassicMember(this, m.MemberId, m.InstanceId, m.ClientId, m.ClientHost)
            {
                SessionTimeoutMs = m.SessionTimeoutMs,
                RebalanceTimeoutMs = m.RebalanceTimeoutMs < 0 ? m.SessionTimeoutMs : m.RebalanceTimeoutMs,
                Assignment = m.Assignment,
            };
            Add(member, image.ProtocolType, [new MemberProtocol(image.Protocol ?? "", m.Subscription)]);
        }

        LeaderId = image.Leader is { } leader && _members.ContainsKey(leader) ? leader : LeaderId;
        Topics = ComputeTopics();
        State = _members.Count == 0 ? GroupState.Empty : GroupState.Stable;
    }

    private HashSet<string>? ComputeTopics()
    {
        if (!IsConsumerGroup)
        {
            return null;
        }

        var topics = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in _members.Values)
        {
            if (!SubscribedTopics.TryAdd(member.MetadataFor(ProtocolName), topics))
            {
                return null;
            }
        }

        return topics;
    }
}
