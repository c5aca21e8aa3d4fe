using System.Net;
using Federation.Control;
using Federation.Core.Homes;
using Hosting;
using Kernel.Ids;
using Microsoft.Extensions.Logging;
using SchemaRegistry.Service;
using SchemaRegistry.Service.Log;

namespace Federation.Standalone;

/// <summary>
/// The schema registries of the regions. Their log is one federated topic of the development tenant: written in its home, read from the copy
/// everywhere else, so that ids are the same in all regions.
/// </summary>
internal static partial class Registries
{
    private const string Topic = "_schemas";
    private static readonly string Tenant = TenantId.Development.Name;

    /// <summary>The name that a tenant's schema log has on the clusters.</summary>
    public static string ClusterTopicOf(TenantId tenant) => $"{tenant}.{Topic}";

    /// <summary>Returns when a registry knows all that its log held when it started.</summary>
    public static Task CaughtUpAsync(RegistryNode registry) => registry.Registry(Tenant).CaughtUp;

    /// <summary>Makes the topic if there is none, and starts a registry in each region that has it.</summary>
    public static async Task<IReadOnlyList<RegistryNode>> StartAsync(
        UpOptions options, IReadOnlyList<RegionHost> regions, ControlNode control, ILoggerFactory loggers, Clock clock, CancellationToken cancel)
    {
        var logger = loggers.CreateLogger("registry");
        if (control.Topic(Tenant, Topic) is not { } topic)
        {
            var outcome = await control.CreateTopicAsync(
                new FederationCommand.CreateTopic(
                    Tenant, Topic, Partitions: 1, regions[0].Region.Name, [.. regions.Skip(1).Select(r => r.Region.Name)],
                    new Dictionary<string, string> { ["cleanup.policy"] = "compact", ["min.compaction.lag.ms"] = "3600000" }),
                adopt: true,
                cancel).ConfigureAwait(false);
            if (outcome.Topic is null)
            {
                LogNoTopic(logger, outcome.Message);
                return [];
            }

            topic = outcome.Topic;
        }

        var started = new List<RegistryNode>();
        foreach (var region in regions)
        {
            if (region.Region.Name != topic.Home && !topic.Mirrors.Contains(region.Region.Name))
            {
                LogNoCopy(logger, region.Region.Name, topic.Home);
                continue;
            }

            try
            {
                started.Add(await RegistryNode.StartAsync(OptionsOf(options, region, control, regions, loggers, clock), cancel).ConfigureAwait(false));
            }
            catch
            {
                foreach (var registry in started)
                {
                    await registry.DisposeAsync().ConfigureAwait(false);
                }

                throw;
            }
        }

        return started;
    }

    private static RegistryOptions OptionsOf(
        UpOptions options, RegionHost region, ControlNode control, IReadOnlyList<RegionHost> regions, ILoggerFactory loggers, Clock clock)
    {
        return new RegistryOptions
        {
            Address = IPAddress.Loopback,
            Port = region.Ports.Registry,
            OpenLog = tenant => new KafkaSchemaLog(new KafkaSchemaLogOptions
            {
                Bootstrap = [$"127.0.0.1:{region.Ports.Broker}"],
                Topic = ClusterTopicOf(new(tenant)),
            }),
            DataFolder = Path.Combine(options.DataFolder, region.Region.Name, "registry"),
            HomeOf = tenant => HomeOf(control.Topic(tenant, Topic)?.Home, region, regions),
            Clock = clock,
            Loggers = loggers,
        };
    }

    /// <summary>The log's present home, as the ledger has it. A home that is none of the regions here is not known: nobody may write a copy instead.</summary>
    private static WriteHome HomeOf(string? home, RegionHost region, IReadOnlyList<RegionHost> regions) =>
        home == region.Region.Name ? WriteHome.Here
        : regions.FirstOrDefault(r => r.Region.Name == home) is { } other ? WriteHome.At(new Uri($"http://127.0.0.1:{other.Ports.Http}/registry"))
        : WriteHome.Unknown;

    [LoggerMessage(Level = LogLevel.Error, Message = "no schema registry: its topic cannot be made: {Reason}")]
    private static partial void LogNoTopic(ILogger logger, string? reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "no schema registry in {Region}: it has no copy of the log, whose home is {Home}")]
    private static partial void LogNoCopy(ILogger logger, string region, string home);
}
