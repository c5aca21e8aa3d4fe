using Broker.Core.Metadata;
using Broker.Node.Metadata;
using Broker.Node.Partitions;
using Protocol.Wire;
using Protocol.Wire.Messages;

namespace Broker.Node.Apis;

/// <summary>
/// Tells the broker, and topics with their partitions and leaders. An unknown topic that may be made is made before the answer, which still
/// says UNKNOWN_TOPIC_OR_PARTITION as Kafka's does: the client asks again and finds it.
/// </summary>
internal sealed class MetadataApi(MetadataStore metadata, PartitionTable partitions, BrokerOptions options) : Api<MetadataRequest, MetadataResponse>
{
    private const short FirstWithIds = 10;
    private const short FirstThatServesIds = 12;

    protected override ValueTask<MetadataResponse?> HandleAsync(RequestContext context, MetadataRequest request)
    {
        var asked = request.Topics;
        if (asked is null || (context.Version == 0 && asked.Count == 0))
        {
            return new(Answer(context, request, metadata.Image, image => image.Topics.Values.Select(t => Known(image, t, request))));
        }

        var byId = asked.Where(t => t.TopicId != Guid.Empty).Select(t => t.TopicId).Distinct().ToList();
        if (context.Version is >= FirstWithIds and < FirstThatServesIds && (byId.Count > 0 || asked.Exists(t => t.Name is null)))
        {
            return new(Refused(request, ErrorCode.InvalidRequest));
        }

        // With any id, only ids count; names beside them are not looked at.
        if (byId.Count > 0)
        {
            return new(Answer(context, request, metadata.Image, image => byId.Select(id => ById(image, id, request))));
        }

        if (asked.Exists(t => t.Name is null))
        {
            return new(Refused(request, ErrorCode.UnknownServerError));
        }

        var names = asked.Select(t => t.Name!).Distinct(StringComparer.Ordinal).ToList();
        var image = metadata.Image;
        var missing = request.AllowAutoTopicCreation ? names.FindAll(name => IsMissing(image, name)) : [];
        return missing.Count > 0 && metadata.Settings.Bool("auto.create.topics.enable")
            ? CreateAsync(context, request, image, names, missing)
            : new(Answer(context, request, image, i => names.Select(name => ByName(i, name, request))));
    }

    private async ValueTask<MetadataResponse?> CreateAsync(
        RequestContext context, MetadataRequest request, ClusterImage image, List<string> names, List<string> missing)
    {
        var topics = missing.ConvertAll(name => NewTopics.Automatic(name, metadata.Settings));
        var command = new ClusterCommand.CreateTopics(topics, ValidateOnly: false, Entropy.Next());
        var reply = await metadata.ForTopicsAsync(command, topics.Select(t => t.Name)).ConfigureAwait(false);

        // The image from before: the first answer is "unknown", whoever asks.
        var refused = reply.Results
            .Where(r => r.Error is not (ErrorCode.None or ErrorCode.TopicAlreadyExists))
            .ToDictionary(r => r.Name!, r => r.Error, StringComparer.Ordinal);
        return Answer(context, request, image, i => names.Select(name =>
            refused.TryGetValue(name, out var error) ? Unknown(name, Guid.Empty, error) : ByName(i, name, request)));
    }

    private MetadataResponse Answer(
        RequestContext context, MetadataRequest request, ClusterImage image, Func<ClusterImage, IEnumerable<MetadataResponse.MetadataResponseTopic>> topics) => new()
    {
        ClusterId = image.ClusterId,
        ControllerId = options.NodeId,
        Brokers = [new MetadataResponse.MetadataResponseBroker
        {
            NodeId = options.NodeId,
            Host = context.Connection.Listener.AdvertisedHost,
            Port = context.Connection.Listener.AdvertisedPort,
            Rack = options.Rack,
        }],
        Topics = [.. topics(image)],
        ClusterAuthorizedOperations = request.IncludeClusterAuthorizedOperations ? AuthorizedOperations.OfCluster : AuthorizedOperations.NotAsked,
    };

    private static bool IsMissing(ClusterImage image, string name)
        => image.Find(name) is null && TopicNames.WhyIllegal(name) is null && name != TopicNames.ClusterMetadata;

    private MetadataResponse.MetadataResponseTopic ById(ClusterImage image, Guid id, MetadataRequest request)
        => image.Find(id) is { } topic ? Known(image, topic, request) : Unknown(null, id, ErrorCode.UnknownTopicId);

    private MetadataResponse.MetadataResponseTopic ByName(ClusterImage image, string name, MetadataRequest request)
    {
        if (image.Find(name) is { } topic)
        {
            return Known(image, topic, request);
        }

        return Unknown(name, Guid.Empty, TopicNames.WhyIllegal(name) is null ? ErrorCode.UnknownTopicOrPartition : ErrorCode.InvalidTopicException);
    }

    private static MetadataResponse.MetadataResponseTopic Unknown(string? name, Guid id, ErrorCode error) => new()
    {
        ErrorCode = (short)error,
        Name = name,
        TopicId = id,
        IsInternal = name is not null && TopicNames.IsInternal(name),
    };

    private MetadataResponse.MetadataResponseTopic Known(ClusterImage image, TopicImage topic, MetadataRequest request)
    {
        var answered = new List<MetadataResponse.MetadataResponseTopic.MetadataResponsePartition>(topic.PartitionCount);

        // One broker has everything, so all partitions share one list: it is only read.
        List<int> brokers = [options.NodeId];
        var epoch = image.LeaderEpochOf(topic);
        var led = partitions.FindTopic(topic.Id);
        for (var i = 0; i < topic.PartitionCount; i++)
        {
            answered.Add(new MetadataResponse.MetadataResponseTopic.MetadataResponsePartition
            {
                PartitionIndex = i,
                LeaderId = options.NodeId,
                LeaderEpoch = led?.Find(i)?.AnnouncedEpoch ?? epoch,
                ReplicaNodes = brokers,
                IsrNodes = brokers,
            });
        }

        return new MetadataResponse.MetadataResponseTopic
        {
            Name = topic.Name,
            TopicId = topic.Id,
            IsInternal = topic.IsInternal,
            Partitions = answered,
            TopicAuthorizedOperations = request.IncludeTopicAuthorizedOperations ? AuthorizedOperations.OfTopic : AuthorizedOperations.NotAsked,
        };
    }

    /// <summary>What Kafka answers when a request as a whole cannot be served: each topic with the error, and no broker.</summary>
    private static MetadataResponse Refused(MetadataRequest request, ErrorCode error) => new()
    {
        Topics = [.. request.Topics!.Select(t => Unknown(t.Name ?? "", t.TopicId, error))],
        ErrorCode = (short)error,
    };
}
