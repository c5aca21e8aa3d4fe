using Broker.Core.Metadata;
using Broker.Node.Metadata;
using Protocol.Wire.Messages;

namespace Broker.Node.Apis;

/// <summary>Replaces all settings of a resource by those given (KIP-133). Newer clients use IncrementalAlterConfigs; older ones know only this.</summary>
internal sealed class AlterConfigsApi(MetadataStore metadata) : Api<AlterConfigsRequest, AlterConfigsResponse>
{
    private const sbyte Set = 0;

    protected override async ValueTask<AlterConfigsResponse?> HandleAsync(RequestContext context, AlterConfigsRequest request)
    {
        var resources = request.Resources.ConvertAll(r =>
            new ConfigChanges(r.ResourceType, r.ResourceName, r.Configs.ConvertAll(c => new ConfigChange(c.Name, Set, c.Value)), Replaces: true));
        var reply = await metadata.AlterAsync(resources, request.ValidateOnly).ConfigureAwait(false);
        return new AlterConfigsResponse
        {
            Responses = [.. reply.Results.Select(r => new AlterConfigsResponse.AlterConfigsResourceResponse
            {
                ErrorCode = (short)r.Error,
                ErrorMessage = r.Message,
                ResourceType = r.ResourceType,
                ResourceName = r.ResourceName,
            })],
        };
    }
}
