namespace Broker.Core.Configs;

public static partial class BrokerConfigs
{
    /// <summary>Settings of logs and remote storage, in the form of <see cref="ConfigTable"/>.</summary>
    private const string LogsTable = """
        compression.gzip.level INT -1 d -1 9
        compression.lz4.level INT 9 d 1 17
        compression.type STRING producer d
        compression.zstd.level INT 3 d -131072 22
        cordoned.log.dirs LIST "" d
        log.cleaner.backoff.ms LONG 15000 d 0
        log.cleaner.dedupe.buffer.size LONG 134217728 d 1048577
        log.cleaner.delete.retention.ms LONG 86400000 d 0
        log.cleaner.enable BOOLEAN true r
        log.cleaner.io.buffer.load.factor DOUBLE 0.9 d
        log.cleaner.io.buffer.size INT 524288 d 0
        log.cleaner.io.max.bytes.per.second DOUBLE 1.7976931348623157E308 d
        log.cleaner.max.compaction.lag.ms LONG 9223372036854775807 d 1
        log.cleaner.min.cleanable.ratio DOUBLE 0.5 d 0 1
        log.cleaner.min.compaction.lag.ms LONG 0 d 0
        log.cleaner.threads INT 1 d 1
        log.cleanup.policy LIST delete d
        log.dir LIST /tmp/kafka-logs r
        log.dir.failure.timeout.ms LONG 30000 r
        log.dirs LIST - r
        log.flush.interval.messages LONG 9223372036854775807 d 1
        log.flush.interval.ms LONG - d
        log.flush.offset.checkpoint.interval.ms INT 60000 r
        log.flush.scheduler.interval.ms LONG 9223372036854775807 r
        log.flush.start.offset.checkpoint.interval.ms INT 60000 r
        log.index.interval.bytes INT 4096 d 0
        log.index.size.max.bytes INT 10485760 d 4
        log.local.retention.bytes LONG -2 d -2
        log.local.retention.ms LONG -2 d -2
        log.message.timestamp.after.max.ms LONG 3600000 d 0
        log.message.timestamp.before.max.ms LONG 9223372036854775807 d 0
        log.message.timestamp.type STRING CreateTime d
        log.preallocate BOOLEAN false d
        log.retention.bytes LONG -1 d
        log.retention.check.interval.ms LONG 300000 r 1
        log.retention.hours INT 168 r -1
        log.retention.minutes INT - r -1
        log.retention.ms LONG - d -1
        log.roll.hours INT 168 r 1
        log.roll.jitter.hours INT 0 r 0
        log.roll.jitter.ms LONG - d 0
        log.roll.ms LONG - d 1
        log.segment.bytes INT 1073741824 d 1048576
        log.segment.delete.delay.ms LONG 60000 d 0
        message.max.bytes INT 1048588 d 0
        min.insync.replicas INT 1 d 1
        num.recovery.threads.per.data.dir INT 2 d 1
        remote.fetch.max.wait.ms INT 500 d 1
        remote.list.offsets.request.timeout.ms LONG 30000 d 1
        remote.log.index.file.cache.total.size.bytes LONG 1073741824 d 1
        remote.log.manager.copier.thread.pool.size INT 10 d 1
        remote.log.manager.copy.max.bytes.per.second LONG 9223372036854775807 d 1
        remote.log.manager.copy.quota.window.num INT 11 r
        remote.log.manager.copy.quota.window.size.seconds INT 1 r
        remote.log.manager.expiration.thread.pool.size INT 10 d 1
        remote.log.manager.fetch.max.bytes.per.second LONG 9223372036854775807 d 1
        remote.log.manager.fetch.quota.window.num INT 11 r
        remote.log.manager.fetch.quota.window.size.seconds INT 1 r
        remote.log.manager.follower.thread.pool.size INT 2 d 1
        remote.log.manager.task.interval.ms LONG 30000 r
        remote.log.manager.thread.pool.size INT 2 r
        remote.log.metadata.custom.metadata.max.bytes INT 128 r
        remote.log.metadata.manager.class.name STRING org.apache.kafka.server.log.remote.metadata.storage.TopicBasedRemoteLogMetadataManager r
        remote.log.metadata.manager.class.path STRING - r
        remote.log.metadata.manager.impl.prefix STRING rlmm.config. r
        remote.log.metadata.manager.listener.name STRING - r
        remote.log.reader.max.pending.tasks INT 100 r
        remote.log.reader.threads INT 10 d 1
        remote.log.storage.manager.class.name STRING - r
        remote.log.storage.manager.class.path STRING - r
        remote.log.storage.manager.impl.prefix STRING rsm.config. r
        remote.log.storage.system.enable BOOLEAN false r
        unclean.leader.election.enable BOOLEAN false d
        """;
}
