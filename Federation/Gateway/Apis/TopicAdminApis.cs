using Federation.Core.Homes;
using Federation.Gateway.Connections;
using Federation.Gateway.Upstream;
using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Messages;
using Deleted = Protocol.Wire.Messages.DeleteTopicsResponse.DeletableTopicResult;
using Extended = Protocol.Wire.Messages.CreatePartitionsResponse.CreatePartitionsTopicResult;

namespace Federation.Gateway.Apis;

/// <summary>
/// DeleteTopics: by name, or by the tenant's id. Federated topics are refused: behind the ledger's back the home's records would be gone, and
/// the copies would stand alone.
/// </summary>
internal sealed class DeleteTopicsApi : GatewayApi<DeleteTopicsRequest, DeleteTopicsResponse>
{
    // Any cluster that knows topic ids in DeleteTopics knows them in Metadata of this version.
    private const short MetadataVersion = 12;

    protected override async ValueTask<Answer> ServeAsync(GatewayRequest r, DeleteTopicsRequest request)
    {
        var controller = Controller(r);
        Dictionary<Guid, string>? names = null;
        if (controller is not null && request.Topics.Exists(t => t.TopicId != Guid.Empty))
        {
            names = await NamesAsync(r, controller, request).ConfigureAwait(false);
            if (names is null)
            {
                return Answer.Close;
            }
        }

        var refused = TakeFederated(r, request, names);
        if (refused.Count > 0 && request.Topics.Count + request.TopicNames.Count == 0)
        {
            return r.Write(new DeleteTopicsResponse { Responses = refused });
        }

        using var reply = await AskAsync(r, controller, request).ConfigureAwait(false);
        if (reply is null)
        {
            return Answer.Close;
        }

        r.ToTenant(reply.Message);
        reply.Message.Responses.AddRange(refused);
        return r.Write(reply.Message);
    }

    /// <summary>
    /// The cluster's names of the topics that the request gives by id, by the tenant's id. Ids that the cluster does not know are left out: it
    /// refuses them itself. Asked of the broker each time, since what the gateway remembers may be older than the topic. Null: it cannot be reached.
    /// </summary>
    private static async ValueTask<Dictionary<Guid, string>?> NamesAsync(GatewayRequest r, UpstreamBroker broker, DeleteTopicsRequest request)
    {
        var ids = request.Topics.Select(t => t.TopicId).Where(id => id != Guid.Empty).Distinct().ToDictionary(r.Tenant.TopicIds.ToCluster);
        var question = new MetadataRequest
        {
            Topics = [.. ids.Keys.Select(id => new MetadataRequest.MetadataRequestTopic { TopicId = id })],
            AllowAutoTopicCreation = false,
        };
        using var reply = await r.AskFirstAsync<MetadataResponse>(broker, question, MetadataVersion).ConfigureAwait(false);
        if (reply is null)
        {
            return null;
        }

        var names = new Dictionary<Guid, string>();
        foreach (var topic in reply.Message.Topics)
        {
            if (topic.Name is { Length: > 0 } name && ids.TryGetValue(topic.TopicId, out var id))
            {
                names[id] = name;
            }
        }

        return names;
    }

    private static List<Deleted> TakeFederated(GatewayRequest r, DeleteTopicsRequest request, Dictionary<Guid, string>? byId)
    {
        var names = r.Tenant.Names;
        var refused = new Dictionary<(string, Guid), Deleted>();
        request.TopicNames.RemoveAll(name => Takes(names.TopicToCluster(name), Guid.Empty));
        request.Topics.RemoveAll(topic =>
            (topic.Name is { } name && Takes(names.TopicToCluster(name), topic.TopicId))
            || (byId is not null && byId.TryGetValue(topic.TopicId, out var named) && Takes(named, topic.TopicId)));
        return [.. refused.Values];

        bool Takes(string clusterName, Guid id)
        {
            if (!r.Tenant.IsFederated(clusterName))
            {
                return false;
            }

            var name = names.ToTenant(clusterName);
            refused[(name, id)] = new()
            {
                Name = name,
                TopicId = id,
                ErrorCode = (short)ErrorCode.PolicyViolation,
                ErrorMessage = name == FederatedTopic.SchemaLogName ? $"Topic '{name}' is the log of the schema registry, and is not deleted by clients."
                    : $"Topic '{name}' is federated: `fed topic delete {name}` deletes it, in all its regions.",
            };
            return true;
        }
    }
}

/// <summary>CreatePartitions. Federated topics are refused: the ledger says how many partitions they have, in all regions.</summary>
internal sealed class CreatePartitionsApi : GatewayApi<CreatePartitionsRequest, CreatePartitionsResponse>
{
    protected override async ValueTask<Answer> ServeAsync(GatewayRequest r, CreatePartitionsRequest request)
    {
        var names = r.Tenant.Names;
        var refused = request.Topics.Select(t => t.Name).Distinct().Where(name => r.Tenant.IsFederated(names.TopicToCluster(name))).Select(name => new Extended
        {
            Name = name,
            ErrorCode = (short)ErrorCode.PolicyViolation,
            ErrorMessage = $"Topic '{name}' is federated: partitions cannot be added to a federated topic yet. Make another one with `fed topic create`.",
        }).ToList();
        request.Topics.RemoveAll(t => refused.Exists(f => f.Name == t.Name));
        if (refused.Count > 0 && request.Topics.Count == 0)
        {
            return r.Write(new CreatePartitionsResponse { Results = refused });
        }

        using var reply = await AskAsync(r, Controller(r), request).ConfigureAwait(false);
        if (reply is null)
        {
            return Answer.Close;
        }

        r.ToTenant(reply.Message);
        reply.Message.Results.AddRange(refused);
        return r.Write(reply.Message);
    }
}
