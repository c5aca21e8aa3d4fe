namespace Broker.Core.Groups;

/// <summary>A member of a live classic group. Owned by its group; changed by the group and the machine only.</summary>
internal sealed class ClassicMember
{
    public ClassicMember(ClassicGroup group, string memberId, string? instanceId, string clientId, string clientHost)
    {
        MemberId = memberId;
        InstanceId = instanceId;
        ClientId = clientId;
        ClientHost = clientHost;
        Session = new GroupDeadline(DeadlineKind.Session, group, memberId);
    }

    public string MemberId { get; }

    /// <summary>group.instance.id of a static member (KIP-345), else null.</summary>
    public string? InstanceId { get; }

    public string ClientId { get; }

    public string ClientHost { get; }

    public int SessionTimeoutMs { get; set; }

    public int RebalanceTimeoutMs { get; set; }

    /// <summary>In the member's order of preference. Changed through the group, which counts them.</summary>
    public IReadOnlyList<MemberProtocol> Protocols { get; internal set; } = [];

    public ReadOnlyMemory<byte> Assignment { get; set; }

    /// <summary>Ends when the member was silent for too long; not set while the coordinator is the one who is to speak.</summary>
    public GroupDeadline Session { get; }

    /// <summary>The JoinGroup that waits for the next generation; null for none. Changed through the group, which counts them.</summary>
    public long? JoinRequest { get; internal set; }

    /// <summary>The SyncGroup that waits for the leader; null for none.</summary>
    public long? SyncRequest { get; set; }

    /// <summary>The member has not seen a generation yet, so it cannot send heartbeats.</summary>
    public bool IsNew { get; set; }

    /// <summary>The member has the present generation and has not synced yet.</summary>
    public bool OwesSync { get; set; }

    /// <summary>What the member says under a protocol; empty when it does not offer it.</summary>
    public ReadOnlyMemory<byte> MetadataFor(string? protocol)
    {
        foreach (var offered in Protocols)
        {
            if (offered.Name == protocol)
            {
                return offered.Metadata;
            }
        }

        return default;
    }

    /// <summary>Whether the member offers exactly this, in this order.</summary>
    public bool Offers(IReadOnlyList<MemberProtocol> protocols)
    {
        if (protocols.Count != Protocols.Count)
        {
            return false;
        }

        for (var i = 0; i < protocols.Count; i++)
        {
            if (protocols[i].Name != Protocols[i].Name || !protocols[i].Metadata.Span.SequenceEqual(Protocols[i].Metadata.Span))
            {
                return false;
            }
        }

        return true;
    }
}
