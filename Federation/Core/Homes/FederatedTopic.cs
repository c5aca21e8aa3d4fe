using System.Collections.Immutable;
using Kernel.Ids;

namespace Federation.Core.Homes;

/// <summary>A topic that the federation knows: whose it is, where it is written, where copies stand. Immutable.</summary>
/// <param name="Tenant">Whose topic it is.</param>
/// <param name="Name">The tenant's name for it.</param>
/// <param name="Partitions">At least one; it only grows.</param>
/// <param name="Home">The only region that accepts writes.</param>
/// <param name="Mirrors">Regions with a read-only copy at identical offsets; without the home.</param>
/// <param name="FencingEpoch">Rises whenever the home moves. Appends of a lower one are refused everywhere.</param>
/// <param name="Configs">Topic settings in all regions.</param>
public sealed record FederatedTopic(
    TenantId Tenant,
    string Name,
    int Partitions,
    RegionId Home,
    ImmutableArray<RegionId> Mirrors,
    long FencingEpoch,
    ImmutableSortedDictionary<string, string> Configs)
{
    /// <summary>The tenant's name for the topic that its schema registry is made of.</summary>
    public const string SchemaLogName = "_schemas";

    /// <summary>Its records are the tenant's schemas: nobody is told to delete it.</summary>
    public bool IsSchemaLog => Name == SchemaLogName;

    /// <summary>The topic id that the home's cluster gave it; null until the topic was made there. A home without that topic lost its records.</summary>
    public Guid? HomeId { get; init; }

    /// <summary>The topic's name on the clusters: the tenant's prefix and the name.</summary>
    public string ClusterName => $"{Tenant.Name}.{Name}";
}
