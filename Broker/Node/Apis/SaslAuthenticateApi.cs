using Protocol.Wire;
using Protocol.Wire.Messages;

namespace Broker.Node.Apis;

/// <summary>Refuses, as <see cref="SaslHandshakeApi"/> does.</summary>
internal sealed class SaslAuthenticateApi : Api<SaslAuthenticateRequest, SaslAuthenticateResponse>
{
    protected override ValueTask<SaslAuthenticateResponse?> HandleAsync(RequestContext context, SaslAuthenticateRequest request) => new(new SaslAuthenticateResponse
    {
        ErrorCode = (short)ErrorCode.IllegalSaslState,
        ErrorMessage = "SaslAuthenticate request received after successful authentication",
    });
}
