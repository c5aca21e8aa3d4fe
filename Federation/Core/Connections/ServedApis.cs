using System.Collections.Immutable;
using Protocol.Wire;

namespace Federation.Core.Connections;

/// <summary>One API that a gateway lets through, and why it may.</summary>
/// <param name="Key">The API.</param>
/// <param name="Reason">What makes it safe for a tenant: how its names are mapped and what is held back.</param>
public readonly record struct ServedApi(ApiKey Key, string Reason);

/// <summary>
/// The APIs that tenants may call. What is not listed is refused by closing the connection, as Kafka does with unknown keys: an API that
/// nobody thought about could show one tenant's names to another. Private APIs (20000 and above) are never listed.
/// </summary>
public static class ServedApis
{
    /// <summary>All of them, by rising key.</summary>
    public static ImmutableArray<ServedApi> All { get; } =
    [
        new(ApiKey.Produce, "topics mapped by name or id; batches pass unopened; producer ids are numbers that grant nothing"),
        new(ApiKey.Fetch, "topics mapped by name or id; replica ids refused; sessions bound to the tenant that opened them"),
        new(ApiKey.ListOffsets, "topics mapped by name"),
        new(ApiKey.Metadata, "topics mapped; all-topics lists filtered; brokers replaced by the virtual one"),
        new(ApiKey.OffsetCommit, "group and topics mapped"),
        new(ApiKey.OffsetFetch, "groups and topics mapped; all-topics answers filtered"),
        new(ApiKey.FindCoordinator, "group or transactional id mapped; the coordinator is always the virtual broker; share keys refused"),
        new(ApiKey.JoinGroup, "group mapped, and the topics inside the consumer protocol"),
        new(ApiKey.Heartbeat, "group mapped"),
        new(ApiKey.LeaveGroup, "group mapped"),
        new(ApiKey.SyncGroup, "group mapped, and the topics inside the consumer protocol"),
        new(ApiKey.DescribeGroups, "groups mapped, and the topics inside the consumer protocol; members' hosts hidden"),
        new(ApiKey.ListGroups, "filtered to the tenant's groups"),
        new(ApiKey.ApiVersions, "answered by the gateway"),
        new(ApiKey.CreateTopics, "topics mapped; names too long behind the prefix and Kafka's internal names refused"),
        new(ApiKey.DeleteTopics, "topics mapped by name or id"),
        new(ApiKey.DeleteRecords, "topics mapped by name"),
        new(ApiKey.InitProducerId, "transactional id mapped; idempotent producers need it"),
        new(ApiKey.OffsetForLeaderEpoch, "topics mapped by name"),
        new(ApiKey.DescribeConfigs, "topics and groups mapped; the broker's settings without addresses, paths and secrets"),
        new(ApiKey.CreatePartitions, "topics mapped by name"),
        new(ApiKey.DeleteGroups, "groups mapped"),
        new(ApiKey.IncrementalAlterConfigs, "topics and groups mapped; the broker's settings refused, all tenants share them"),
        new(ApiKey.OffsetDelete, "group and topics mapped"),
        new(ApiKey.DescribeCluster, "brokers replaced by the virtual one"),
    ];
}
