using System.Collections.Immutable;
using Broker.Core.Metadata;

namespace Broker.Core.Configs;

/// <summary>A setting of one resource as it is described: the value that counts, and all others that it hides.</summary>
/// <param name="Value">Null when there is none, or when it is not to be shown.</param>
/// <param name="Synonyms">The value that counts first.</param>
public sealed record ConfigEntry(ConfigDefinition Definition, string? Value, ConfigSource Source, ImmutableArray<ConfigValue> Synonyms)
{
    /// <summary>A topic's settings, defaults included.</summary>
    public static IEnumerable<ConfigEntry> OfTopic(TopicImage topic, BrokerConfigView broker)
        => TopicConfigs.All.Select(d => Of(d, topic.Configs.GetValueOrDefault(d.Name), ConfigSource.Topic, broker));

    /// <summary>A group's settings, defaults included.</summary>
    public static IEnumerable<ConfigEntry> OfGroup(IReadOnlyDictionary<string, string> own, BrokerConfigView broker)
        => GroupConfigs.All.Select(d => Of(d, own.GetValueOrDefault(d.Name), ConfigSource.Group, broker, showDefault: true));

    /// <summary>A client metrics subscription's settings, defaults included.</summary>
    public static IEnumerable<ConfigEntry> OfClientMetrics(IReadOnlyDictionary<string, string> own, BrokerConfigView broker)
        => ClientMetricsConfigs.All.Select(d => Of(d, own.GetValueOrDefault(d.Name), ConfigSource.ClientMetrics, broker));

    /// <summary>All settings of the broker.</summary>
    public static IEnumerable<ConfigEntry> OfBroker(BrokerConfigView broker)
    {
        foreach (var definition in BrokerConfigs.All)
        {
            var synonyms = From(broker.Values(BrokerConfigs.SynonymsOf(definition.Name)), definition.Name);
            yield return Shown(definition, broker.Find(definition.Name), synonyms.IsEmpty ? ConfigSource.Default : synonyms[0].Source, synonyms);
        }
    }

    /// <summary>The dynamic settings that are the default of all brokers.</summary>
    public static IEnumerable<ConfigEntry> OfAllBrokers(BrokerConfigView broker)
    {
        foreach (var (name, value) in broker.DynamicDefaults)
        {
            var definition = BrokerConfigs.Find(name) ?? new ConfigDefinition(name, ConfigType.Password, null, ConfigRule.Any);
            yield return Shown(definition, value, ConfigSource.DynamicDefaultBroker, [new ConfigValue(name, value, ConfigSource.DynamicDefaultBroker)]);
        }
    }

    private static ConfigEntry Of(ConfigDefinition definition, string? own, ConfigSource ownSource, BrokerConfigView broker, bool showDefault = false)
    {
        ImmutableArray<ConfigValue> synonyms = definition.Synonyms.IsEmpty
            ? []
            : From(broker.Values(definition.Synonyms.Select(s => s.Name)), definition.Synonyms[0].Name);
        if (definition.Synonyms.IsEmpty && showDefault)
        {
            synonyms = [new ConfigValue(definition.Name, definition.Default, ConfigSource.Default)];
        }

        if (own is not null)
        {
            synonyms = synonyms.Insert(0, new ConfigValue(definition.Name, own, ownSource));
        }

        return Shown(definition, own ?? broker.DefaultOf(definition), synonyms.IsEmpty ? ConfigSource.Default : synonyms[0].Source, synonyms);
    }

    /// <summary>Kafka shows synonyms from the first that bears the setting's own name on: hours without milliseconds are not told for milliseconds.</summary>
    private static ImmutableArray<ConfigValue> From(IEnumerable<ConfigValue> values, string name)
        => [.. values.SkipWhile(v => v.Name != name)];

    private static ConfigEntry Shown(ConfigDefinition definition, string? value, ConfigSource source, ImmutableArray<ConfigValue> synonyms)
        => definition.IsSensitive
            ? new ConfigEntry(definition, null, source, [.. synonyms.Select(s => s with { Value = null })])
            : new ConfigEntry(definition, value, source, synonyms);
}
