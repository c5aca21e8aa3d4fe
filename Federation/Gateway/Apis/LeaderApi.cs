using Federation.Core.Routing;
using Federation.Gateway.Connections;
using Federation.Gateway.Upstream;
using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Codec;

namespace Federation.Gateway.Apis;

/// <summary>
/// An API whose partitions go to the brokers that lead them. Behind one broker the request passes whole. Behind several it is divided, the
/// parts are asked at the same time and their answers put together; what has no known leader goes to any broker, which answers as Kafka
/// answers a client with old metadata.
/// </summary>
internal abstract class LeaderApi<TRequest, TResponse, TTopic, TPartition, TTopicAnswer> : GatewayApi<TRequest, TResponse>
    where TRequest : class, IWireMessage<TRequest>, new()
    where TResponse : class, IWireMessage<TResponse>, new()
{
    protected abstract List<TTopic> Topics(TRequest request);

    /// <summary>The request with other topics and everything else the same.</summary>
    protected abstract TRequest With(TRequest request, List<TTopic> topics);

    protected abstract string Name(TTopic topic);

    protected virtual Guid Id(TTopic topic) => Guid.Empty;

    protected abstract List<TPartition> Partitions(TTopic topic);

    protected abstract TTopic With(TTopic topic, List<TPartition> partitions);

    protected abstract int Index(TPartition partition);

    protected abstract List<TTopicAnswer> Answers(TResponse response);

    /// <summary>The topic's answer when all its partitions failed alike.</summary>
    protected abstract TTopicAnswer Refused(TTopic topic, ErrorCode error);

    /// <summary>Puts a further part's answer into the first: everything but the topics.</summary>
    protected abstract void Merge(TResponse into, TResponse part);

    /// <summary>What Kafka answers for a topic that the cluster keeps for itself; None lets the request pass.</summary>
    protected virtual ErrorCode InternalTopicError => ErrorCode.None;

    /// <summary>Takes out of a whole answer, in the cluster's terms, what exists only behind the virtual broker.</summary>
    protected virtual void Clean(TResponse response)
    {
    }

    protected override ValueTask<Answer> ServeAsync(GatewayRequest r, TRequest request)
    {
        var refused = TakeInternal(request);
        r.ToCluster(request);
        return r.Cluster.Routes.IsSingle || (refused is not null && Topics(request).Count == 0)
            ? ServeWholeAsync(r, request, refused)
            : ServePartsAsync(r, Split(r, request), refused);
    }

    /// <summary>Removes topics of Kafka's own names, and answers them as Kafka does. Null when there are none.</summary>
    protected List<TTopicAnswer>? TakeInternal(TRequest request)
    {
        if (InternalTopicError == ErrorCode.None)
        {
            return null;
        }

        List<TTopicAnswer>? refused = null;
        foreach (var topic in Topics(request))
        {
            if (Core.Tenancy.TenantNames.IsInternalTopic(Name(topic)))
            {
                (refused ??= []).Add(Refused(topic, InternalTopicError));
            }
        }

        if (refused is not null)
        {
            Topics(request).RemoveAll(topic => Core.Tenancy.TenantNames.IsInternalTopic(Name(topic)));
        }

        return refused;
    }

    /// <summary>The request's parts, by broker. In the cluster's terms. A broker that is not known any more is null.</summary>
    protected List<(UpstreamBroker? Broker, TRequest Request)> Split(GatewayRequest r, TRequest request)
    {
        var routes = r.Cluster.Routes;
        var any = r.Connection.AnyBroker();
        var parts = LeaderSplit.ByLeader(
            Topics(request), Partitions, (topic, partition) => Leader(Name(topic), Id(topic), Index(partition)), With);
        if (parts.Count == 0)
        {
            return [(any, request)];
        }

        return [.. parts.Select(part => (r.Cluster.Broker(part.NodeId), With(request, part.Topics)))];

        int Leader(string name, Guid id, int partition)
        {
            var isKnown = id == Guid.Empty ? routes.TryLeader(name, partition, out var node) : routes.TryLeader(id, partition, out node);
            return isKnown ? node : any?.NodeId ?? -1;
        }
    }

    /// <summary>The answer to a part that never reached its broker: the client asks for Metadata, and tries again.</summary>
    protected TResponse Unreached(TRequest request)
    {
        var response = new TResponse();
        Answers(response).AddRange(Topics(request).Select(topic => Refused(topic, ErrorCode.NotLeaderOrFollower)));
        return response;
    }

    private async ValueTask<Answer> ServeWholeAsync(GatewayRequest r, TRequest request, List<TTopicAnswer>? refused)
    {
        var isEmpty = refused is not null && Topics(request).Count == 0;
        var reply = !isEmpty && r.Connection.AnyBroker() is { } broker ? await r.AskAsync<TResponse>(broker, request).ConfigureAwait(false) : null;
        return Finish(r, reply?.Message ?? Unreached(request), refused, reply is null ? [] : [reply]);
    }

    private async ValueTask<Answer> ServePartsAsync(GatewayRequest r, List<(UpstreamBroker? Broker, TRequest Request)> parts, List<TTopicAnswer>? refused)
    {
        // All are in line before the first is awaited.
        var asked = parts.ConvertAll(part => part.Broker is null
            ? Task.FromResult<UpstreamReply<TResponse>?>(null)
            : r.AskAsync<TResponse>(part.Broker, part.Request).AsTask());
        var replies = await Task.WhenAll(asked).ConfigureAwait(false);
        TResponse? merged = null;
        for (var i = 0; i < replies.Length; i++)
        {
            var response = replies[i]?.Message ?? Unreached(parts[i].Request);
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

        return Finish(r, merged!, refused, [.. replies.OfType<IDisposable>()]);
    }

    private Answer Finish(GatewayRequest r, TResponse response, List<TTopicAnswer>? refused, params ReadOnlySpan<IDisposable> replies)
    {
        Clean(response);
        r.ToTenant(response);
        if (refused is not null)
        {
            Answers(response).AddRange(refused);
        }

        return r.Write(response, replies);
    }
}
