using Federation.Core.Tenancy;
using Federation.Gateway.Connections;
using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Messages;
using Resource = Protocol.Wire.Messages.DescribeConfigsRequest.DescribeConfigsResource;
using Result = Protocol.Wire.Messages.DescribeConfigsResponse.DescribeConfigsResult;

namespace Federation.Gateway.Apis;

/// <summary>DescribeConfigs: the tenant's topics and groups, and of the virtual broker what says nothing of the real ones.</summary>
internal sealed class DescribeConfigsApi : GatewayApi<DescribeConfigsRequest, DescribeConfigsResponse>
{
    protected override async ValueTask<Answer> ServeAsync(GatewayRequest r, DescribeConfigsRequest request)
    {
        var refused = new List<Result>();
        request.Resources.RemoveAll(resource =>
        {
            var (error, text) = Refusal(r.Tenant.View, resource);
            if (error == ErrorCode.None)
            {
                return false;
            }

            refused.Add(new() { ResourceType = resource.ResourceType, ResourceName = resource.ResourceName, ErrorCode = (short)error, ErrorMessage = text });
            return true;
        });

        if (refused.Count > 0 && request.Resources.Count == 0)
        {
            return r.Write(new DescribeConfigsResponse { Results = refused });
        }

        using var reply = await AskAsync(r, r.Connection.AnyBroker(), request).ConfigureAwait(false);
        if (reply is null)
        {
            return Answer.Close;
        }

        foreach (var result in reply.Message.Results)
        {
            r.Tenant.Configs.Apply(result);
        }

        r.ToTenant(reply.Message);
        reply.Message.Results.AddRange(refused);
        return r.Write(reply.Message);
    }

    private static (ErrorCode Error, string Text) Refusal(TenantView view, Resource resource) => resource.ResourceType switch
    {
        ResourceTypes.Topic or ResourceTypes.Group or ResourceTypes.ClientMetrics => (ErrorCode.None, ""),
        ResourceTypes.Broker when resource.ResourceName.Length == 0 || resource.ResourceName == $"{view.NodeId}" => (ErrorCode.None, ""),
        ResourceTypes.Broker => (ErrorCode.InvalidRequest, $"Unexpected broker id, expected {view.NodeId} or empty string, but received {resource.ResourceName}"),
        ResourceTypes.BrokerLogger => (ErrorCode.ClusterAuthorizationFailed, "The broker's loggers are not a tenant's."),
        _ => (ErrorCode.InvalidRequest, $"Unsupported resource type: {resource.ResourceType}"),
    };
}
