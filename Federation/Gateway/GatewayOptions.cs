using System.Net;
using Hosting;
using Kernel;
using Kernel.Ids;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Federation.Gateway;

/// <summary>What an operator says of a gateway: one listener for one tenant, in front of one cluster.</summary>
public sealed record GatewayOptions
{
    /// <summary>The region; shown to clients as the rack where the broker has one.</summary>
    public required RegionId Region { get; init; }

    /// <summary>Where to listen; port 0 takes a free one.</summary>
    public required IPEndPoint Bind { get; init; }

    /// <summary>The host that clients are told; null: the bound address.</summary>
    public string? AdvertisedHost { get; init; }

    /// <summary>The port that clients are told; null: the bound one.</summary>
    public int? AdvertisedPort { get; init; }

    /// <summary>Any brokers of the cluster behind the gateway, to ask for the others.</summary>
    public required IReadOnlyList<DnsEndPoint> Bootstrap { get; init; }

    /// <summary>Whose listener it is.</summary>
    public required TenantId Tenant { get; init; }

    /// <summary>The federation's secret for topic ids, at least 16 bytes, the same on all gateways.</summary>
    public required ReadOnlyMemory<byte> Secret { get; init; }

    /// <summary>The cluster id that the tenant sees: the same in all regions and over restarts.</summary>
    public required string ClusterId { get; init; }

    /// <summary>The virtual broker's id: stable over restarts, not negative. Gateways of different regions have different ones.</summary>
    public int NodeId { get; init; } = 1;

    /// <summary>
    /// Whether a topic, by its name on the cluster, is federated and has its home or a copy in this region. Such a topic is the federation's to
    /// remove and to extend, not its clients'. Asked per request, from any thread; answers at once.
    /// </summary>
    public Func<string, bool> IsFederated { get; init; } = _ => false;

    /// <summary>
    /// The home of a federated topic of which this region has a copy, by its name on the cluster; null for every other topic. A copy's settings
    /// are its home's. Asked per request, from any thread; answers at once.
    /// </summary>
    public Func<string, RegionId?> HomeOfCopy { get; init; } = _ => null;

    /// <summary>How often the list of brokers is asked for. Clients' own Metadata requests keep routes fresh, so this only has to notice new brokers.</summary>
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a broker may take to accept a connection, or to answer what the gateway itself asks.</summary>
    public TimeSpan UpstreamTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a client's connection may be silent before it is closed; negative: any silence.</summary>
    public TimeSpan MaxIdle { get; init; } = TimeSpan.FromMilliseconds(Limits.ConnectionMaxIdleMs);

    /// <summary>How long requests under way may take to be answered when the gateway stops.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The time that the gateway lives by.</summary>
    public Clock Clock { get; init; } = Clock.System;

    /// <summary>Where its log lines go.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Throws <see cref="GatewayStartException"/> for a setting that cannot work.</summary>
    internal void Check()
    {
        Require(TenantId.IsLegal(Tenant.Name), $"'{Tenant.Name}' is not a tenant's name");
        Require(RegionId.IsLegal(Region.Name), $"'{Region.Name}' is not a region's name");
        Require(Secret.Length >= 16, "the federation's secret must have at least 16 bytes");
        Require(Bootstrap.Count > 0, "no bootstrap address of the cluster behind the gateway");
        Require(ClusterId.Length > 0, "the cluster id that tenants see is empty");
        Require(NodeId is >= 0 and < int.MaxValue, $"{NodeId} is not a broker's id");
        Require(AdvertisedPort is null or (> 0 and <= 65_535), $"{AdvertisedPort} is not a port");
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new GatewayStartException(message);
        }
    }
}

/// <summary>The gateway cannot start: a port taken, a bad setting. The message is for people.</summary>
public sealed class GatewayStartException(string message, Exception? cause = null) : Exception(message, cause);
