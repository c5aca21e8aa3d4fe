using Broker.Core.Metadata;
using Broker.Node.Metadata;
using Protocol.Wire.Messages;

namespace Broker.Node.Apis;

/// <summary>Changes single settings of topics, brokers, groups and client metrics subscriptions (KIP-339).</summary>
internal sealed class IncrementalAlterConfigsApi(MetadataStore metadata) : Api<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>
{
    protected override async ValueTask<IncrementalAlterConfigsResponse?> HandleAsync(RequestContext context, IncrementalAlterConfigsRequest request)
    {
        var resources = request.Resources.ConvertAll(r =>
            new ConfigChanges(r.ResourceType, r.ResourceName, r.Configs.ConvertAll(c => new ConfigChange(c.Name, c.ConfigOperation, c.Value))));
        var reply = await metadata.AlterAsync(resources, request.ValidateOnly).ConfigureAwait(false);
        return new IncrementalAlterConfigsResponse
        {
            Responses = [.. reply.Results.Select(r => new IncrementalAlterConfigsResponse.AlterConfigsResourceResponse
            {
                ErrorCode = (short)r.Error,
                ErrorMessage = r.Message,
                ResourceType = r.ResourceType,
                ResourceName = r.ResourceName,
            })],
        };
    }
}
