using Broker.Core.Configs;
using Broker.Core.Metadata;
using Broker.Node.Metadata;
using Protocol.Wire;
using Protocol.Wire.Messages;

namespace Broker.Node.Apis;

/// <summary>Makes topics. A success says what was made, with all settings (KIP-525).</summary>
internal sealed class CreateTopicsApi(MetadataStore metadata) : Api<CreateTopicsRequest, CreateTopicsResponse>
{
    private const short OneReplica = 1;

    protected override async ValueTask<CreateTopicsResponse?> HandleAsync(RequestContext context, CreateTopicsRequest request)
    {
        var topics = request.Topics.FindAll(t => !TopicNames.IsInternal(t.Name)).ConvertAll(t => new NewTopic(
            t.Name,
            t.NumPartitions,
            t.ReplicationFactor,
            t.Assignments.ConvertAll(a => new PartitionAssignment(a.PartitionIndex, a.BrokerIds)),
            t.Configs.ConvertAll(c => new KeyValuePair<string, string?>(c.Name, c.Value))));
        var command = new ClusterCommand.CreateTopics(topics, request.ValidateOnly, Entropy.Next());
        var reply = await metadata.ForTopicsAsync(command, topics.Select(t => t.Name)).ConfigureAwait(false);
        var settings = metadata.Settings;

        // A name that was given twice is answered once.
        var results = reply.Results
            .Concat(request.Topics.Where(t => TopicNames.IsInternal(t.Name)).Select(Taken))
            .DistinctBy(r => r.Name, StringComparer.Ordinal);
        return new CreateTopicsResponse { Topics = [.. results.Select(r => Result(r, topics.Find(t => t.Name == r.Name)?.Configs ?? [], settings))] };
    }

    /// <summary>The broker's own topics are made by it, with the settings that they need; whether that has happened yet is not the client's business.</summary>
    private static TopicResult Taken(CreateTopicsRequest.CreatableTopic topic)
        => new(topic.Name, Guid.Empty, ErrorCode.TopicAlreadyExists, $"Topic '{topic.Name}' already exists.");

    /// <param name="given">What the client set. It is told as it was given, blanks included, though it is kept in canonical form: Kafka does both.</param>
    private static CreateTopicsResponse.CreatableTopicResult Result(
        TopicResult result, IReadOnlyList<KeyValuePair<string, string?>> given, BrokerConfigView settings)
    {
        var answer = new CreateTopicsResponse.CreatableTopicResult { Name = result.Name!, ErrorCode = (short)result.Error, ErrorMessage = result.Message };
        if (result.Error == ErrorCode.None && result.Topic is { } topic)
        {
            answer.TopicId = topic.Id;
            answer.NumPartitions = topic.PartitionCount;
            answer.ReplicationFactor = OneReplica;
            answer.Configs = [.. ConfigEntry.OfTopic(topic, settings).Select(c => new CreateTopicsResponse.CreatableTopicResult.CreatableTopicConfigs
            {
                Name = c.Definition.Name,
                Value = given.LastOrDefault(g => g.Key == c.Definition.Name).Value ?? c.Value,
                ReadOnly = c.Definition.IsReadOnly,
                ConfigSource = (sbyte)c.Source,
                IsSensitive = c.Definition.IsSensitive,
            })];
        }

        return answer;
    }
}
