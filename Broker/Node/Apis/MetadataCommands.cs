using Broker.Core.Metadata;
using Broker.Node.Metadata;
using Protocol.Wire;

namespace Broker.Node.Apis;

/// <summary>Commands of clients: a log that cannot be written is an answer to each topic or resource of them, and not the end of the connection.</summary>
internal static class MetadataCommands
{
    public static ValueTask<ClusterReply.Topics> ForTopicsAsync(this MetadataStore metadata, ClusterCommand command, IEnumerable<string> names) =>
        metadata.ForTopicsAsync(command, names.Select(name => new TopicReference(name, Guid.Empty)));

    public static async ValueTask<ClusterReply.Topics> ForTopicsAsync(this MetadataStore metadata, ClusterCommand command, IEnumerable<TopicReference> topics)
    {
        try
        {
            return (ClusterReply.Topics)await metadata.ExecuteAsync(command).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            return new([.. topics.Select(t => new TopicResult(t.Name, t.Id, ErrorCode.KafkaStorageError, Text(e)))]);
        }
    }

    public static async ValueTask<ClusterReply.Configs> AlterAsync(this MetadataStore metadata, IReadOnlyList<ConfigChanges> resources, bool validateOnly)
    {
        try
        {
            return (ClusterReply.Configs)await metadata.ExecuteAsync(new ClusterCommand.AlterConfigs(resources, validateOnly)).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            return new([.. resources.Select(r => new ConfigResult(r.ResourceType, r.ResourceName, ErrorCode.KafkaStorageError, Text(e)))]);
        }
    }

    private static string Text(IOException failure) => $"The metadata log cannot be written: {failure.Message}";
}
