namespace Broker.Core.Configs;

public static partial class BrokerConfigs
{
    /// <summary>Settings of sockets, quotas, replication and everything else, in the form of <see cref="ConfigTable"/>.</summary>
    private const string ServerTable = """
        advertised.listeners LIST - r
        alter.config.policy.class.name CLASS - r
        alter.log.dirs.replication.quota.window.num INT 11 r
        alter.log.dirs.replication.quota.window.size.seconds INT 1 r
        auto.create.topics.enable BOOLEAN true r
        auto.leader.rebalance.enable BOOLEAN true r
        background.threads INT 10 d 1
        broker.heartbeat.interval.ms INT 2000 r
        broker.id INT -1 r
        broker.rack STRING - r
        broker.session.timeout.ms INT 9000 r
        client.quota.callback.class CLASS - r
        config.providers LIST "" d
        connection.failed.authentication.delay.ms INT 100 r
        connections.max.idle.ms LONG 600000 r -1
        controlled.shutdown.enable BOOLEAN true r
        create.topic.policy.class.name CLASS - r
        default.replication.factor INT 1 r 1
        delete.records.purgatory.purge.interval.requests INT 1 r
        delete.topic.enable BOOLEAN true r
        early.start.listeners LIST - r
        fetch.max.bytes INT 57671680 r 1024
        fetch.purgatory.purge.interval.requests INT 1000 r
        follower.fetch.last.tiered.offset.enable BOOLEAN false d
        initial.broker.registration.timeout.ms INT 60000 r
        inter.broker.listener.name STRING - r
        leader.imbalance.check.interval.seconds LONG 300 r
        listener.security.protocol.map STRING SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT p
        listeners LIST PLAINTEXT://:9092 p
        max.connection.creation.rate INT 2147483647 d 1
        max.connections INT 2147483647 d 1
        max.connections.per.ip INT 2147483647 d 0
        max.connections.per.ip.overrides STRING "" d
        max.incremental.fetch.session.cache.slots INT 1000 r 0
        max.request.partition.size.limit INT 2000 r 1
        node.id INT - r
        num.io.threads INT 8 d 1
        num.network.threads INT 3 d 1
        num.partitions INT 1 r 1
        num.replica.alter.log.dirs.threads INT - r
        num.replica.fetchers INT 1 d 1
        process.roles LIST - r
        producer.purgatory.purge.interval.requests INT 1000 r
        queued.max.request.bytes LONG -1 r
        queued.max.requests INT 500 r
        quota.window.num INT 11 r
        quota.window.size.seconds INT 1 r
        replica.fetch.backoff.ms INT 1000 r
        replica.fetch.max.bytes INT 1048576 r
        replica.fetch.min.bytes INT 1 r
        replica.fetch.response.max.bytes INT 10485760 r
        replica.fetch.wait.max.ms INT 500 r
        replica.high.watermark.checkpoint.interval.ms LONG 5000 r
        replica.lag.time.max.ms LONG 30000 r
        replica.selector.class STRING - r
        replica.socket.receive.buffer.bytes INT 65536 r
        replica.socket.timeout.ms INT 30000 r
        replication.quota.window.num INT 11 r
        replication.quota.window.size.seconds INT 1 r
        request.timeout.ms INT 30000 r
        socket.connection.setup.timeout.max.ms LONG 30000 r
        socket.connection.setup.timeout.ms LONG 10000 r
        socket.listen.backlog.size INT 50 r
        socket.receive.buffer.bytes INT 102400 r
        socket.request.max.bytes INT 104857600 r 1
        socket.send.buffer.bytes INT 102400 r
        telemetry.max.bytes INT 1048576 r
        """;
}
