using System.Net;
using Federation.Control;
using Federation.Core.Homes;
using Hosting;
using Kernel.Ids;
using Microsoft.Extensions.Logging;
using Protocol.Contracts.Control;
using SchemaRegistry.Service;
using SchemaRegistry.Service.Log;
using SchemaRegistry.Service.Tenants;

namespace Federation.Standalone;

/// <summary>
/// The schema registries of the regions. Each tenant's log is one federated topic: written in its home, read from the copy everywhere else, so that
/// ids are the same in all regions.
/// </summary>
internal static partial class Registries
{
    private const string Topic = FederatedTopic.SchemaLogName;

    /// <summary>The name that a tenant's schema log has on the clusters.</summary>
    public static string ClusterTopicOf(TenantId tenant) => $"{tenant}.{Topic}";

    /// <summary>Returns when a registry knows all that the logs of some tenants held when it started.</summary>
    public static Task CaughtUpAsync(RegistryNode registry, IEnumerable<string> tenants) => Task.WhenAll(tenants.Select(t => registry.Registry(t).CaughtUp));

    /// <summary>Who may ask. Throws <see cref="FederationStartException"/> when the file cannot be used.</summary>
    public static ITenantDirectory Tenants(UpOptions options, Clock clock, ILoggerFactory loggers)
    {
        if (options.TenantsFile is not { } file)
        {
            return new OpenDirectory(TenantId.Development.Name);
        }

        try
        {
            var tenants = WatchedTenantDirectory.Open(file, clock, loggers.CreateLogger("registry"));
            return tenants.Names.Count > 0 ? tenants : throw new InvalidDataException("there is no tenant in it");
        }
        catch (Exception bad) when (bad is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new FederationStartException($"--tenants {file}: {bad.Message}", bad) { IsWrongOption = bad is InvalidDataException };
        }
    }

    /// <summary>
    /// Makes the tenants' topics where there are none, and starts a registry in each region that has the first one's. A tenant whose topic cannot be
    /// made is the only one without a registry; /health says that there is one.
    /// </summary>
    /// <returns>The registries, and the tenants that have their topic.</returns>
    public static async Task<(IReadOnlyList<RegistryNode> Nodes, IReadOnlyList<string> WithTopic)> StartAsync(
        UpOptions options, ITenantDirectory tenants, IReadOnlyList<RegionHost> regions, ControlNode control, ILoggerFactory loggers, Clock clock, CancellationToken cancel)
    {
        var logger = loggers.CreateLogger("registry");
        TopicResource? topic = null;
        var with = new List<string>();
        var without = new List<string>();
        foreach (var tenant in tenants.Names)
        {
            var log = await TryMakeAsync(tenant, regions, control, logger, cancel).ConfigureAwait(false);
            (log is null ? without : with).Add(tenant);
            topic ??= log;
        }

        var started = new List<RegistryNode>();
        foreach (var region in regions)
        {
            if (topic is not null && region.Region.Name != topic.Home && !topic.Mirrors.Contains(region.Region.Name))
            {
                LogNoCopy(logger, region.Region.Name, topic.Home);
                continue;
            }

            try
            {
                var registryOptions = OptionsOf(options, tenants, region, control, regions, loggers, clock) with { Tenants = with };
                var registry = await RegistryNode.StartAsync(registryOptions, cancel).ConfigureAwait(false);
                started.Add(registry);

                // The start does not wait for their logs, but /health is to say that these cannot be read.
                without.ForEach(tenant => registry.Registry(tenant));
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

        return (started, with);
    }

    /// <summary>Makes the topics of tenants that come later, where the directory changes; null where it does not.</summary>
    public static IAsyncDisposable? Follow(
        ITenantDirectory tenants, IReadOnlyList<string> present, IReadOnlyList<RegionHost> regions, ControlNode control, ILoggerFactory loggers, Clock clock)
    {
        var logger = loggers.CreateLogger("registry");
        return tenants is WatchedTenantDirectory watched
            ? new TenantLogs(watched, present, async (tenant, cancel) => await TryMakeAsync(tenant, regions, control, logger, cancel).ConfigureAwait(false) is not null, clock)
            : null;
    }

    private static async Task<TopicResource?> TryMakeAsync(string tenant, IReadOnlyList<RegionHost> regions, ControlNode control, ILogger logger, CancellationToken cancel)
    {
        try
        {
            return await LogOfAsync(tenant, regions, control, logger, cancel).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogNoTopic(logger, tenant, failure.Message);
            return null;
        }
    }

    private static async Task<TopicResource?> LogOfAsync(string tenant, IReadOnlyList<RegionHost> regions, ControlNode control, ILogger logger, CancellationToken cancel)
    {
        if (control.Topic(tenant, Topic) is { } present)
        {
            return present;
        }

        var outcome = await control.CreateTopicAsync(
            new FederationCommand.CreateTopic(
                tenant, Topic, Partitions: 1, regions[0].Region.Name, [.. regions.Skip(1).Select(r => r.Region.Name)],
                KafkaSchemaLogOptions.TopicSettings),
            adopt: true,
            cancel).ConfigureAwait(false);
        if (outcome.Topic is null)
        {
            LogNoTopic(logger, tenant, outcome.Message);
        }

        return outcome.Topic;
    }

    private static RegistryOptions OptionsOf(
        UpOptions options, ITenantDirectory tenants, RegionHost region, ControlNode control, IReadOnlyList<RegionHost> regions, ILoggerFactory loggers, Clock clock)
    {
        return new RegistryOptions
        {
            Address = IPAddress.Loopback,
            Port = region.Ports.Registry,
            Directory = tenants,
            OpenLog = tenant => new KafkaSchemaLog(new KafkaSchemaLogOptions
            {
                Bootstrap = [$"127.0.0.1:{region.Ports.Broker}"],
                Topic = ClusterTopicOf(new(tenant)),
                MakesTopic = false,
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

    [LoggerMessage(Level = LogLevel.Error, Message = "no schema registry for tenant {Tenant}: its topic cannot be made: {Reason}")]
    private static partial void LogNoTopic(ILogger logger, string tenant, string? reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "no schema registry in {Region}: it has no copy of the log, whose home is {Home}")]
    private static partial void LogNoCopy(ILogger logger, string region, string home);
}
