using Federation.Core.Tenancy;
using Federation.Gateway.Connections;
using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Messages;
using Result = Protocol.Wire.Messages.CreateTopicsResponse.CreatableTopicResult;

namespace Federation.Gateway.Apis;

/// <summary>CreateTopics: names that are too long behind the prefix, and Kafka's own, are refused here, in the tenant's terms.</summary>
internal sealed class CreateTopicsApi : GatewayApi<CreateTopicsRequest, CreateTopicsResponse>
{
    protected override async ValueTask<Answer> ServeAsync(GatewayRequest r, CreateTopicsRequest request)
    {
        var said = request.Topics.SelectMany(t => t.Configs).SelectMany(c => new[] { c.Name, c.Value ?? "" }).ToHashSet(StringComparer.Ordinal);
        var refused = TakeRefused(r.Tenant.Names, request);
        if (refused.Count > 0 && request.Topics.Count == 0)
        {
            return r.Write(new CreateTopicsResponse { Topics = refused });
        }

        using var reply = await AskAsync(r, Controller(r), request).ConfigureAwait(false);
        if (reply is null)
        {
            return Answer.Close;
        }

        r.ToTenant(reply.Message, said: said.Contains);
        reply.Message.Topics.AddRange(refused);
        return r.Write(reply.Message);
    }

    private static List<Result> TakeRefused(TenantNames names, CreateTopicsRequest request)
    {
        var refused = new List<Result>();
        foreach (var topic in request.Topics.Where(t => Refusal(names, t.Name).Error != ErrorCode.None).DistinctBy(t => t.Name))
        {
            var (error, text) = request.Topics.Count(t => t.Name == topic.Name) > 1
                ? (ErrorCode.InvalidRequest, "Duplicate topic name.")
                : Refusal(names, topic.Name);
            refused.Add(new() { Name = topic.Name, ErrorCode = (short)error, ErrorMessage = text });
        }

        request.Topics.RemoveAll(t => Refusal(names, t.Name).Error != ErrorCode.None);
        return refused;
    }

    private static (ErrorCode Error, string Text) Refusal(TenantNames names, string name) =>
        name.Length > names.MaxTopicChars
            ? (ErrorCode.InvalidTopicException, $"Topic name is illegal: it has {name.Length} characters, and {names.MaxTopicChars} are allowed here.")
        : TenantNames.IsInternalTopic(name) ? (ErrorCode.TopicAlreadyExists, $"Topic '{name}' already exists.")
        : name == TenantNames.MetadataTopic ? (ErrorCode.InvalidRequest, $"Creation of internal topic {name} is prohibited.")
        : (ErrorCode.None, "");
}
