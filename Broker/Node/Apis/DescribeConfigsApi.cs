using System.Collections.Immutable;
using System.Globalization;
using Broker.Core.Configs;
using Broker.Core.Metadata;
using Broker.Node.Metadata;
using Kernel;
using Protocol.Wire;
using Protocol.Wire.Messages;

namespace Broker.Node.Apis;

/// <summary>Tells settings with their sources, synonyms and types (KIP-133, KIP-226, KIP-569).</summary>
internal sealed class DescribeConfigsApi(MetadataStore metadata) : Api<DescribeConfigsRequest, DescribeConfigsResponse>
{
    private static readonly ImmutableSortedDictionary<string, string> None = ImmutableSortedDictionary<string, string>.Empty;

    protected override ValueTask<DescribeConfigsResponse?> HandleAsync(RequestContext context, DescribeConfigsRequest request)
    {
        var image = metadata.Image;
        var view = new BrokerConfigView(metadata.Configs, image);
        var budget = new EntryBudget<(sbyte, string)>(Limits.MaxDescribedConfigs);
        return new(new DescribeConfigsResponse { Results = request.Resources.ConvertAll(r => Describe(r, request, image, view, budget)) });
    }

    private DescribeConfigsResponse.DescribeConfigsResult Describe(
        DescribeConfigsRequest.DescribeConfigsResource resource,
        DescribeConfigsRequest request,
        ClusterImage image,
        BrokerConfigView view,
        EntryBudget<(sbyte, string)> budget)
    {
        var (error, message, found) = budget.Allows((resource.ResourceType, resource.ResourceName), out var isRepeated)
            ? Find(resource, image, view)
            : Refused(ErrorCode.InvalidRequest, EntryBudget<(sbyte, string)>.Refusal);

        // All that were looked at count, because those that nobody asked for cost as much time.
        ConfigEntry[] entries = [.. found];
        budget.Spend(entries.Length, isRepeated);
        var keys = resource.ConfigurationKeys is { Count: > 0 } wanted ? wanted.ToHashSet(StringComparer.Ordinal) : null;
        return new DescribeConfigsResponse.DescribeConfigsResult
        {
            ErrorCode = (short)error,
            ErrorMessage = message,
            ResourceType = resource.ResourceType,
            ResourceName = resource.ResourceName,
            Configs = [.. entries.Where(e => keys?.Contains(e.Definition.Name) ?? true).Select(e => Entry(e, request))],
        };
    }

    private (ErrorCode Error, string Message, IEnumerable<ConfigEntry> Entries) Find(
        DescribeConfigsRequest.DescribeConfigsResource resource, ClusterImage image, BrokerConfigView view)
    {
        var name = resource.ResourceName;
        switch ((ConfigResourceType)resource.ResourceType)
        {
            case ConfigResourceType.Topic:
                if (TopicNames.WhyIllegal(name) is { } illegal)
                {
                    return Refused(ErrorCode.InvalidTopicException, illegal);
                }

                return image.Find(name) is { } topic
                    ? (ErrorCode.None, "", ConfigEntry.OfTopic(topic, view))
                    : Refused(ErrorCode.UnknownTopicOrPartition, "This server does not host this topic-partition.");
            case ConfigResourceType.Broker:
                if (name.Length == 0)
                {
                    return (ErrorCode.None, "", ConfigEntry.OfAllBrokers(view));
                }

                return IsThisBroker(name)
                    ? (ErrorCode.None, "", ConfigEntry.OfBroker(view))
                    : Refused(ErrorCode.InvalidRequest, $"Unexpected broker id, expected {metadata.Configs.NodeId} or empty string, but received another");
            case ConfigResourceType.BrokerLogger:
                // No logger's level can be changed while the broker runs, so there is none to show.
                return IsThisBroker(name)
                    ? (ErrorCode.None, "", [])
                    : Refused(ErrorCode.InvalidRequest, $"Unexpected broker id, expected {metadata.Configs.NodeId}, but received another");
            case ConfigResourceType.ClientMetrics:
                return name.Length == 0
                    ? Refused(ErrorCode.InvalidRequest, "Client metrics subscription name must not be empty")
                    : (ErrorCode.None, "", ConfigEntry.OfClientMetrics(OwnOf(image, ConfigResourceType.ClientMetrics, name), view));
            case ConfigResourceType.Group:
                return name.Length == 0
                    ? Refused(ErrorCode.InvalidRequest, "Group name must not be empty")
                    : (ErrorCode.None, "", ConfigEntry.OfGroup(OwnOf(image, ConfigResourceType.Group, name), view));
            default:
                return Refused(ErrorCode.InvalidRequest, $"Unsupported resource type: {resource.ResourceType}");
        }
    }

    private static (ErrorCode Error, string Message, IEnumerable<ConfigEntry> Entries) Refused(ErrorCode error, string message) => (error, message, []);

    private static ImmutableSortedDictionary<string, string> OwnOf(ClusterImage image, ConfigResourceType type, string name)
        => image.Configs.GetValueOrDefault(new ConfigResource(type, name), None);

    private bool IsThisBroker(string name)
        => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id == metadata.Configs.NodeId;

    private static DescribeConfigsResponse.DescribeConfigsResult.DescribeConfigsResourceResult Entry(ConfigEntry entry, DescribeConfigsRequest request) => new()
    {
        Name = entry.Definition.Name,
        Value = entry.Value,
        ReadOnly = entry.Definition.IsReadOnly,
        ConfigSource = (sbyte)entry.Source,
        IsSensitive = entry.Definition.IsSensitive,
        ConfigType = (sbyte)entry.Definition.Type,
        Documentation = request.IncludeDocumentation ? entry.Definition.Documentation : null,
        Synonyms = request.IncludeSynonyms
            ? [.. entry.Synonyms.Select(s => new DescribeConfigsResponse.DescribeConfigsResult.DescribeConfigsResourceResult.DescribeConfigsSynonym
            {
                Name = s.Name,
                Value = s.Value,
                Source = (sbyte)s.Source,
            })]
            : [],
    };
}
