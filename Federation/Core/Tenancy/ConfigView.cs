using System.Collections.Frozen;
using System.Globalization;
using Protocol.Wire.Messages;

namespace Federation.Core.Tenancy;

/// <summary>
/// Decides what a tenant sees of the settings in a DescribeConfigs answer. Settings of its own topics and groups are its own; those of
/// the broker say where the cluster stands and who runs it. Numbers and switches cannot: they are shown. Texts are shown where they are
/// known to be harmless, the virtual broker's address and id stand for the real ones, and the rest looks like a secret in Kafka: no
/// value, marked sensitive. So a setting of a later version stays hidden until somebody thought about it. Immutable.
/// </summary>
public sealed class ConfigView(TenantView view)
{
    private static readonly FrozenSet<string> HarmlessTexts = new[]
    {
        "cleanup.policy", "compression.type", "group.consumer.assignors", "group.consumer.migration.policy", "group.coordinator.rebalance.protocols",
        "group.share.assignors", "log.cleanup.policy", "log.flush", "log.message.timestamp.type", "message.timestamp.type", "metrics.recording.level",
        "share.auto.offset.reset", "share.isolation.level", "ssl.client.auth",
    }.ToFrozenSet(StringComparer.Ordinal);

    // "partition:broker" lists name brokers that the tenant does not know.
    private static readonly string[] ReplicaLists = ["leader.replication.throttled.replicas", "follower.replication.throttled.replicas"];

    /// <summary>Takes out of an answer what the tenant must not see. The names of the resources are not touched.</summary>
    public void Apply(DescribeConfigsResponse.DescribeConfigsResult result)
    {
        var isBroker = result.ResourceType is ResourceTypes.Broker or ResourceTypes.BrokerLogger;
        foreach (var config in result.Configs)
        {
            var shown = Shown(config.Name, config.Value, isBroker);
            config.IsSensitive |= shown is null && config.Value is not null;
            config.Value = shown;
            foreach (var synonym in config.Synonyms)
            {
                // Synonyms of a topic's setting are the broker's.
                synonym.Value = Shown(synonym.Name, synonym.Value, isBroker || synonym.Name != config.Name);
            }
        }
    }

    private string? Shown(string name, string? value, bool isBroker)
    {
        if (value is null)
        {
            return null;
        }

        if (ReplicaLists.Contains(name, StringComparer.Ordinal))
        {
            return "";
        }

        return !isBroker ? value : name switch
        {
            "advertised.listeners" or "listeners" => $"PLAINTEXT://{view.Host}:{view.Port}",
            "node.id" or "broker.id" => $"{view.NodeId}",
            "broker.rack" => view.Region.Name,
            _ => IsHarmless(name, value) ? value : null,
        };
    }

    private static bool IsHarmless(string name, string value) =>
        value.Length == 0 || value is "true" or "false" || HarmlessTexts.Contains(name) ||
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
}
