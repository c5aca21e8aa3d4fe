using Federation.Control;
using Federation.Core.Homes;
using Federation.Core.Mirroring;
using Kernel.Ids;

namespace Federation.Standalone;

/// <summary>Shows the control host what the links of the regions in this process know.</summary>
internal sealed class MirrorsView(IReadOnlyList<RegionHost> regions) : IMirrorView
{
    public IReadOnlyList<PartitionMirrorStatus> StatusOf(RegionId region) => Find(region)?.Copies() ?? [];

    public Task WaitUntilOpenAsync(FederatedTopic topic, RegionId region, CancellationToken cancel) =>
        Find(region)?.WaitUntilMirroredAsync(topic.ClusterName, cancel) ?? Task.Delay(Timeout.Infinite, cancel);

    public IReadOnlyList<string> Troubles(RegionId region) => Find(region)?.Troubles() ?? [$"{region} does not run here"];

    private RegionHost? Find(RegionId region) => regions.FirstOrDefault(r => r.Region == region);
}
