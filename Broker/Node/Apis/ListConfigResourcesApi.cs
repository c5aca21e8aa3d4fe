using System.Globalization;
using Broker.Core.Metadata;
using Broker.Node.Metadata;
using Protocol.Wire;
using Protocol.Wire.Messages;
using Resource = Protocol.Wire.Messages.ListConfigResourcesResponse.ConfigResource;

namespace Broker.Node.Apis;

/// <summary>
/// Lists what can be configured (KIP-714, KIP-1142): all topics, this broker and its loggers, and the groups and client metrics subscriptions
/// that have settings of their own.
/// </summary>
internal sealed class ListConfigResourcesApi(MetadataStore metadata) : Api<ListConfigResourcesRequest, ListConfigResourcesResponse>
{
    private static readonly sbyte[] All =
    [
        (sbyte)ConfigResourceType.Topic,
        (sbyte)ConfigResourceType.Broker,
        (sbyte)ConfigResourceType.BrokerLogger,
        (sbyte)ConfigResourceType.ClientMetrics,
        (sbyte)ConfigResourceType.Group,
    ];

    protected override ValueTask<ListConfigResourcesResponse?> HandleAsync(RequestContext context, ListConfigResourcesRequest request)
    {
        // Version 0 had client metrics only and said no type.
        sbyte[] types = context.Version == 0 ? [(sbyte)ConfigResourceType.ClientMetrics] : request.ResourceTypes.Count == 0 ? All : [.. request.ResourceTypes.Distinct()];
        if (types.Except(All).Any())
        {
            return new(new ListConfigResourcesResponse { ErrorCode = (short)ErrorCode.UnsupportedVersion });
        }

        var image = metadata.Image;
        return new(new ListConfigResourcesResponse
        {
            ConfigResources = [.. types.SelectMany(type =>
                Names(image, (ConfigResourceType)type).Select(name => new Resource { ResourceName = name, ResourceType = type }))],
        });
    }

    private IEnumerable<string> Names(ClusterImage image, ConfigResourceType type) => type switch
    {
        ConfigResourceType.Topic => image.Topics.Keys,
        ConfigResourceType.Broker or ConfigResourceType.BrokerLogger => [metadata.Configs.NodeId.ToString(CultureInfo.InvariantCulture)],
        _ => image.Configs.Keys.Where(resource => resource.Type == type).Select(resource => resource.Name),
    };
}
