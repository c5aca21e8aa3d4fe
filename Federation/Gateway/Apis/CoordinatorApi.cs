using Federation.Gateway.Connections;
using Federation.Gateway.Upstream;
using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Codec;

namespace Federation.Gateway.Apis;

/// <summary>
/// An API of one group or transaction: it goes to the coordinator. A coordinator that is not known or cannot be reached is answered by
/// NOT_COORDINATOR, upon which every client asks who it is; older ones take COORDINATOR_NOT_AVAILABLE for the end in some of these calls.
/// </summary>
internal abstract class CoordinatorApi<TRequest, TResponse> : GatewayApi<TRequest, TResponse>
    where TRequest : class, IWireMessage<TRequest>, new()
    where TResponse : class, IWireMessage<TResponse>, new()
{
    protected virtual bool IsTransaction => false;

    /// <summary>The group or transactional id of a request in the cluster's terms; null when any broker will do.</summary>
    protected abstract string? CoordinatorKey(TRequest request);

    /// <summary>The answer when the coordinator cannot be asked, in the cluster's terms as the request is.</summary>
    protected abstract TResponse Refused(GatewayRequest r, TRequest request, ErrorCode error);

    /// <summary>The protocol type of the group in a request in the tenant's terms; null: unknown.</summary>
    protected virtual string? ProtocolType(GatewayRequest r, TRequest request) => null;

    /// <summary>Takes out of an answer in the cluster's terms what is not the tenant's.</summary>
    protected virtual void Clean(GatewayRequest r, TResponse response)
    {
    }

    protected override async ValueTask<Answer> ServeAsync(GatewayRequest r, TRequest request)
    {
        var protocolType = ProtocolType(r, request);
        r.ToCluster(request, protocolType: protocolType);
        var key = CoordinatorKey(request);
        var broker = key is null ? r.Connection.AnyBroker() : Coordinator(r, IsTransaction, key);
        using var reply = broker is null ? null : await r.AskAsync<TResponse>(broker, request).ConfigureAwait(false);
        if (reply is null && key is null)
        {
            return Answer.Close;
        }

        var response = reply?.Message ?? Refused(r, request, ErrorCode.NotCoordinator);
        Clean(r, response);
        r.ToTenant(response, protocolType);
        return r.Write(response);
    }

    /// <summary>The broker that coordinates, as far as is known; behind one broker it is that one.</summary>
    internal static UpstreamBroker? Coordinator(GatewayRequest r, bool isTransaction, string key) =>
        r.Cluster.Routes.IsSingle ? r.Connection.AnyBroker()
        : r.Cluster.Coordinators.TryFind(isTransaction, key, out var node) ? r.Cluster.Broker(node)
        : null;
}
