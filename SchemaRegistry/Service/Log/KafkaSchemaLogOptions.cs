namespace SchemaRegistry.Service.Log;

/// <summary>Where a tenant's log is.</summary>
public sealed record KafkaSchemaLogOptions
{
    /// <summary>Brokers to ask first, as host:port.</summary>
    public required IReadOnlyList<string> Bootstrap { get; init; }

    /// <summary>The topic: one partition, compacted. Made when missing.</summary>
    public required string Topic { get; init; }

    /// <summary>Replicas of a topic that is made; -1 leaves it to the cluster (default.replication.factor).</summary>
    public short ReplicationFactor { get; init; } = -1;

    public string ClientId { get; init; } = "schema-registry";

    /// <summary>How long a broker may take for an answer, in milliseconds.</summary>
    public int TimeoutMs { get; init; } = 10_000;

    /// <summary>How long a read waits for something to come, in milliseconds.</summary>
    public int PollMs { get; init; } = 500;
}
