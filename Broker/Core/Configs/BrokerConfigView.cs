using System.Collections.Immutable;
using System.Globalization;
using Broker.Core.Metadata;
using Kernel;

namespace Broker.Core.Configs;

/// <summary>A value of a setting and where it comes from.</summary>
public readonly record struct ConfigValue(string Name, string? Value, ConfigSource Source);

/// <summary>
/// The broker's settings at one moment: what was set for this broker, else for all brokers, else at the start, else the default.
/// Immutable; cheap to make, so it is made from the image at hand.
/// </summary>
public sealed class BrokerConfigView
{
    private static readonly ImmutableSortedDictionary<string, string> None = ImmutableSortedDictionary<string, string>.Empty;

    private readonly StaticBrokerConfigs _static;
    private readonly ImmutableSortedDictionary<string, string> _ofBroker;
    private readonly ImmutableSortedDictionary<string, string> _ofAll;

    public BrokerConfigView(StaticBrokerConfigs configs, ClusterImage image)
    {
        _static = configs;
        _ofBroker = image.Configs.GetValueOrDefault(ResourceOf(configs.NodeId), None);
        _ofAll = image.Configs.GetValueOrDefault(new ConfigResource(ConfigResourceType.Broker, ""), None);
    }

    /// <summary>The dynamic settings that are the default of all brokers.</summary>
    public ImmutableSortedDictionary<string, string> DynamicDefaults => _ofAll;

    /// <summary>The resource that holds a broker's own dynamic settings.</summary>
    public static ConfigResource ResourceOf(int nodeId) => new(ConfigResourceType.Broker, nodeId.ToString(CultureInfo.InvariantCulture));

    /// <summary>All values that settings of these names have, the one that counts first. Empty when none has any.</summary>
    public IEnumerable<ConfigValue> Values(IEnumerable<string> names)
    {
        var list = names as IReadOnlyCollection<string> ?? [.. names];
        return From(list, _ofBroker, ConfigSource.DynamicBroker)
            .Concat(From(list, _ofAll, ConfigSource.DynamicDefaultBroker))
            .Concat(From(list, _static.Values, ConfigSource.StaticBroker))
            .Concat(list.Select(name => new ConfigValue(name, BrokerConfigs.Find(name)?.Default, ConfigSource.Default)).Where(v => v.Value is not null));
    }

    /// <summary>The effective value of one setting; null when it has none. Synonyms are not looked at.</summary>
    public string? Find(string name)
        => _ofBroker.GetValueOrDefault(name) ?? _ofAll.GetValueOrDefault(name) ?? _static.Values.GetValueOrDefault(name) ?? BrokerConfigs.Find(name)?.Default;

    /// <summary>The effective value of a whole number that always has one.</summary>
    public long Long(string name) => long.Parse(Required(name), CultureInfo.InvariantCulture);

    /// <summary>The effective value of a whole number that always has one.</summary>
    public int Int(string name) => int.Parse(Required(name), CultureInfo.InvariantCulture);

    /// <summary>The effective value of a number of milliseconds that always has one.</summary>
    public TimeSpan Milliseconds(string name) => Milliseconds(Long(name));

    /// <summary>Kafka's largest numbers mean for ever, and are more than a TimeSpan can hold.</summary>
    internal static TimeSpan Milliseconds(long ms) => ms >= (long)TimeSpan.MaxValue.TotalMilliseconds ? TimeSpan.MaxValue : TimeSpan.FromMilliseconds(ms);

    /// <summary>The effective value of a switch.</summary>
    public bool Bool(string name) => Required(name) == "true";

    /// <summary>What a topic or group setting is when the topic or group does not say it: by the first synonym that has a value, else its default.</summary>
    public string? DefaultOf(ConfigDefinition definition)
    {
        foreach (var synonym in definition.Synonyms)
        {
            if (Find(synonym.Name) is { } value)
            {
                return synonym.Factor == 1 ? value : Multiply(value, synonym.Factor);
            }
        }

        return definition.Default;
    }

    /// <summary>Minutes and hours as milliseconds; -1 stays what it means, no limit.</summary>
    private static string Multiply(string value, long factor)
    {
        var number = long.Parse(value, CultureInfo.InvariantCulture);
        return number < 0 ? value : (number * factor).ToString(CultureInfo.InvariantCulture);
    }

    private static IEnumerable<ConfigValue> From(IReadOnlyCollection<string> names, ImmutableSortedDictionary<string, string> values, ConfigSource source)
        => names.Where(values.ContainsKey).Select(name => new ConfigValue(name, values[name], source));

    private string Required(string name)
    {
        var value = Find(name);
        Ensure.That(value is not null, $"setting {name} has no value");
        return value;
    }
}
