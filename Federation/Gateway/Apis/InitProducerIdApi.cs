using Federation.Gateway.Connections;
using Protocol.Wire;
using Protocol.Wire.Messages;

namespace Federation.Gateway.Apis;

/// <summary>InitProducerId: with a transactional id it goes to the transaction's coordinator, else to any broker.</summary>
internal sealed class InitProducerIdApi : CoordinatorApi<InitProducerIdRequest, InitProducerIdResponse>
{
    protected override bool IsTransaction => true;

    // The empty id is refused by every broker.
    protected override string? CoordinatorKey(InitProducerIdRequest request) => request.TransactionalId is { Length: > 0 } id ? id : null;

    protected override InitProducerIdResponse Refused(GatewayRequest r, InitProducerIdRequest request, ErrorCode error) => new() { ErrorCode = (short)error };
}
