using System.Collections.Frozen;
using System.Globalization;

namespace Broker.Core.Configs;

/// <summary>The settings of groups (KIP-848, 932, 1071), as in Apache Kafka 4.3. Their bounds are settings of the broker.</summary>
public static class GroupConfigs
{
    private static readonly FrozenDictionary<string, ConfigDefinition> ByName = Define().ToFrozenDictionary(d => d.Name, StringComparer.Ordinal);

    /// <summary>All, in the order of their names.</summary>
    public static IReadOnlyList<ConfigDefinition> All { get; } = [.. ByName.Values.OrderBy(d => d.Name, StringComparer.Ordinal)];

    /// <summary>The setting of that name, or null.</summary>
    public static ConfigDefinition? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>Why a group's own settings do not stand within the broker's bounds, or not together; null when they do.</summary>
    /// <param name="own">The group's settings, by name.</param>
    /// <param name="broker">The present settings of the broker.</param>
    public static string? WhyIllegal(IReadOnlyDictionary<string, string> own, BrokerConfigView broker)
    {
        foreach (var (name, value) in own)
        {
            if (Bounds(name, broker) is var (min, max) && (Number(value) < min || Number(value) > max))
            {
                return $"{name} must be between {min} and {max}";
            }
        }

        foreach (var kind in (string[])["consumer", "share", "streams"])
        {
            var session = Effective(own, broker, $"{kind}.session.timeout.ms");
            var heartbeat = Effective(own, broker, $"{kind}.heartbeat.interval.ms");
            if (session <= heartbeat)
            {
                return $"{kind}.session.timeout.ms must be greater than {kind}.heartbeat.interval.ms";
            }
        }

        return null;
    }

    private static (long Min, long Max)? Bounds(string name, BrokerConfigView broker) => name switch
    {
        "consumer.session.timeout.ms" or "share.session.timeout.ms" or "streams.session.timeout.ms" or
        "consumer.heartbeat.interval.ms" or "share.heartbeat.interval.ms" or "streams.heartbeat.interval.ms" or
        "consumer.assignment.interval.ms" or "share.assignment.interval.ms" or "streams.assignment.interval.ms" or
        "share.record.lock.duration.ms" or "share.delivery.count.limit"
            => (broker.Long(WithBound(name, "min")), broker.Long(WithBound(name, "max"))),

        // The present limit is a ceiling here: lowering it for one group is legal, raising it is not.
        "share.partition.max.record.locks" => (broker.Long("group.share.min.partition.max.record.locks"), broker.Long("group.share.partition.max.record.locks")),
        "streams.num.standby.replicas" => (0, broker.Long("group.streams.max.standby.replicas")),
        _ => null,
    };

    /// <summary>consumer.session.timeout.ms becomes group.consumer.min.session.timeout.ms.</summary>
    private static string WithBound(string name, string bound)
    {
        var dot = name.IndexOf('.');
        return $"group.{name[..dot]}.{bound}.{name[(dot + 1)..]}";
    }

    private static long Effective(IReadOnlyDictionary<string, string> own, BrokerConfigView broker, string name)
        => own.TryGetValue(name, out var value) ? Number(value) : broker.Long("group." + name);

    private static long Number(string value) => long.Parse(value, CultureInfo.InvariantCulture);

    private static IEnumerable<ConfigDefinition> Define()
    {
        yield return Number("consumer.assignment.interval.ms", "1000");
        yield return Number("consumer.heartbeat.interval.ms", "5000");
        yield return Number("consumer.session.timeout.ms", "45000");
        yield return Number("share.assignment.interval.ms", "1000");
        yield return Own("share.auto.offset.reset", ConfigType.String, "latest", ConfigRule.OffsetReset);
        yield return Number("share.delivery.count.limit", "5");
        yield return Number("share.heartbeat.interval.ms", "5000");
        yield return Own("share.isolation.level", ConfigType.String, "read_uncommitted", ConfigRule.OneOf("read_committed", "read_uncommitted"));
        yield return Number("share.partition.max.record.locks", "2000");
        yield return Number("share.record.lock.duration.ms", "30000");
        yield return Own("share.renew.acknowledge.enable", ConfigType.Boolean, "true", ConfigRule.Any);
        yield return Number("share.session.timeout.ms", "45000");
        yield return Number("streams.assignment.interval.ms", "1000");
        yield return Number("streams.heartbeat.interval.ms", "5000");
        yield return Number("streams.initial.rebalance.delay.ms", "3000", ConfigRule.Between(0));
        yield return Number("streams.num.standby.replicas", "0");
        yield return Number("streams.session.timeout.ms", "45000");
    }

    private static ConfigDefinition Number(string name, string fallback, ConfigRule? rule = null)
        => new(name, ConfigType.Int, fallback, rule ?? ConfigRule.Any) { Synonyms = [new ConfigSynonym("group." + name)] };

    private static ConfigDefinition Own(string name, ConfigType type, string fallback, ConfigRule rule) => new(name, type, fallback, rule);
}
