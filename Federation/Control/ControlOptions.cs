using Federation.Core.Homes;
using Federation.Core.Mirroring;
using Hosting;
using Kernel.Ids;
using Microsoft.Extensions.Logging;

namespace Federation.Control;

/// <summary>A region as the control host knows it: its cluster, and the doors that people are told of.</summary>
/// <param name="BrokerHost">A broker of the region's cluster.</param>
/// <param name="Kafka">Where tenants connect, host:port.</param>
/// <param name="Http">The region's HTTP address.</param>
public sealed record ControlRegion(RegionId Region, string BrokerHost, int BrokerPort, string Kafka, string Http);

/// <summary>What the links know, which run in hosts of their own.</summary>
public interface IMirrorView
{
    /// <summary>Every mirrored partition that ends in the region, as the destination sees it.</summary>
    IReadOnlyList<PartitionMirrorStatus> StatusOf(RegionId region);

    /// <summary>Returns when the region's copy of the topic is open. Throws <see cref="MirrorFailedException"/> when that needs a person.</summary>
    Task WaitUntilOpenAsync(FederatedTopic topic, RegionId region, CancellationToken cancel);

    /// <summary>What is not well in a region, in words; empty when all is.</summary>
    IReadOnlyList<string> Troubles(RegionId region);
}

/// <summary>What the control host needs.</summary>
public sealed record ControlOptions
{
    public required IReadOnlyList<ControlRegion> Regions { get; init; }

    public required IMirrorView Mirrors { get; init; }

    /// <summary>Longest wait of a request that makes or removes a topic for all regions to obey; then it is answered 202 with what is in the way.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(20);

    public required Clock Clock { get; init; }

    public required ILogger Logger { get; init; }
}
