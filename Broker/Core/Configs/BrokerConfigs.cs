using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Broker.Core.Configs;

/// <summary>
/// The settings of brokers, by the names of Apache Kafka 4.3. All of them can be shown and set; those that this broker does not obey
/// (<see cref="HasEffect"/>) exist so that tools which read or write them find what they expect.
/// </summary>
public static partial class BrokerConfigs
{
    private static readonly FrozenDictionary<string, ConfigDefinition> ByName = Define().ToFrozenDictionary(d => d.Name, StringComparer.Ordinal);

    /// <summary>All, in the order of their names.</summary>
    public static IReadOnlyList<ConfigDefinition> All { get; } = [.. ByName.Values.OrderBy(d => d.Name, StringComparer.Ordinal)];

    // Obeyed by the parts of the broker beside what gives an obeyed topic setting its default.
    private static readonly FrozenSet<string> Obeyed = new[]
    {
        "auto.create.topics.enable", "num.partitions", "default.replication.factor", "delete.topic.enable", "producer.id.expiration.ms",
        "offsets.topic.num.partitions", "offsets.topic.segment.bytes", "offset.metadata.max.bytes",
        "offsets.retention.minutes", "offsets.retention.check.interval.ms",
        "group.initial.rebalance.delay.ms", "group.min.session.timeout.ms", "group.max.session.timeout.ms", "group.max.size",
        "transaction.max.timeout.ms", "socket.request.max.bytes", "max.connections", "connections.max.idle.ms",
        "fetch.max.bytes", "max.incremental.fetch.session.cache.slots", "log.retention.check.interval.ms",
    }.Concat(TopicConfigs.All.Where(d => TopicConfigs.HasEffect(d.Name)).SelectMany(d => d.Synonyms).Select(s => s.Name)).ToFrozenSet(StringComparer.Ordinal);

    // Said by options of their own, so that there is one place to say them.
    private static readonly FrozenSet<string> Options = new[]
    {
        "node.id", "broker.id", "listeners", "advertised.listeners", "log.dir", "log.dirs", "broker.rack", "process.roles",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The setting of that name, or null.</summary>
    public static ConfigDefinition? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>Whether the broker behaves differently for it.</summary>
    public static bool HasEffect(string name) => Obeyed.Contains(name);

    /// <summary>Whether it follows from an option of the broker and cannot be set as a property.</summary>
    public static bool IsOption(string name) => Options.Contains(name);

    /// <summary>
    /// The settings that stand together under <see cref="ConfigSource.Default"/> and the rest: hours, minutes and milliseconds of one thing. Of
    /// any other setting only itself. In the order in which they count.
    /// </summary>
    public static ImmutableArray<string> SynonymsOf(string name) => name switch
    {
        "log.roll.ms" or "log.roll.hours" => ["log.roll.ms", "log.roll.hours"],
        "log.roll.jitter.ms" or "log.roll.jitter.hours" => ["log.roll.jitter.ms", "log.roll.jitter.hours"],
        "log.retention.ms" or "log.retention.minutes" or "log.retention.hours" => ["log.retention.ms", "log.retention.minutes", "log.retention.hours"],
        "log.flush.interval.ms" => ["log.flush.interval.ms", "log.flush.scheduler.interval.ms"],
        _ => [name],
    };

    private static IEnumerable<ConfigDefinition> Define()
    {
        // A setting that a topic may have too takes what the topic's takes.
        var rules = TopicConfigs.All
            .Where(d => d.Synonyms.Length == 1 && d.Type is ConfigType.String or ConfigType.List)
            .ToDictionary(d => d.Synonyms[0].Name, d => d.Rule, StringComparer.Ordinal);
        foreach (var table in (string[])[SecurityTable, CoordinatorsTable, LogsTable, ServerTable])
        {
            foreach (var definition in ConfigTable.Parse(table))
            {
                yield return rules.TryGetValue(definition.Name, out var rule) ? definition with { Rule = rule } : definition;
            }
        }
    }
}
