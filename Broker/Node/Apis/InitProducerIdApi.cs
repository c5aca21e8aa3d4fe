using Broker.Node.Metadata;
using Protocol.Wire;
using Protocol.Wire.Messages;

namespace Broker.Node.Apis;

/// <summary>
/// Gives idempotent producers their ids (KIP-98). Transactions are not served: a transactional id that is in order otherwise is refused with
/// TRANSACTIONAL_ID_AUTHORIZATION_FAILED, the one error that every client takes as final for the id. Those that say what is missing
/// (COORDINATOR_NOT_AVAILABLE and the like) would be retried until the application's time-out.
/// </summary>
internal sealed class InitProducerIdApi(MetadataStore metadata, ProducerIds producerIds) : Api<InitProducerIdRequest, InitProducerIdResponse>
{
    private const long None = -1;

    protected override ValueTask<InitProducerIdResponse?> HandleAsync(RequestContext context, InitProducerIdRequest request)
    {
        if (request.TransactionalId is { Length: 0 } || request.ProducerId == None != (request.ProducerEpoch == None))
        {
            return Refused(ErrorCode.InvalidRequest);
        }

        if (request.TransactionalId is not null)
        {
            return Refused(request.TransactionTimeoutMs <= 0 || request.TransactionTimeoutMs > metadata.Settings.Int("transaction.max.timeout.ms")
                ? ErrorCode.InvalidTransactionTimeout
                : ErrorCode.TransactionalIdAuthorizationFailed);
        }

        var pending = producerIds.NextAsync();
        return pending.IsCompletedSuccessfully ? new(Given(pending.Result)) : AwaitAsync(pending);
    }

    private static async ValueTask<InitProducerIdResponse?> AwaitAsync(ValueTask<long> pending)
    {
        try
        {
            return Given(await pending.ConfigureAwait(false));
        }
        catch (IOException)
        {
            // Retriable: another broker, or this one after its disk was seen to, will give one.
            return new InitProducerIdResponse { ErrorCode = (short)ErrorCode.CoordinatorNotAvailable, ProducerEpoch = -1 };
        }
    }

    private static InitProducerIdResponse Given(long id) => new() { ProducerId = id, ProducerEpoch = 0 };

    private static ValueTask<InitProducerIdResponse?> Refused(ErrorCode error)
        => new(new InitProducerIdResponse { ErrorCode = (short)error, ProducerEpoch = -1 });
}
