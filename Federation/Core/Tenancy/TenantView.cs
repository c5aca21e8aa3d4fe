using Kernel.Ids;

namespace Federation.Core.Tenancy;

/// <summary>The virtual cluster that one tenant sees through one gateway. Immutable.</summary>
/// <param name="Names">The tenant's names.</param>
/// <param name="ClusterId">What the tenant takes for the cluster's id: the same in all regions and for ever, since a tenant has one virtual cluster.</param>
/// <param name="NodeId">The virtual broker behind which everything stands; stable for this gateway.</param>
/// <param name="Host">Where clients reach the virtual broker.</param>
/// <param name="Port">Its port.</param>
/// <param name="Region">The gateway's region, shown to clients as the rack.</param>
public sealed record TenantView(TenantNames Names, string ClusterId, int NodeId, string Host, int Port, RegionId Region);
