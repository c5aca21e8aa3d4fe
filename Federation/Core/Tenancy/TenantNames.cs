using Kernel;
using Kernel.Ids;

namespace Federation.Core.Tenancy;

/// <summary>
/// Decides how a tenant's names appear on the clusters behind the gateway: "orders" of tenant "acme" is "acme.orders" there. Pure and
/// immutable; one per tenant. A name that the broker must refuse stays one that it refuses: the empty name and the dots would
/// otherwise become legal behind a prefix.
/// </summary>
public sealed class TenantNames
{
    // Kafka's own topics. A tenant has no topic of such a name: its clients would take it for the cluster's.
    private static readonly string[] InternalTopics = ["__consumer_offsets", "__transaction_state", "__share_group_state"];

    private readonly string _prefix;

    public TenantNames(TenantId tenant)
    {
        Tenant = tenant;
        _prefix = tenant.Name + ".";
    }

    /// <summary>The name of Kafka's metadata log, which is no topic but may not be made either.</summary>
    public const string MetadataTopic = "__cluster_metadata";

    /// <summary>Whose names these are.</summary>
    public TenantId Tenant { get; }

    /// <summary>What stands before all names of the tenant on the clusters.</summary>
    public string Prefix => _prefix;

    /// <summary>The longest topic name that the tenant may choose, in characters: the cluster's limit without the prefix.</summary>
    public int MaxTopicChars => Limits.MaxTopicNameChars - _prefix.Length;

    /// <summary>Whether Kafka keeps a topic of this name for itself.</summary>
    public static bool IsInternalTopic(string name) => name.StartsWith("__", StringComparison.Ordinal) && InternalTopics.Contains(name, StringComparer.Ordinal);

    /// <summary>Whether the name is that of an internal topic or of the metadata log.</summary>
    public static bool IsKafkasOwn(string name) => name == MetadataTopic || IsInternalTopic(name);

    /// <summary>The tenant's topic as the cluster knows it.</summary>
    public string TopicToCluster(string name) => IsNeverLegal(name) ? name : _prefix + name;

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

    /// <summary>
    /// The tenant's own name for a name of the cluster. Names that went there without a prefix because they are never legal come back as
    /// they are. Throws <see cref="ForeignNameException"/> for any other: ask <see cref="Owns"/> first where such names are expected.
    /// </summary>
    public string ToTenant(string clusterName) =>
        Owns(clusterName) ? clusterName[_prefix.Length..]
        : IsNeverLegal(clusterName) ? clusterName
        : throw new ForeignNameException($"the cluster answered tenant {Tenant} with '{clusterName}'");

    private static bool IsNeverLegal(string name) => name is "" or "." or "..";
}
