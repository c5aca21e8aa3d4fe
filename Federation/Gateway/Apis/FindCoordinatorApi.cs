using Federation.Gateway.Connections;
using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Messages;

namespace Federation.Gateway.Apis;

/// <summary>FindCoordinator: the tenant is told the virtual broker; who it really is the gateway keeps.</summary>
internal sealed class FindCoordinatorApi : GatewayApi<FindCoordinatorRequest, FindCoordinatorResponse>
{
    private const sbyte GroupKey = 0;
    private const sbyte TransactionKey = 1;

    protected override async ValueTask<Answer> ServeAsync(GatewayRequest r, FindCoordinatorRequest request)
    {
        if (request.KeyType is not (GroupKey or TransactionKey))
        {
            return r.Write(Refused(request, ErrorCode.InvalidRequest, $"Coordinator key type {request.KeyType} is not served."));
        }

        var tenantKeys = request.CoordinatorKeys.ToList();
        var tenantKey = request.Key;
        using var reply = await AskAsync(r, r.Connection.AnyBroker(), request).ConfigureAwait(false);
        if (reply is null)
        {
            request.CoordinatorKeys = tenantKeys;
            request.Key = tenantKey;
            return r.Write(Refused(request, ErrorCode.CoordinatorNotAvailable, "The coordinator is not available."));
        }

        Learn(r, request, reply.Message);
        r.ToTenant(reply.Message);
        return r.Write(reply.Message);
    }

    private static void Learn(GatewayRequest r, FindCoordinatorRequest asked, FindCoordinatorResponse answer)
    {
        if (r.Cluster.Routes.IsSingle)
        {
            return;
        }

        var isTransaction = asked.KeyType == TransactionKey;
        if (r.Version < 4)
        {
            if (answer.ErrorCode == 0)
            {
                r.Cluster.Coordinators.Learn(isTransaction, asked.Key, answer.NodeId);
            }

            return;
        }

        foreach (var coordinator in answer.Coordinators.Where(c => c.ErrorCode == 0))
        {
            r.Cluster.Coordinators.Learn(isTransaction, coordinator.Key, coordinator.NodeId);
        }
    }

    private static FindCoordinatorResponse Refused(FindCoordinatorRequest request, ErrorCode error, string text) => new()
    {
        ErrorCode = (short)error,
        ErrorMessage = text,
        NodeId = -1,
        Port = -1,
        Coordinators = request.CoordinatorKeys.ConvertAll(
            key => new FindCoordinatorResponse.Coordinator { Key = key, NodeId = -1, Port = -1, ErrorCode = (short)error, ErrorMessage = text }),
    };
}
