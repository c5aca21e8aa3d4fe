using Protocol.Wire;

namespace Federation.Gateway.Apis;

/// <summary>The APIs that a gateway serves by asking brokers, by key. ApiVersions is answered by the connection itself.</summary>
internal static class GatewayApis
{
    private static readonly IGatewayApi?[] ByKey = Index(
        new ProduceApi(), new FetchApi(), new ListOffsetsApi(), new OffsetForLeaderEpochApi(), new DeleteRecordsApi(),
        new MetadataApi(), new DescribeClusterApi(), new FindCoordinatorApi(),
        new JoinGroupApi(), new SyncGroupApi(), new HeartbeatApi(), new LeaveGroupApi(),
        new OffsetCommitApi(), new OffsetFetchApi(), new OffsetDeleteApi(), new InitProducerIdApi(),
        new DescribeGroupsApi(), new ListGroupsApi(), new DeleteGroupsApi(),
        new CreateTopicsApi(), new DeleteTopicsApi(), new CreatePartitionsApi(),
        new DescribeConfigsApi(), new IncrementalAlterConfigsApi());

    /// <summary>The API of this key; null when the gateway does not serve it.</summary>
    public static IGatewayApi? Find(short key) => (uint)key < (uint)ByKey.Length ? ByKey[key] : null;

    private static IGatewayApi?[] Index(params ReadOnlySpan<IGatewayApi> apis)
    {
        var index = new IGatewayApi?[128];
        foreach (var api in apis)
        {
            index[(int)api.Key] = api;
        }

        return index;
    }
}
