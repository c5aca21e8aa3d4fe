using Federation.Gateway.Connections;
using Federation.Gateway.Upstream;
using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Codec;

namespace Federation.Gateway.Apis;

/// <summary>How a gateway serves one API. Without state; one for all connections.</summary>
internal interface IGatewayApi
{
    ApiKey Key { get; }

    /// <summary>
    /// Handles a request. What has to reach a broker in order was put in line when the call returns. Throws
    /// <see cref="WireFormatException"/> for what cannot be read, <see cref="Federation.Core.Tenancy.ForeignNameException"/> for an answer that
    /// must not be sent, <see cref="IOException"/> when a broker went away with a request unanswered: each closes the connection.
    /// </summary>
    ValueTask<Answer> HandleAsync(GatewayRequest r);
}

/// <summary>The typed side of <see cref="IGatewayApi"/>.</summary>
internal abstract class GatewayApi<TRequest, TResponse> : IGatewayApi
    where TRequest : class, IWireMessage<TRequest>, new()
    where TResponse : class, IWireMessage<TResponse>, new()
{
    public ApiKey Key => TRequest.Key!.Value;

    public ValueTask<Answer> HandleAsync(GatewayRequest r) => ServeAsync(r, r.Read<TRequest>());

    /// <summary>Serves a request that was read, in the tenant's terms.</summary>
    protected abstract ValueTask<Answer> ServeAsync(GatewayRequest r, TRequest request);

    /// <summary>Puts the request into the cluster's terms and asks the broker. Null: nothing was sent.</summary>
    protected static ValueTask<UpstreamReply<TResponse>?> AskAsync(GatewayRequest r, UpstreamBroker? broker, TRequest request)
    {
        if (broker is null)
        {
            return default;
        }

        r.ToCluster(request, broker.NodeId);
        return r.AskAsync<TResponse>(broker, request);
    }

    /// <summary>The broker that takes changes of topics, which in KRaft is any broker that can be reached.</summary>
    protected static UpstreamBroker? Controller(GatewayRequest r) =>
        r.Cluster.Broker(r.Cluster.Routes.ControllerId) is { IsDown: false } controller ? controller : r.Connection.AnyBroker();

    /// <summary>The greater of two throttle times: the client obeys one.</summary>
    protected static int Throttle(int a, int b) => Math.Max(a, b);
}
