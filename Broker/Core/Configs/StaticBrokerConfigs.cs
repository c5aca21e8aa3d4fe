using System.Collections.Immutable;

namespace Broker.Core.Configs;

/// <summary>What a broker was started with: its id and its properties. Immutable.</summary>
public sealed class StaticBrokerConfigs
{
    /// <summary>Node 1 without any property.</summary>
    public static readonly StaticBrokerConfigs Default = new(1, ImmutableSortedDictionary<string, string>.Empty);

    private StaticBrokerConfigs(int nodeId, ImmutableSortedDictionary<string, string> values)
    {
        NodeId = nodeId;
        Values = values;
    }

    /// <summary>The broker's id.</summary>
    public int NodeId { get; }

    /// <summary>Canonical values by name; only known names.</summary>
    public ImmutableSortedDictionary<string, string> Values { get; }

    /// <summary>Checks properties. False, with a text for people, for unknown names, bad values and what has an option of its own.</summary>
    /// <param name="fromOptions">Settings that follow from the broker's options, taken as they are.</param>
    public static bool TryCreate(
        int nodeId,
        IEnumerable<KeyValuePair<string, string>> properties,
        IEnumerable<KeyValuePair<string, string>> fromOptions,
        out StaticBrokerConfigs configs,
        out string problem)
    {
        configs = Default;
        problem = "";
        var values = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in properties)
        {
            if (BrokerConfigs.Find(name) is not { } definition)
            {
                problem = $"{name} is not a broker property.";
                return false;
            }

            if (BrokerConfigs.IsOption(name))
            {
                problem = $"{name} follows from the broker's options and cannot be set as a property.";
                return false;
            }

            if (!definition.TryParse(value, out var canonical, out problem))
            {
                return false;
            }

            values[name] = canonical;
        }

        foreach (var (name, value) in fromOptions)
        {
            values[name] = value;
        }

        configs = new StaticBrokerConfigs(nodeId, values.ToImmutable());
        return true;
    }
}
