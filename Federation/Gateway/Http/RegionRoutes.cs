using System.Globalization;
using System.Net;
using Federation.Core.Regions;
using Kernel;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace Federation.Gateway.Http;

/// <summary>The proxy's routes and clusters, made from the region table.</summary>
internal static class RegionRoutes
{
    /// <summary>Route and cluster of the schema registries. Its destinations are named after their regions.</summary>
    public const string Registry = "registry";

    /// <summary>Route and cluster of the region's control API.</summary>
    public const string Control = "control";

    /// <summary>The first segment of paths that go to a schema registry; it is taken off.</summary>
    public const string RegistryPrefix = "/registry";

    /// <summary>Name of a destination's place in the order, in a form that sorts as text.</summary>
    public const string Rank = "rank";

    /// <summary>Always the same two: only where they lead changes.</summary>
    public static readonly IReadOnlyList<RouteConfig> Routes =
    [
        new RouteConfig
        {
            RouteId = Registry,
            ClusterId = Registry,
            Match = new RouteMatch { Path = RegistryPrefix + "/{**rest}" },
            Order = 0,
            MaxRequestBodySize = Limits.MaxSchemaRequestBytes,
        },
        new RouteConfig
        {
            RouteId = Control,
            ClusterId = Control,
            Match = new RouteMatch { Path = "/{**rest}" },
            Order = 1,
            MaxRequestBodySize = Limits.MaxControlEntryBytes,
        },
    ];

    public static IReadOnlyList<ClusterConfig> Clusters(RegionTable table, FrontDoorOptions options)
    {
        var forwarding = new ForwarderRequestConfig
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            ActivityTimeout = options.AnswerTimeout,
        };
        var control = new Dictionary<string, DestinationConfig>();
        if (table.Find(options.Region) is { } own)
        {
            control[own.Region.Name] = new DestinationConfig { Address = own.Control.AbsoluteUri };
        }

        return
        [
            new ClusterConfig { ClusterId = Control, Destinations = control, HttpRequest = forwarding },
            new ClusterConfig
            {
                ClusterId = Registry,
                Destinations = Registries(table, options),
                HttpRequest = forwarding,
                LoadBalancingPolicy = NearestFirst.PolicyName,
                HealthCheck = new HealthCheckConfig
                {
                    Active = new ActiveHealthCheckConfig
                    {
                        Enabled = true,
                        Interval = options.ProbeInterval,
                        Timeout = options.ProbeTimeout,
                        Policy = ProbeVerdict.PolicyName,
                        Path = "/health",
                    },
                    Passive = new PassiveHealthCheckConfig
                    {
                        Enabled = true,
                        Policy = ConnectVerdict.PolicyName,
                        ReactivationPeriod = options.ReactivationPeriod,
                    },
                },
            },
        ];
    }

    private static Dictionary<string, DestinationConfig> Registries(RegionTable table, FrontDoorOptions options) =>
        table.RegistriesFrom(options.Region).Select((entry, rank) => (entry, rank)).ToDictionary(
            pair => pair.entry.Region.Name,
            pair => new DestinationConfig
            {
                Address = pair.entry.Registry!.AbsoluteUri,
                Metadata = new Dictionary<string, string> { [Rank] = pair.rank.ToString("D4", CultureInfo.InvariantCulture) },
            });
}
