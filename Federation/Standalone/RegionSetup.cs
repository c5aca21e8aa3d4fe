using Federation.Core.Homes;
using Kernel.Ids;

namespace Federation.Standalone;

/// <summary>What a region's hosts are made from.</summary>
/// <param name="Slot">The region's number in the ledger, for ever: the high bits of its producer ids.</param>
/// <param name="View">The ledger's image.</param>
/// <param name="Secret">The federation's secret.</param>
/// <param name="LinkOf">Where another region's link server is; null for a region that does not run here.</param>
public sealed record RegionSetup(
    RegionId Region, int Slot, Ports Ports, UpOptions Options, IFederationView View, byte[] Secret, Func<RegionId, Uri?> LinkOf);
