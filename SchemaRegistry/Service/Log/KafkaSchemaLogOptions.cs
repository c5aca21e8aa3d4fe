namespace SchemaRegistry.Service.Log;

/// <summary>Where a tenant's log is.</summary>
public sealed record KafkaSchemaLogOptions
{
    /// <summary>
    /// Kafka's settings of a topic that is made, by whoever makes it. A record has the longest schema with its escapes and what is said about it. A
    /// record without effect replaces the one before it only when the log is compacted, and whoever wrote it puts that right at once: so compaction
    /// keeps an hour's distance.
    /// </summary>
    public static IReadOnlyDictionary<string, string> TopicSettings { get; } = new Dictionary<string, string>
    {
        ["cleanup.policy"] = "compact", ["max.message.bytes"] = "16777216", ["min.compaction.lag.ms"] = "3600000",
    };

    /// <summary>Brokers to ask first, as host:port.</summary>
    public required IReadOnlyList<string> Bootstrap { get; init; }

    /// <summary>The topic: one partition, compacted.</summary>
    public required string Topic { get; init; }

    /// <summary>A missing topic is made. Not where somebody else makes it: a topic made in one region could not become another region's copy.</summary>
    public bool MakesTopic { get; init; } = true;

    /// <summary>Replicas of a topic that is made; -1 leaves it to the cluster (default.replication.factor).</summary>
    public short ReplicationFactor { get; init; } = -1;

    public string ClientId { get; init; } = "schema-registry";

    /// <summary>How long a broker may take for an answer, in milliseconds.</summary>
    public int TimeoutMs { get; init; } = 10_000;

    /// <summary>How long a read waits for something to come, in milliseconds.</summary>
    public int PollMs { get; init; } = 500;
}
