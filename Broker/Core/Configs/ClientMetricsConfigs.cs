using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;
using Protocol.Wire;

namespace Broker.Core.Configs;

/// <summary>The settings of client metrics subscriptions (KIP-714), as in Apache Kafka 4.3. They are kept and shown; no client is asked for metrics yet.</summary>
public static class ClientMetricsConfigs
{
    private const int MinIntervalMs = 100;
    private const int MaxIntervalMs = 3_600_000;

    private static readonly string[] Matchable =
        ["client_instance_id", "client_id", "client_software_name", "client_software_version", "client_source_address", "client_source_port"];

    private static readonly FrozenDictionary<string, ConfigDefinition> ByName = new ConfigDefinition[]
    {
        new("interval.ms", ConfigType.Int, "300000", ConfigRule.Any),
        new("match", ConfigType.List, "", ConfigRule.Any),
        new("metrics", ConfigType.List, "", ConfigRule.Any),
    }.ToFrozenDictionary(d => d.Name, StringComparer.Ordinal);

    /// <summary>All, in the order of their names.</summary>
    public static IReadOnlyList<ConfigDefinition> All { get; } = [.. ByName.Values.OrderBy(d => d.Name, StringComparer.Ordinal)];

    /// <summary>The setting of that name, or null.</summary>
    public static ConfigDefinition? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>Why a canonical value is refused: a bad interval is an invalid request, a bad pattern an invalid config, as in Kafka. None when it is not.</summary>
    public static (ErrorCode Error, string? Message) Check(string name, string value)
    {
        if (name == "interval.ms" && int.Parse(value, CultureInfo.InvariantCulture) is < MinIntervalMs or > MaxIntervalMs)
        {
            return (ErrorCode.InvalidRequest, $"Invalid value {value} for interval.ms, interval must be between {MinIntervalMs} and {MaxIntervalMs} (1 hour)");
        }

        if (name == "match" && Array.Find(ConfigDefinition.Members(value), m => !IsPattern(m)) is { } bad)
        {
            return (ErrorCode.InvalidConfig, $"Illegal client matching pattern: {bad}");
        }

        return (ErrorCode.None, null);
    }

    private static bool IsPattern(string member)
    {
        var equals = member.IndexOf('=');
        if (equals <= 0 || !Matchable.Contains(member[..equals], StringComparer.Ordinal))
        {
            return false;
        }

        try
        {
            // Without backtracking no pattern can cost more than its length times the text's.
            _ = new Regex(member[(equals + 1)..], RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }
}
