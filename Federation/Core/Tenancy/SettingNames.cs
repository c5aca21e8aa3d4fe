using System.Collections.Frozen;

namespace Federation.Core.Tenancy;

/// <summary>
/// Names of Kafka settings that stand in texts for people. They look like names of topics ("retention.ms" could be topic "ms" of a tenant
/// "retention"), so the ones that are worth reading are listed. Immutable.
/// </summary>
public static class SettingNames
{
    private static readonly FrozenSet<string> Known = new[]
    {
        // Topics.
        "cleanup.policy", "compression.gzip.level", "compression.lz4.level", "compression.type", "compression.zstd.level", "delete.retention.ms",
        "file.delete.delay.ms", "flush.messages", "flush.ms", "follower.replication.throttled.replicas", "index.interval.bytes",
        "leader.replication.throttled.replicas", "local.retention.bytes", "local.retention.ms", "max.compaction.lag.ms", "max.message.bytes",
        "message.timestamp.after.max.ms", "message.timestamp.before.max.ms", "message.timestamp.type", "min.cleanable.dirty.ratio",
        "min.compaction.lag.ms", "min.insync.replicas", "remote.log.copy.disable", "remote.log.delete.on.disable", "remote.storage.enable",
        "retention.bytes", "retention.ms", "segment.bytes", "segment.index.bytes", "segment.jitter.ms", "segment.ms",
        "unclean.leader.election.enable",

        // Groups.
        "consumer.heartbeat.interval.ms", "consumer.session.timeout.ms", "share.auto.offset.reset", "share.heartbeat.interval.ms",
        "share.isolation.level", "share.record.lock.duration.ms", "share.session.timeout.ms", "streams.heartbeat.interval.ms",
        "streams.num.standby.replicas", "streams.session.timeout.ms",

        // Brokers, where their refusals name them.
        "auto.create.topics.enable", "delete.topic.enable", "group.initial.rebalance.delay.ms", "group.max.session.timeout.ms", "group.max.size",
        "group.min.session.timeout.ms", "message.max.bytes", "offset.metadata.max.bytes", "remote.log.storage.system.enable",
        "transaction.max.timeout.ms",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether the word is a setting's name.</summary>
    public static bool IsKnown(string word) => Known.Contains(word);
}
