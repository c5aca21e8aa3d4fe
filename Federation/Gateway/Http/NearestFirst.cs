using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Model;

namespace Federation.Gateway.Http;

/// <summary>Chooses the healthy registry that comes first in the region table's order: no load is spread, others only stand in.</summary>
internal sealed class NearestFirst : ILoadBalancingPolicy
{
    public const string PolicyName = "nearest-first";

    public string Name => PolicyName;

    public DestinationState? PickDestination(HttpContext context, ClusterState cluster, IReadOnlyList<DestinationState> availableDestinations)
    {
        DestinationState? first = null;
        foreach (var destination in availableDestinations)
        {
            if (first is null || string.CompareOrdinal(RankOf(destination), RankOf(first)) < 0)
            {
                first = destination;
            }
        }

        return first;
    }

    private static string? RankOf(DestinationState destination) => destination.Model.Config.Metadata?[RegionRoutes.Rank];
}
