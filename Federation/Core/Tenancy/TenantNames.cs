using Kernel.Ids;

namespace Federation.Core.Tenancy;

/// <summary>
/// Decides how a tenant's names appear on the clusters behind the gateway: "orders" of tenant "acme" is "acme.orders" there. Pure and
/// immutable; one per tenant. A name that the broker must refuse stays one that it refuses: the empty name and the dots would
/// otherwise become legal behind a prefix.
/// </summary>
public sealed class TenantNames
{
    private readonly string _prefix;

    public TenantNames(TenantId tenant)
    {
        Tenant = tenant;
        _prefix = tenant.Name + ".";
    }

    /// <summary>Whose names these are.</summary>
    public TenantId Tenant { get; }

    /// <summary>The tenant's topic as the cluster knows it.</summary>
    public string TopicToCluster(string name) => name is "" or "." or ".." ? name : _prefix + name;

    /// <summary>
    /// The tenant's group as the cluster knows it. The empty group is legal where positions are merely stored, so it gets the prefix
    /// too, or all tenants would share it; calls in which Kafka refuses it use <see cref="MemberGroupToCluster"/>.
    /// </summary>
    public string GroupToCluster(string group) => _prefix + group;

    /// <summary>As <see cref="GroupToCluster"/> for the calls of group members, which Kafka refuses for the empty group.</summary>
    public string MemberGroupToCluster(string group) => group.Length == 0 ? group : _prefix + group;

    /// <summary>The tenant's transactional id as the cluster knows it; the empty one stays illegal.</summary>
    public string TransactionalIdToCluster(string id) => id.Length == 0 ? id : _prefix + id;

    /// <summary>Whether a name of the cluster (topic, group or transactional id) is this tenant's.</summary>
    public bool Owns(string clusterName) => clusterName.StartsWith(_prefix, StringComparison.Ordinal);

    /// <summary>The tenant's own name for a name of the cluster. Names that are not the tenant's come back as they are; ask <see cref="Owns"/> first where it matters.</summary>
    public string ToTenant(string clusterName) => Owns(clusterName) ? clusterName[_prefix.Length..] : clusterName;

    /// <summary>A text for people, with the tenant's prefix taken out of the names it quotes.</summary>
    public string TextToTenant(string text) => text.Replace(_prefix, "", StringComparison.Ordinal);
}
