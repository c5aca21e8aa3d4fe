using System.Net;
using System.Security.Cryptography;
using System.Text;
using Broker.Core.Configs;
using Broker.Node;
using Broker.Node.Listening;
using Federation.Core.Mirroring;
using Federation.Gateway;
using Federation.Mirror;
using Hosting;
using Kernel.Ids;
using Microsoft.Extensions.Logging;

namespace Federation.Standalone;

/// <summary>One region's hosts in this process: the broker, the tenants' gateway before it, and the link. Dispose stops them in the opposite order.</summary>
public sealed class RegionHost : IAsyncDisposable
{
    private readonly BrokerNode _broker;
    private readonly GatewayNode _gateway;
    private readonly MirrorNode _mirror;
    private readonly string _labels;

    private RegionHost(RegionSetup setup, BrokerNode broker, GatewayNode gateway, MirrorNode mirror)
    {
        Region = setup.Region;
        Ports = setup.Ports;
        _broker = broker;
        _gateway = gateway;
        _mirror = mirror;
        _labels = $"region=\"{setup.Region}\"";
    }

    public RegionId Region { get; }

    public Ports Ports { get; }

    /// <summary>The region takes work.</summary>
    public bool IsReady => _gateway.IsReady;

    /// <summary>Returns when all of it serves; what was started is stopped again when a part fails.</summary>
    public static async Task<RegionHost> StartAsync(RegionSetup setup, ILoggerFactory loggers, Clock clock, CancellationToken cancel)
    {
        var region = setup.Region.Name;
        var started = new Stack<IAsyncDisposable>();
        try
        {
            var broker = await BrokerNode.StartAsync(BrokerOf(setup, loggers.CreateLogger($"{region}.broker"), clock), cancel).ConfigureAwait(false);
            started.Push(broker);
            var gateway = await GatewayNode.StartAsync(
                GatewayOf(setup, broker.Settings, loggers.CreateLogger($"{region}.gateway"), clock), cancel).ConfigureAwait(false);
            started.Push(gateway);
            var mirror = await MirrorNode.StartAsync(MirrorOf(setup, loggers.CreateLogger($"{region}.link"), clock), cancel).ConfigureAwait(false);
            return new RegionHost(setup, broker, gateway, mirror);
        }
        catch
        {
            while (started.TryPop(out var part))
            {
                await part.DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }
    }

    /// <summary>The copies that stand in this region.</summary>
    public IReadOnlyList<PartitionMirrorStatus> Copies() => [.. _mirror.Status().Where(s => s.Region == Region.Name)];

    /// <summary>Returns when the region's copy of the topic is open.</summary>
    public Task WaitUntilMirroredAsync(string clusterName, CancellationToken cancel) => _mirror.WaitUntilMirroredAsync(clusterName, cancel);

    /// <summary>What is not well, in words; empty when all is.</summary>
    public IReadOnlyList<string> Troubles()
    {
        var troubles = new List<string>(_broker.Troubles());
        if (!_gateway.IsReady)
        {
            troubles.Add(_gateway.NotReadyReason ?? "the gateway does not reach its cluster");
        }

        troubles.AddRange(Copies().Where(c => c.Error is not null).Select(c => $"copy of {c.Topic}-{c.Partition} from {c.SourceRegion}: {c.Error}"));
        return troubles;
    }

    /// <summary>Writes the metrics of all the region's hosts.</summary>
    public void WriteMetrics(TextWriter writer)
    {
        _broker.WriteMetrics(writer, _labels);
        _gateway.WriteMetrics(writer, _labels);
        _mirror.WriteMetrics(writer, _labels);
    }

    public async ValueTask DisposeAsync()
    {
        await _mirror.DisposeAsync().ConfigureAwait(false);
        await _gateway.DisposeAsync().ConfigureAwait(false);
        await _broker.DisposeAsync().ConfigureAwait(false);
    }

    private static BrokerOptions BrokerOf(RegionSetup setup, ILogger logger, Clock clock) => new()
    {
        DataDirectory = Path.Combine(setup.Options.DataFolder, setup.Region.Name),
        RegionSlot = setup.Slot,
        Rack = setup.Region.Name,
        Listeners = [new Listener("PLAINTEXT", new IPEndPoint(IPAddress.Loopback, setup.Ports.Broker), "127.0.0.1", setup.Ports.Broker)],
        Flush = setup.Options.Flush,
        Properties = setup.Options.Properties,
        Logger = logger,
        Clock = clock,
    };

    private static GatewayOptions GatewayOf(RegionSetup setup, BrokerConfigView settings, ILogger logger, Clock clock) => new()
    {
        Region = setup.Region,
        Bind = new IPEndPoint(IPAddress.Loopback, setup.Ports.Kafka),
        AdvertisedHost = "127.0.0.1",
        Bootstrap = [new DnsEndPoint("127.0.0.1", setup.Ports.Broker)],
        Tenant = TenantId.Development,
        Secret = setup.Secret,
        ClusterId = ClusterIdOf(setup.Secret, TenantId.Development.Name),
        NodeId = setup.Slot + 1,
        IsFederated = name => setup.View.Image.Topics.TryGetValue(name, out var topic) && (topic.Home == setup.Region || topic.Mirrors.Contains(setup.Region)),
        HomeOfCopy = name => setup.View.Image.Topics.TryGetValue(name, out var topic) && topic.Mirrors.Contains(setup.Region) ? topic.Home : null,
        MaxIdle = settings.Milliseconds("connections.max.idle.ms"),
        Logger = logger,
        Clock = clock,
    };

    private static MirrorOptions MirrorOf(RegionSetup setup, ILogger logger, Clock clock) => new()
    {
        Region = setup.Region,
        LinkBind = new IPEndPoint(IPAddress.Loopback, setup.Ports.Link),
        BootstrapHost = "127.0.0.1",
        BootstrapPort = setup.Ports.Broker,
        LinkOf = setup.LinkOf,
        View = setup.View,
        Logger = logger,
        Clock = clock,
    };

    /// <summary>A tenant has one virtual cluster in all regions, so its id comes from what all regions share. In Kafka's form: 16 bytes as base64url.</summary>
    private static string ClusterIdOf(byte[] secret, string tenant)
    {
        var id = HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 16, info: Encoding.UTF8.GetBytes("cluster-id/" + tenant));
        return Convert.ToBase64String(id).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }
}
