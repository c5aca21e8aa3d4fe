using System.Globalization;
using Broker.Core.Configs;
using Kernel;
using Microsoft.Extensions.Logging;

namespace Broker.Node;

/// <summary>What an operator wrote, checked before anything is touched.</summary>
internal static partial class BrokerOptionsCheck
{
    // Kafka takes any number for these.
    private static readonly (string Name, int Limit)[] Limited =
    [
        ("fetch.max.bytes", Limits.MaxFetchBytes), ("socket.request.max.bytes", Limits.MaxFrameBytes), ("max.connections", Limits.MaxConnectionsPerListener),
        ("offset.metadata.max.bytes", Limits.MaxOffsetMetadataUnits),
    ];

    /// <summary>The settings that the broker starts with. Throws <see cref="BrokerStartException"/> for what cannot be.</summary>
    public static StaticBrokerConfigs Run(BrokerOptions options)
    {
        if (WhyRefused(options) is { } why)
        {
            throw new BrokerStartException(why);
        }

        if (!StaticBrokerConfigs.TryCreate(options.NodeId, options.Properties, FromOptions(options), out var configs, out var problem))
        {
            throw new BrokerStartException(problem);
        }

        foreach (var name in options.Properties.Keys.Where(name => !BrokerConfigs.HasEffect(name)))
        {
            LogWithoutEffect(options.Logger, name);
        }

        foreach (var (name, limit) in Limited)
        {
            if (configs.Values.TryGetValue(name, out var value) && long.Parse(value, CultureInfo.InvariantCulture) > limit)
            {
                LogLimited(options.Logger, name, value, limit);
            }
        }

        return configs;
    }

    private static string? WhyRefused(BrokerOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.DataDirectory))
        {
            return "A data directory is needed.";
        }

        if (options.NodeId < 0)
        {
            return $"Node id {options.NodeId} is negative.";
        }

        if (options.RegionSlot is < 0 or >= Limits.MaxRegionSlots)
        {
            return $"Region slot {options.RegionSlot} is not from 0 to {Limits.MaxRegionSlots - 1}.";
        }

        if (options.ClusterId is { } id && (id.Length is 0 or > Limits.MaxTopicNameChars || id.AsSpan().IndexOfAnyExceptInRange('!', '~') >= 0))
        {
            return $"A cluster id is 1 to {Limits.MaxTopicNameChars} printable ASCII characters.";
        }

        if (options.Listeners.Count == 0)
        {
            return "At least one listener is needed.";
        }

        return options.Listeners.FirstOrDefault(l => l.AdvertisedHost.Length == 0 || l.AdvertisedHost is "0.0.0.0" or "::") is { } hidden
            ? $"Listener {hidden.Name} on {hidden.Bind} needs a host that clients can connect to (advertise)."
            : null;
    }

    /// <summary>Settings that Kafka's tools look for and that are said by options here.</summary>
    private static Dictionary<string, string> FromOptions(BrokerOptions options)
    {
        var node = options.NodeId.ToString(CultureInfo.InvariantCulture);
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["node.id"] = node,
            ["broker.id"] = node,
            ["process.roles"] = "broker,controller",
            ["controller.listener.names"] = "CONTROLLER",
            ["listeners"] = string.Join(',', options.Listeners.Select(l => $"{l.Name}://{l.Bind}")),
            ["advertised.listeners"] = string.Join(
                ',', options.Listeners.Select(l => $"{l.Name}://{l.AdvertisedHost}:{(l.AdvertisedPort == 0 ? l.Bind.Port : l.AdvertisedPort)}")),
            ["log.dirs"] = options.DataDirectory,
        };
        if (options.Rack is { } rack)
        {
            settings["broker.rack"] = rack;
        }

        return settings;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Property {Name} is known and shown, but this broker behaves the same whatever it is.")]
    private static partial void LogWithoutEffect(ILogger logger, string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Property {Name} is {Value}, but this broker goes no further than {Limit}.")]
    private static partial void LogLimited(ILogger logger, string name, string value, int limit);
}
