using Kernel;

namespace Broker.Node.Apis;

/// <summary>Which APIs a node serves: listed by hand, so that nothing is found by reflection and nothing is served by accident.</summary>
public static class ApiList
{
    /// <summary>One instance of each API. What clients are told is this list.</summary>
    public static IReadOnlyList<IApi> Create(BrokerNode node) =>
    [
        // Cluster
        new ApiVersionsApi(() => node.Apis, node.Metadata, node.Options.NodeId),
        new MetadataApi(node.Metadata, node.Partitions, node.Options),
        new DescribeClusterApi(node.Metadata, node.Options),
        new CreateTopicsApi(node.Metadata),
        new DeleteTopicsApi(node.Metadata),
        new CreatePartitionsApi(node.Metadata),
        new DescribeConfigsApi(node.Metadata),
        new AlterConfigsApi(node.Metadata),
        new IncrementalAlterConfigsApi(node.Metadata),
        new ListConfigResourcesApi(node.Metadata),
        new DescribeTopicPartitionsApi(node.Metadata, node.Partitions, node.Options),
        new InitProducerIdApi(node.Metadata, node.ProducerIds),
        new SaslHandshakeApi(),
        new SaslAuthenticateApi(),

        // Data
        new ProduceApi(node.Partitions, node.Wheel),
        new FetchApi(
            node.Partitions, node.FetchSessions, node.Wheel, node.Options.NodeId, Math.Min(node.Settings.Int("fetch.max.bytes"), Limits.MaxFetchBytes)),
        new ListOffsetsApi(node.Partitions),
        new OffsetForLeaderEpochApi(node.Partitions),
        new DeleteRecordsApi(node.Partitions),
        new DescribeProducersApi(node.Partitions),

        // Groups
        .. GroupApis.Create(node.Groups, node.Options.NodeId),

        // Private
        new MirrorAppendApi(node.Partitions),
        new MirrorOpenApi(node.Metadata, node.Partitions),
    ];
}
