using Federation.Core.Tenancy;
using Federation.Gateway.Connections;
using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Messages;
using Topic = Protocol.Wire.Messages.MetadataRequest.MetadataRequestTopic;
using TopicAnswer = Protocol.Wire.Messages.MetadataResponse.MetadataResponseTopic;

namespace Federation.Gateway.Apis;

/// <summary>
/// Metadata: the tenant's topics behind one virtual broker. What the cluster says of its leaders is kept on the way, because that is when
/// clients have learned that a leader moved.
/// </summary>
internal sealed class MetadataApi : GatewayApi<MetadataRequest, MetadataResponse>
{
    protected override async ValueTask<Answer> ServeAsync(GatewayRequest r, MetadataRequest request)
    {
        var isAll = request.Topics is null || (r.Version == 0 && request.Topics.Count == 0);
        var internals = TakeInternal(request);

        // With no topic left, version 0 would ask for all of them.
        var isNone = internals is not null && request.Topics!.Count == 0;
        using var reply = await AskAsync(r, r.Connection.AnyBroker(), request).ConfigureAwait(false);
        if (reply is null)
        {
            return Answer.Close;
        }

        var answer = reply.Message;
        r.Cluster.Learn(answer);
        if (isNone)
        {
            answer.Topics.Clear();
        }

        AnswerFilter.JoinReplicas(answer);
        if (isAll)
        {
            r.Tenant.Filter.MetadataOfAll(answer);
        }
        else
        {
            r.Tenant.Filter.Metadata(answer);
        }

        r.ToTenant(answer);
        if (internals is not null)
        {
            answer.Topics.AddRange(internals);
        }

        return r.Write(answer);
    }

    // A tenant sees none of the cluster's own topics, and asking for one must not make a topic of that name behind the prefix.
    private static List<TopicAnswer>? TakeInternal(MetadataRequest request)
    {
        List<TopicAnswer>? taken = null;
        request.Topics?.RemoveAll(topic =>
        {
            if (!IsInternal(topic))
            {
                return false;
            }

            (taken ??= []).Add(new() { Name = topic.Name, ErrorCode = (short)ErrorCode.UnknownTopicOrPartition });
            return true;
        });
        return taken;
    }

    private static bool IsInternal(Topic topic) =>
        topic.TopicId == Guid.Empty && topic.Name is { } name && (TenantNames.IsInternalTopic(name) || name == TenantNames.MetadataTopic);
}
