using Federation.Gateway.Connections;
using Federation.Gateway.Upstream;
using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Codec;

namespace Federation.Gateway.Apis;

/// <summary>
/// An API of many groups at once. Behind one broker it passes whole; behind several it is divided by coordinator. A group whose
/// coordinator is not known or cannot be reached gets NOT_COORDINATOR.
/// </summary>
internal abstract class GroupsApi<TRequest, TResponse, TGroup, TGroupAnswer> : GatewayApi<TRequest, TResponse>
    where TRequest : class, IWireMessage<TRequest>, new()
    where TResponse : class, IWireMessage<TResponse>, new()
{
    protected abstract List<TGroup> Groups(GatewayRequest r, TRequest request);

    protected abstract string GroupId(TGroup group);

    /// <summary>The request with other groups and everything else the same.</summary>
    protected abstract TRequest With(TRequest request, List<TGroup> groups);

    protected abstract List<TGroupAnswer> Answers(TResponse response);

    protected abstract TGroupAnswer Refused(TGroup group, ErrorCode error);

    /// <summary>Puts an error into an answer whose version has it outside of the groups.</summary>
    protected virtual void Refuse(GatewayRequest r, TRequest request, TResponse response, ErrorCode error)
    {
    }

    /// <summary>Takes out of an answer in the cluster's terms what is not the tenant's.</summary>
    protected virtual void Clean(GatewayRequest r, TResponse response)
    {
    }

    /// <summary>Puts a further part's answer into the first: everything but the groups.</summary>
    protected abstract void Merge(TResponse into, TResponse part);

    protected virtual void ToTenant(GatewayRequest r, TResponse response) => r.ToTenant(response);

    protected override async ValueTask<Answer> ServeAsync(GatewayRequest r, TRequest request)
    {
        r.ToCluster(request);
        var parts = Split(r, request);

        // All are in line before the first is awaited.
        var asked = parts.ConvertAll(part => part.Broker is null
            ? Task.FromResult<UpstreamReply<TResponse>?>(null)
            : r.AskAsync<TResponse>(part.Broker, part.Request).AsTask());
        var replies = await Task.WhenAll(asked).ConfigureAwait(false);
        TResponse? merged = null;
        for (var i = 0; i < replies.Length; i++)
        {
            var response = replies[i]?.Message ?? Unreached(r, parts[i].Request);
            Clean(r, response);
            ToTenant(r, response);
            if (merged is null)
            {
                merged = response;
            }
            else
            {
                Answers(merged).AddRange(Answers(response));
                Merge(merged, response);
            }
        }

        return r.Write(merged!, [.. replies.OfType<IDisposable>()]);
    }

    private List<(UpstreamBroker? Broker, TRequest Request)> Split(GatewayRequest r, TRequest request)
    {
        var groups = Groups(r, request);
        if (r.Cluster.Routes.IsSingle || groups.Count == 0)
        {
            return [(r.Connection.AnyBroker(), request)];
        }

        if (groups.Count == 1)
        {
            return [(CoordinatorApi<TRequest, TResponse>.Coordinator(r, isTransaction: false, GroupId(groups[0])), request)];
        }

        return [.. groups
            .GroupBy(group => CoordinatorApi<TRequest, TResponse>.Coordinator(r, isTransaction: false, GroupId(group)))
            .Select(part => (part.Key, With(request, [.. part])))];
    }

    private TResponse Unreached(GatewayRequest r, TRequest request)
    {
        var response = new TResponse();
        Answers(response).AddRange(Groups(r, request).Select(group => Refused(group, ErrorCode.NotCoordinator)));
        Refuse(r, request, response, ErrorCode.NotCoordinator);
        return response;
    }
}
