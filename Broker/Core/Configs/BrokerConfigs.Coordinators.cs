namespace Broker.Core.Configs;

public static partial class BrokerConfigs
{
    /// <summary>Settings of groups, offsets, transactions and share groups, in the form of <see cref="ConfigTable"/>.</summary>
    private const string CoordinatorsTable = """
        add.partitions.to.txn.retry.backoff.max.ms INT 100 r
        add.partitions.to.txn.retry.backoff.ms INT 20 r
        group.consumer.assignment.interval.ms INT 1000 d 0 15000
        group.consumer.assignors LIST uniform,range r
        group.consumer.heartbeat.interval.ms INT 5000 r
        group.consumer.max.assignment.interval.ms INT 15000 r
        group.consumer.max.heartbeat.interval.ms INT 15000 r
        group.consumer.max.session.timeout.ms INT 60000 r
        group.consumer.max.size INT 2147483647 r
        group.consumer.migration.policy STRING bidirectional r
        group.consumer.min.assignment.interval.ms INT 0 r
        group.consumer.min.heartbeat.interval.ms INT 5000 r
        group.consumer.min.session.timeout.ms INT 45000 r
        group.consumer.session.timeout.ms INT 45000 r
        group.coordinator.append.linger.ms INT -1 r
        group.coordinator.background.threads INT 2 r
        group.coordinator.cached.buffer.max.bytes INT 1048588 d 524288
        group.coordinator.rebalance.protocols LIST classic,consumer,streams r
        group.coordinator.threads INT 4 r
        group.initial.rebalance.delay.ms INT 3000 r 0
        group.max.session.timeout.ms INT 1800000 r 0
        group.max.size INT 2147483647 r 1
        group.min.session.timeout.ms INT 6000 r 0
        group.share.assignment.interval.ms INT 1000 d 0 15000
        group.share.assignors LIST simple r
        group.share.delivery.count.limit INT 5 r
        group.share.heartbeat.interval.ms INT 5000 r
        group.share.max.assignment.interval.ms INT 15000 r
        group.share.max.delivery.count.limit INT 10 r
        group.share.max.heartbeat.interval.ms INT 15000 r
        group.share.max.partition.max.record.locks INT 4000 r
        group.share.max.record.lock.duration.ms INT 60000 r
        group.share.max.session.timeout.ms INT 60000 r
        group.share.max.share.sessions INT 2000 r
        group.share.max.size INT 200 r
        group.share.min.assignment.interval.ms INT 0 r
        group.share.min.delivery.count.limit INT 2 r
        group.share.min.heartbeat.interval.ms INT 5000 r
        group.share.min.partition.max.record.locks INT 100 r
        group.share.min.record.lock.duration.ms INT 15000 r
        group.share.min.session.timeout.ms INT 45000 r
        group.share.partition.max.record.locks INT 2000 r
        group.share.record.lock.duration.ms INT 30000 r
        group.share.session.timeout.ms INT 45000 r
        group.streams.assignment.interval.ms INT 1000 d 0 15000
        group.streams.heartbeat.interval.ms INT 5000 r
        group.streams.initial.rebalance.delay.ms INT 3000 r
        group.streams.max.assignment.interval.ms INT 15000 r
        group.streams.max.heartbeat.interval.ms INT 15000 r
        group.streams.max.session.timeout.ms INT 60000 r
        group.streams.max.size INT 2147483647 r
        group.streams.max.standby.replicas INT 2 r
        group.streams.min.assignment.interval.ms INT 0 r
        group.streams.min.heartbeat.interval.ms INT 5000 r
        group.streams.min.session.timeout.ms INT 45000 r
        group.streams.num.standby.replicas INT 0 r
        group.streams.session.timeout.ms INT 45000 r
        offset.metadata.max.bytes INT 4096 r 0
        offsets.commit.timeout.ms INT 5000 r
        offsets.load.buffer.size INT 5242880 r
        offsets.retention.check.interval.ms LONG 600000 r 1
        offsets.retention.minutes INT 10080 r 1
        offsets.topic.compression.codec INT 0 r
        offsets.topic.num.partitions INT 50 r 1
        offsets.topic.replication.factor SHORT 3 r
        offsets.topic.segment.bytes INT 104857600 r
        producer.id.expiration.ms INT 86400000 d 1
        share.coordinator.append.linger.ms INT -1 r
        share.coordinator.cached.buffer.max.bytes INT 1048588 d 524288
        share.coordinator.load.buffer.size INT 5242880 r
        share.coordinator.snapshot.update.records.per.snapshot INT 500 r
        share.coordinator.state.topic.compression.codec INT 0 r
        share.coordinator.state.topic.min.isr SHORT 2 r
        share.coordinator.state.topic.num.partitions INT 50 r
        share.coordinator.state.topic.replication.factor SHORT 3 r
        share.coordinator.state.topic.segment.bytes INT 104857600 r
        share.coordinator.threads INT 1 r
        share.coordinator.write.timeout.ms INT 5000 r
        share.fetch.purgatory.purge.interval.requests INT 1000 r
        transaction.abort.timed.out.transaction.cleanup.interval.ms INT 10000 r
        transaction.max.timeout.ms INT 900000 r 1
        transaction.partition.verification.enable BOOLEAN true d
        transaction.remove.expired.transaction.cleanup.interval.ms INT 3600000 r
        transaction.state.log.load.buffer.size INT 5242880 r
        transaction.state.log.min.isr INT 2 r
        transaction.state.log.num.partitions INT 50 r 1
        transaction.state.log.replication.factor SHORT 3 r
        transaction.state.log.segment.bytes INT 104857600 r
        transaction.two.phase.commit.enable BOOLEAN false r
        transactional.id.expiration.ms INT 604800000 r
        """;
}
