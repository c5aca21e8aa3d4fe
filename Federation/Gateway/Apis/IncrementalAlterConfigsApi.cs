using Federation.Core.Tenancy;
using Federation.Gateway.Connections;
using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Messages;
using Result = Protocol.Wire.Messages.IncrementalAlterConfigsResponse.AlterConfigsResourceResponse;

namespace Federation.Gateway.Apis;

/// <summary>
/// IncrementalAlterConfigs: a tenant changes its topics and groups. The broker's settings belong to all tenants: they are refused. So are those of
/// a copy: it takes over its home's, and what was changed here would be gone by then.
/// </summary>
internal sealed class IncrementalAlterConfigsApi : GatewayApi<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>
{
    protected override async ValueTask<Answer> ServeAsync(GatewayRequest r, IncrementalAlterConfigsRequest request)
    {
        var said = request.Resources.SelectMany(t => t.Configs).SelectMany(c => new[] { c.Name, c.Value ?? "" }).ToHashSet(StringComparer.Ordinal);
        var names = r.Tenant.Names;
        var refused = new List<Result>();
        request.Resources.RemoveAll(resource =>
        {
            var home = resource.ResourceType is ResourceTypes.Topic ? r.Tenant.HomeOfCopy(names.TopicToCluster(resource.ResourceName)) : null;
            if (home is null && resource.ResourceType is ResourceTypes.Topic or ResourceTypes.Group)
            {
                return false;
            }

            var (error, text) = home is not null
                ? (ErrorCode.PolicyViolation,
                    $"Topic '{resource.ResourceName}' is the read-only copy of a topic whose home is region {home}: change the settings there, it follows.")
                : resource.ResourceType is ResourceTypes.Broker or ResourceTypes.BrokerLogger or ResourceTypes.ClientMetrics
                ? (ErrorCode.ClusterAuthorizationFailed, "The cluster's settings are not a tenant's to change.")
                : (ErrorCode.InvalidRequest, $"Unsupported resource type: {resource.ResourceType}");
            refused.Add(new() { ResourceType = resource.ResourceType, ResourceName = resource.ResourceName, ErrorCode = (short)error, ErrorMessage = text });
            return true;
        });

        if (refused.Count > 0 && request.Resources.Count == 0)
        {
            return r.Write(new IncrementalAlterConfigsResponse { Responses = refused });
        }

        using var reply = await AskAsync(r, Controller(r), request).ConfigureAwait(false);
        if (reply is null)
        {
            return Answer.Close;
        }

        r.ToTenant(reply.Message, said: said.Contains);
        reply.Message.Responses.AddRange(refused);
        return r.Write(reply.Message);
    }
}
