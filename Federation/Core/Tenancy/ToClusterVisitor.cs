using Protocol.Wire;
using Protocol.Wire.Codec;

namespace Federation.Core.Tenancy;

/// <summary>
/// Turns a tenant's request into the cluster's: names get the prefix, ids and the virtual broker their real values. Made per request
/// (it knows the API); not shared between threads.
/// </summary>
/// <param name="view">The tenant's virtual cluster.</param>
/// <param name="api">The request's API, which decides how the empty group is taken.</param>
/// <param name="realNodeId">The broker behind the virtual one.</param>
/// <param name="topicId">The cluster's id for the tenant's topic id.</param>
/// <param name="protocolType">The group's protocol type where the request does not say it; null: unknown.</param>
/// <param name="unknown">Keeps the brokers that are not the virtual one, for the answer's texts; null: they all become <see cref="NoBroker"/>.</param>
public sealed class ToClusterVisitor(
    TenantView view, ApiKey api, int realNodeId, Func<Guid, Guid> topicId, string? protocolType = null, UnknownBrokers? unknown = null) : EntityVisitor
{
    /// <summary>A broker id that no broker has: what a tenant must not name becomes this.</summary>
    public const int NoBroker = int.MaxValue;

    private const sbyte GroupKey = 0;
    private const sbyte TransactionKey = 1;

    public override string TopicName(string name) => view.Names.TopicToCluster(name);

    public override Guid TopicId(Guid id) => topicId(id);

    public override string GroupId(string group) =>
        api is ApiKey.JoinGroup or ApiKey.SyncGroup or ApiKey.Heartbeat or ApiKey.LeaveGroup or ApiKey.OffsetDelete
            ? view.Names.MemberGroupToCluster(group)
            : view.Names.GroupToCluster(group);

    public override string TransactionalId(string id) => view.Names.TransactionalIdToCluster(id);

    // -1 and -2 mean "a client"; a replica's id would read beyond the high watermark.
    public override int BrokerId(int id) =>
        id < 0 ? id
        : api is ApiKey.Fetch or ApiKey.ListOffsets or ApiKey.OffsetForLeaderEpoch ? NoBroker
        : id == view.NodeId ? realNodeId
        : unknown?.ToCluster(id) ?? NoBroker;

    // The gateway is the cluster that the client means; the broker behind would not know its id.
    public override string? ClusterId(string? id) => null;

    public override string ResourceName(string name, sbyte resourceType) => resourceType switch
    {
        ResourceTypes.Topic => view.Names.TopicToCluster(name),
        ResourceTypes.Group or ResourceTypes.ClientMetrics => view.Names.MemberGroupToCluster(name),
        ResourceTypes.Broker or ResourceTypes.BrokerLogger when name.Length == 0 => name,
        ResourceTypes.Broker or ResourceTypes.BrokerLogger => name == $"{view.NodeId}" ? $"{realNodeId}" : $"{NoBroker}",
        _ => throw new WireFormatException($"resource type {resourceType} is not served here"),
    };

    public override string CoordinatorKey(string key, sbyte? keyType) => keyType switch
    {
        GroupKey or null => view.Names.GroupToCluster(key),
        TransactionKey => view.Names.TransactionalIdToCluster(key),
        _ => throw new WireFormatException($"coordinator key type {keyType} is not served here"),
    };

    public override ReadOnlyMemory<byte> ConsumerSubscription(ReadOnlyMemory<byte> bytes) =>
        protocolType is null or "consumer" ? ConsumerProtocolNames.RewriteSubscription(bytes, view.Names.TopicToCluster) : bytes;

    public override ReadOnlyMemory<byte> ConsumerAssignment(ReadOnlyMemory<byte> bytes) =>
        protocolType is null or "consumer" ? ConsumerProtocolNames.RewriteAssignment(bytes, view.Names.TopicToCluster) : bytes;
}
