using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace Federation.Gateway.Http;

/// <summary>
/// Takes a registry out as soon as one request could not connect to it, so that only requests which are under way at that moment notice.
/// Other failures say little about the next request: probes decide on those.
/// </summary>
internal sealed partial class ConnectVerdict(IDestinationHealthUpdater health, FrontDoorOptions options) : IPassiveHealthCheckPolicy
{
    public const string PolicyName = "registry-connects";

    private readonly ILogger _logger = options.CreateLogger();

    public string Name => PolicyName;

    public void RequestProxied(HttpContext context, ClusterState cluster, DestinationState destination)
    {
        if (Failover.NothingWasSent(context))
        {
            if (destination.Health.Passive != DestinationHealth.Unhealthy)
            {
                LogRefused(_logger, destination.DestinationId);
            }

            health.SetPassive(cluster, destination, DestinationHealth.Unhealthy, options.ReactivationPeriod);
        }
    }

    [LoggerMessage(20, LogLevel.Warning, "the schema registry of {Registry} cannot be connected to")]
    private static partial void LogRefused(ILogger logger, string registry);
}
