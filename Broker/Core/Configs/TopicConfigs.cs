using System.Collections.Frozen;

namespace Broker.Core.Configs;

/// <summary>The settings of topics, as in Apache Kafka 4.3, with the broker settings that give their defaults.</summary>
public static class TopicConfigs
{
    private const long MinuteMs = 60_000;
    private const long HourMs = 3_600_000;

    private static readonly FrozenDictionary<string, ConfigDefinition> ByName = Define().ToFrozenDictionary(d => d.Name, StringComparer.Ordinal);

    /// <summary>All, in the order of their names.</summary>
    public static IReadOnlyList<ConfigDefinition> All { get; } = [.. ByName.Values.OrderBy(d => d.Name, StringComparer.Ordinal)];

    // Read by LogSettings.Of. The rest is about replicas, compaction, remote storage and levels of compression, or left to `--flush`.
    private static readonly FrozenSet<string> Obeyed = new[]
    {
        "cleanup.policy", "compression.type", "file.delete.delay.ms", "index.interval.bytes", "max.message.bytes", "message.timestamp.after.max.ms",
        "message.timestamp.before.max.ms", "message.timestamp.type", "retention.bytes", "retention.ms", "segment.bytes", "segment.index.bytes", "segment.ms",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether the broker behaves differently for it.</summary>
    public static bool HasEffect(string name) => Obeyed.Contains(name);

    /// <summary>The setting of that name, or null.</summary>
    public static ConfigDefinition? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>Why settings that are legal one by one do not go together; null when they do.</summary>
    /// <param name="effective">The value of a setting, defaults included.</param>
    public static string? WhyIllegal(Func<string, string?> effective)
    {
        static long Number(string? value) => long.Parse(value ?? "0", System.Globalization.CultureInfo.InvariantCulture);

        if (Number(effective("min.compaction.lag.ms")) > Number(effective("max.compaction.lag.ms")))
        {
            return "conflict topic config setting min.compaction.lag.ms > max.compaction.lag.ms";
        }

        return effective("remote.storage.enable") == "true" ? "Tiered Storage functionality is disabled in the broker: remote.storage.enable cannot be true." : null;
    }

    private static IEnumerable<ConfigDefinition> Define()
    {
        yield return Make("cleanup.policy", ConfigType.List, "delete", ConfigRule.MembersOf("compact", "delete"), new ConfigSynonym("log.cleanup.policy"));
        yield return Number("compression.gzip.level", ConfigType.Int, "-1", LevelOfGzip, "compression.gzip.level");
        yield return Number("compression.lz4.level", ConfigType.Int, "9", ConfigRule.Between(1, 17), "compression.lz4.level");
        yield return Make("compression.type", ConfigType.String, "producer", ConfigRule.OneOf("uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"), new ConfigSynonym("compression.type"));
        yield return Number("compression.zstd.level", ConfigType.Int, "3", ConfigRule.Between(-131072, 22), "compression.zstd.level");
        yield return Number("delete.retention.ms", ConfigType.Long, "86400000", ConfigRule.Between(0), "log.cleaner.delete.retention.ms");
        yield return Number("file.delete.delay.ms", ConfigType.Long, "60000", ConfigRule.Between(0), "log.segment.delete.delay.ms");
        yield return Number("flush.messages", ConfigType.Long, "9223372036854775807", ConfigRule.Between(1), "log.flush.interval.messages");
        yield return Make("flush.ms", ConfigType.Long, "9223372036854775807", ConfigRule.Between(0), new("log.flush.interval.ms"), new("log.flush.scheduler.interval.ms"));
        yield return Make("follower.replication.throttled.replicas", ConfigType.List, "", ConfigRule.ThrottledReplicas);
        yield return Number("index.interval.bytes", ConfigType.Int, "4096", ConfigRule.Between(0), "log.index.interval.bytes");
        yield return Make("leader.replication.throttled.replicas", ConfigType.List, "", ConfigRule.ThrottledReplicas);
        yield return Number("local.retention.bytes", ConfigType.Long, "-2", ConfigRule.Between(-2), "log.local.retention.bytes");
        yield return Number("local.retention.ms", ConfigType.Long, "-2", ConfigRule.Between(-2), "log.local.retention.ms");
        yield return Number("max.compaction.lag.ms", ConfigType.Long, "9223372036854775807", ConfigRule.Between(1), "log.cleaner.max.compaction.lag.ms");
        yield return Number("max.message.bytes", ConfigType.Int, "1048588", ConfigRule.Between(0), "message.max.bytes");
        yield return Number("message.timestamp.after.max.ms", ConfigType.Long, "3600000", ConfigRule.Between(0), "log.message.timestamp.after.max.ms");
        yield return Number("message.timestamp.before.max.ms", ConfigType.Long, "9223372036854775807", ConfigRule.Between(0), "log.message.timestamp.before.max.ms");
        yield return Make("message.timestamp.type", ConfigType.String, "CreateTime", ConfigRule.OneOf("CreateTime", "LogAppendTime"), new ConfigSynonym("log.message.timestamp.type"));
        yield return Make("min.cleanable.dirty.ratio", ConfigType.Double, "0.5", ConfigRule.BetweenFractions(0, 1), new ConfigSynonym("log.cleaner.min.cleanable.ratio"));
        yield return Number("min.compaction.lag.ms", ConfigType.Long, "0", ConfigRule.Between(0), "log.cleaner.min.compaction.lag.ms");
        yield return Number("min.insync.replicas", ConfigType.Int, "1", ConfigRule.Between(1), "min.insync.replicas");
        yield return Make("preallocate", ConfigType.Boolean, "false", ConfigRule.Any, new ConfigSynonym("log.preallocate"));
        yield return Make("remote.log.copy.disable", ConfigType.Boolean, "false", ConfigRule.Any);
        yield return Make("remote.log.delete.on.disable", ConfigType.Boolean, "false", ConfigRule.Any);
        yield return Make("remote.storage.enable", ConfigType.Boolean, "false", ConfigRule.Any);
        yield return Number("retention.bytes", ConfigType.Long, "-1", ConfigRule.Any, "log.retention.bytes");
        yield return Make("retention.ms", ConfigType.Long, "604800000", ConfigRule.Between(-1), new("log.retention.ms"), new("log.retention.minutes", MinuteMs), new("log.retention.hours", HourMs));
        yield return Number("segment.bytes", ConfigType.Int, "1073741824", ConfigRule.Between(1_048_576), "log.segment.bytes");
        yield return Number("segment.index.bytes", ConfigType.Int, "10485760", ConfigRule.Between(4), "log.index.size.max.bytes");
        yield return Make("segment.jitter.ms", ConfigType.Long, "0", ConfigRule.Between(0), new("log.roll.jitter.ms"), new("log.roll.jitter.hours", HourMs));
        yield return Make("segment.ms", ConfigType.Long, "604800000", ConfigRule.Between(1), new("log.roll.ms"), new("log.roll.hours", HourMs));
        yield return Make("unclean.leader.election.enable", ConfigType.Boolean, "false", ConfigRule.Any, new ConfigSynonym("unclean.leader.election.enable"));
    }

    // gzip knows levels 1 to 9, and -1 for its own default; 0 is not one.
    private static ConfigRule LevelOfGzip => ConfigRule.OneOf("-1", "1", "2", "3", "4", "5", "6", "7", "8", "9");

    private static ConfigDefinition Number(string name, ConfigType type, string fallback, ConfigRule rule, string synonym)
        => Make(name, type, fallback, rule, new ConfigSynonym(synonym));

    private static ConfigDefinition Make(string name, ConfigType type, string fallback, ConfigRule rule, params ConfigSynonym[] synonyms)
        => new(name, type, fallback, rule) { Synonyms = [.. synonyms] };
}
