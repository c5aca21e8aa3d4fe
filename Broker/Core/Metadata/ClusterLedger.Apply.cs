using System.Collections.Immutable;
using Kernel;

namespace Broker.Core.Metadata;

public sealed partial class ClusterLedger
{
    private static readonly ImmutableSortedDictionary<string, string> NoConfigs = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Applies a record of the log. Never refuses: what does not fit any more changes nothing but <see cref="ClusterImage.Version"/>.</summary>
    public void Apply(ClusterRecord record)
    {
        var image = record switch
        {
            ClusterRecord.ClusterFormed formed => Image with { ClusterId = formed.ClusterId },
            ClusterRecord.BrokerStarted started => Image with { BrokerEpoch = Math.Max(Image.BrokerEpoch, started.BrokerEpoch) },
            ClusterRecord.TopicCreated created => WithNew(created),
            ClusterRecord.TopicDeleted deleted => Without(deleted.Id),
            ClusterRecord.PartitionsAdded added => With(added.Id, topic => topic with { PartitionCount = Math.Max(topic.PartitionCount, added.PartitionCount) }),
            ClusterRecord.ConfigChanged changed => WithConfig(changed),
            ClusterRecord.MirrorFenced fenced => WithMirror(fenced.TopicId, null, fenced.FencingEpoch),
            ClusterRecord.MirrorMoved moved => WithMirror(moved.TopicId, moved.Region, moved.FencingEpoch),
            ClusterRecord.ProducerIdsAllocated allocated => Image with { NextProducerId = Math.Max(Image.NextProducerId, allocated.NextProducerId) },
            _ => throw new InvariantBrokenException($"unknown record {record.GetType().Name}"),
        };
        Image = image with { Version = Image.Version + 1 };
    }

    /// <summary>Goes back to an image that it had: what was applied since could not be written.</summary>
    public void Return(ClusterImage image)
    {
        Image = image;
        _byCollisionKey.Clear();
        foreach (var name in image.Topics.Keys)
        {
            _byCollisionKey[TopicNames.CollisionKey(name)] = name;
        }
    }

    /// <summary>Replaces everything by a snapshot: the records that rebuild an image, and the version that the image had.</summary>
    public void Restore(IEnumerable<ClusterRecord> snapshot, long version)
    {
        Image = ClusterImage.Empty;
        _byCollisionKey.Clear();
        foreach (var record in snapshot)
        {
            Apply(record);
        }

        Image = Image with { Version = version };
    }

    /// <summary>The records that rebuild an image from nothing. Applied to an empty ledger they give the same image, but for its version.</summary>
    public static IEnumerable<ClusterRecord> SnapshotOf(ClusterImage image)
    {
        if (image.ClusterId.Length > 0)
        {
            yield return new ClusterRecord.ClusterFormed(image.ClusterId);
        }

        if (image.BrokerEpoch >= 0)
        {
            yield return new ClusterRecord.BrokerStarted(image.BrokerEpoch);
        }

        if (image.NextProducerId > 0)
        {
            yield return new ClusterRecord.ProducerIdsAllocated(image.NextProducerId);
        }

        foreach (var (resource, configs) in image.Configs)
        {
            foreach (var (name, value) in configs)
            {
                yield return new ClusterRecord.ConfigChanged(resource, name, value);
            }
        }

        foreach (var topic in image.Topics.Values)
        {
            yield return new ClusterRecord.TopicCreated(topic.Id, topic.Name, topic.PartitionCount, [.. topic.Configs], topic.Mirror, topic.FirstLeaderEpoch);
        }
    }

    private ClusterImage WithNew(ClusterRecord.TopicCreated created)
    {
        if (Image.TopicsById.ContainsKey(created.Id) || Image.Topics.ContainsKey(created.Name))
        {
            return Image;
        }

        var configs = NoConfigs.SetItems(created.Configs);
        _byCollisionKey[TopicNames.CollisionKey(created.Name)] = created.Name;
        return With(new TopicImage(created.Id, created.Name, created.PartitionCount, configs, created.FirstLeaderEpoch, created.Mirror));
    }

    private ClusterImage Without(Guid id)
    {
        if (Image.Find(id) is not { } topic)
        {
            return Image;
        }

        _byCollisionKey.Remove(TopicNames.CollisionKey(topic.Name));
        return Image with { Topics = Image.Topics.Remove(topic.Name), TopicsById = Image.TopicsById.Remove(id) };
    }

    private ClusterImage With(TopicImage topic)
        => Image with { Topics = Image.Topics.SetItem(topic.Name, topic), TopicsById = Image.TopicsById.SetItem(topic.Id, topic) };

    private ClusterImage With(Guid id, Func<TopicImage, TopicImage> change) => Image.Find(id) is { } topic ? With(change(topic)) : Image;

    private ClusterImage WithConfig(ClusterRecord.ConfigChanged changed)
    {
        if (changed.Resource.Type == ConfigResourceType.Topic)
        {
            return Image.Find(changed.Resource.Name) is { } topic ? With(topic with { Configs = Changed(topic.Configs, changed) }) : Image;
        }

        var configs = Changed(Image.Configs.GetValueOrDefault(changed.Resource, NoConfigs), changed);
        return Image with
        {
            Configs = configs.IsEmpty ? Image.Configs.Remove(changed.Resource) : Image.Configs.SetItem(changed.Resource, configs),
        };
    }

    private ClusterImage WithMirror(Guid id, string? region, long fencingEpoch) => With(id, topic =>
        topic.Mirror is { } mirror && fencingEpoch >= mirror.FencingEpoch
            ? topic with { Mirror = new MirrorOrigin(region ?? mirror.Region, fencingEpoch) }
            : topic);

    private static ImmutableSortedDictionary<string, string> Changed(ImmutableSortedDictionary<string, string> configs, ClusterRecord.ConfigChanged changed)
        => changed.Value is { } value ? configs.SetItem(changed.Name, value) : configs.Remove(changed.Name);
}
