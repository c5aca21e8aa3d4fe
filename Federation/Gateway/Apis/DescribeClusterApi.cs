using Federation.Gateway.Connections;
using Protocol.Transport;
using Protocol.Wire.Messages;

namespace Federation.Gateway.Apis;

/// <summary>DescribeCluster: one broker, the virtual one, which is also the controller.</summary>
internal sealed class DescribeClusterApi : GatewayApi<DescribeClusterRequest, DescribeClusterResponse>
{
    protected override async ValueTask<Answer> ServeAsync(GatewayRequest r, DescribeClusterRequest request)
    {
        using var reply = await AskAsync(r, r.Connection.AnyBroker(), request).ConfigureAwait(false);
        if (reply is null)
        {
            return Answer.Close;
        }

        r.Tenant.Filter.Cluster(reply.Message);
        r.ToTenant(reply.Message);
        return r.Write(reply.Message);
    }
}
