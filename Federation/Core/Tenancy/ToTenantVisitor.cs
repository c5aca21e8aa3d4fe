using Protocol.Wire.Codec;

namespace Federation.Core.Tenancy;

/// <summary>
/// Turns a cluster's answer into the tenant's: names lose the prefix, ids become the tenant's, every broker becomes the virtual one.
/// What belongs to other tenants must have been taken out before (<see cref="AnswerFilter"/>, <see cref="ConfigView"/>): a name that is
/// left and is not the tenant's throws <see cref="ForeignNameException"/>, and the answer is not sent. Made per answer.
/// </summary>
/// <param name="view">The tenant's virtual cluster.</param>
/// <param name="topicId">The tenant's id for the cluster's topic id.</param>
/// <param name="protocolType">The group's protocol type where the answer does not say it; null: unknown.</param>
/// <param name="said">Whether the request held this word, which error texts may then repeat; null: not known.</param>
/// <param name="unknown">The brokers that the request named and that there are not; null: not known.</param>
public sealed class ToTenantVisitor(
    TenantView view, Func<Guid, Guid> topicId, string? protocolType = null, Func<string, bool>? said = null, UnknownBrokers? unknown = null) : EntityVisitor
{
    public override string TopicName(string name) => view.Names.ToTenant(name);

    public override Guid TopicId(Guid id) => topicId(id);

    public override string GroupId(string group) => view.Names.ToTenant(group);

    public override string TransactionalId(string id) => view.Names.ToTenant(id);

    public override int BrokerId(int id) => id < 0 ? id : view.NodeId;

    public override string? ClusterId(string? id) => string.IsNullOrEmpty(id) ? id : view.ClusterId;

    public override void BrokerEndpoint(ref int nodeId, ref string host, ref int port, ref string? rack)
    {
        // No broker: -1 with an empty host. Whatever else stood there is not the tenant's business.
        if (nodeId < 0)
        {
            host = "";
            port = -1;
            rack = null;
            return;
        }

        nodeId = view.NodeId;
        host = view.Host;
        port = view.Port;
        rack = rack is null ? null : view.Region.Name;
    }

    public override string ResourceName(string name, sbyte resourceType) => resourceType switch
    {
        ResourceTypes.Topic or ResourceTypes.Group or ResourceTypes.ClientMetrics => view.Names.ToTenant(name),
        ResourceTypes.Broker or ResourceTypes.BrokerLogger when name.Length > 0 => $"{view.NodeId}",
        _ when name.Length == 0 => name,
        _ => throw new ForeignNameException($"the cluster answered tenant {view.Names.Tenant} with resource '{name}' of type {resourceType}"),
    };

    public override string CoordinatorKey(string key, sbyte? keyType) => view.Names.ToTenant(key);

    // A member's connection ends at the gateway; where the gateway stands within the region is nobody's business.
    public override string ClientHost(string host) => host.Length == 0 ? host : $"/{view.Host}";

    public override string? ErrorText(string? text) => text is null ? null : new ErrorTexts(view.Names, said, unknown).ToTenant(text);

    public override ReadOnlyMemory<byte> ConsumerSubscription(ReadOnlyMemory<byte> bytes) =>
        protocolType is null or "consumer" ? ConsumerProtocolNames.RewriteSubscription(bytes, view.Names.ToTenant) : bytes;

    public override ReadOnlyMemory<byte> ConsumerAssignment(ReadOnlyMemory<byte> bytes) =>
        protocolType is null or "consumer" ? ConsumerProtocolNames.RewriteAssignment(bytes, view.Names.ToTenant) : bytes;
}
