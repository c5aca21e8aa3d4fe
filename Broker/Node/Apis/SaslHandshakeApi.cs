using Protocol.Wire;
using Protocol.Wire.Messages;

namespace Broker.Node.Apis;

/// <summary>Refuses: a broker's listeners are plaintext, and tenants authenticate at the gateway. The connection stays usable, as in Kafka.</summary>
internal sealed class SaslHandshakeApi : Api<SaslHandshakeRequest, SaslHandshakeResponse>
{
    protected override ValueTask<SaslHandshakeResponse?> HandleAsync(RequestContext context, SaslHandshakeRequest request)
        => new(new SaslHandshakeResponse { ErrorCode = (short)ErrorCode.IllegalSaslState });
}
