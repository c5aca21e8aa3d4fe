using Federation.Gateway.Connections;
using Protocol.Transport;
using Protocol.Wire.Messages;

namespace Federation.Gateway.Apis;

/// <summary>DeleteTopics: by name, or by the tenant's id.</summary>
internal sealed class DeleteTopicsApi : GatewayApi<DeleteTopicsRequest, DeleteTopicsResponse>
{
    protected override async ValueTask<Answer> ServeAsync(GatewayRequest r, DeleteTopicsRequest request)
    {
        using var reply = await AskAsync(r, Controller(r), request).ConfigureAwait(false);
        if (reply is null)
        {
            return Answer.Close;
        }

        r.ToTenant(reply.Message);
        return r.Write(reply.Message);
    }
}

/// <summary>CreatePartitions.</summary>
internal sealed class CreatePartitionsApi : GatewayApi<CreatePartitionsRequest, CreatePartitionsResponse>
{
    protected override async ValueTask<Answer> ServeAsync(GatewayRequest r, CreatePartitionsRequest request)
    {
        using var reply = await AskAsync(r, Controller(r), request).ConfigureAwait(false);
        if (reply is null)
        {
            return Answer.Close;
        }

        r.ToTenant(reply.Message);
        return r.Write(reply.Message);
    }
}
