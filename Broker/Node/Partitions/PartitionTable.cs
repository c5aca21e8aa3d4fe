using System.Collections.Concurrent;
using Broker.Core.Metadata;

namespace Broker.Node.Partitions;

/// <summary>
/// All topics and partitions of this broker. The owner of the metadata log puts and removes topics, one call at a time; look-ups come from
/// any thread and take no lock.
/// </summary>
public sealed class PartitionTable(PartitionTableOptions options)
{
    /// <summary>What the host gave.</summary>
    public PartitionTableOptions Options { get; } = options;

    private readonly ConcurrentDictionary<string, Topic> _byName = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Guid, Topic> _byId = new();

    /// <summary>All topics, in no order.</summary>
    public IEnumerable<Topic> Topics => _byId.Values;

    public Topic? FindTopic(string name) => _byName.GetValueOrDefault(name);

    public Topic? FindTopic(Guid id) => _byId.GetValueOrDefault(id);

    /// <summary>The partition, or null when the topic or the index is unknown.</summary>
    public Partition? Find(string topic, int index) => FindTopic(topic)?.Find(index);

    /// <summary>The partition, or null when the topic or the index is unknown.</summary>
    public Partition? Find(Guid topicId, int index) => FindTopic(topicId)?.Find(index);

    /// <summary>
    /// Adds a topic, or updates one: more partitions, other settings, another mirror origin. After the call its partitions accept appends.
    /// </summary>
    /// <param name="leaderEpoch">The epoch of this broker's leadership of the topic's partitions.</param>
    public Topic Put(TopicImage image, LogSettings settings, int leaderEpoch)
    {
        if (_byId.TryGetValue(image.Id, out var topic))
        {
            topic.Image = image;
            topic.Settings = settings;
        }
        else
        {
            topic = new Topic(image, settings);
        }

        if (topic.Partitions.Count < image.PartitionCount)
        {
            var partitions = new Partition[image.PartitionCount];
            for (var i = 0; i < partitions.Length; i++)
            {
                partitions[i] = topic.Find(i) ?? new Partition(topic, i);
            }

            topic.SetPartitions(partitions);
        }

        _byId[image.Id] = topic;
        _byName[image.Name] = topic;
        return topic;
    }

    /// <summary>Forgets a topic: whoever waits for it is answered with UNKNOWN_TOPIC_OR_PARTITION, and its logs are deleted.</summary>
    public void Remove(Guid topicId)
    {
        if (_byId.TryRemove(topicId, out var topic))
        {
            _byName.TryRemove(new KeyValuePair<string, Topic>(topic.Name, topic));
        }
    }
}
