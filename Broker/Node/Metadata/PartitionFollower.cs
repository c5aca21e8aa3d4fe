using Broker.Core.Configs;
using Broker.Core.Metadata;
using Broker.Node.Partitions;
using Microsoft.Extensions.Logging;

namespace Broker.Node.Metadata;

/// <summary>
/// Keeps the partition table as the metadata says. Subscribed to <see cref="MetadataStore.Applied"/>, so that a topic's logs accept records
/// before any client can hear of it.
/// </summary>
internal sealed partial class PartitionFollower(PartitionTable partitions, StaticBrokerConfigs configs, ILogger logger)
{
    /// <summary>Carries out a change. A topic that cannot be opened is logged and answered as unknown; the others are not affected.</summary>
    public void Apply(ClusterImage before, ClusterImage after, IReadOnlyList<ClusterRecord> records)
    {
        // A start and the broker's own settings concern every topic.
        if (before.BrokerEpoch != after.BrokerEpoch || !ReferenceEquals(before.Configs, after.Configs))
        {
            PutAll(after);
        }

        foreach (var id in records.Select(r => TopicOf(r, after)).OfType<Guid>().Distinct())
        {
            if (after.Find(id) is { } topic)
            {
                Put(topic, after, new BrokerConfigView(configs, after));
            }
            else
            {
                Remove(id);
            }
        }
    }

    private static Guid? TopicOf(ClusterRecord record, ClusterImage after) => record switch
    {
        ClusterRecord.TopicCreated created => created.Id,
        ClusterRecord.TopicDeleted deleted => deleted.Id,
        ClusterRecord.PartitionsAdded added => added.Id,
        ClusterRecord.MirrorFenced fenced => fenced.TopicId,
        ClusterRecord.MirrorMoved moved => moved.TopicId,
        ClusterRecord.ConfigChanged { Resource.Type: ConfigResourceType.Topic } changed => after.Find(changed.Resource.Name)?.Id,
        _ => null,
    };

    private void PutAll(ClusterImage image)
    {
        var view = new BrokerConfigView(configs, image);
        foreach (var topic in image.Topics.Values)
        {
            Put(topic, image, view);
        }
    }

    private void Put(TopicImage topic, ClusterImage image, BrokerConfigView view)
    {
        try
        {
            partitions.Put(topic, LogSettings.Of(topic, view), image.LeaderEpochOf(topic));
        }
        catch (Exception e)
        {
            LogPutFailed(logger, e, topic.Name);
        }
    }

    private void Remove(Guid id)
    {
        try
        {
            partitions.Remove(id);
        }
        catch (Exception e)
        {
            LogRemoveFailed(logger, e, id);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Topic {Topic} could not be opened.")]
    private static partial void LogPutFailed(ILogger logger, Exception failure, string topic);

    [LoggerMessage(Level = LogLevel.Error, Message = "The logs of topic {Topic} could not be removed.")]
    private static partial void LogRemoveFailed(ILogger logger, Exception failure, Guid topic);
}
