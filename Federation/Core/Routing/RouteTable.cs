using System.Collections.Immutable;
using Kernel;
using Protocol.Wire;
using Protocol.Wire.Messages;

namespace Federation.Core.Routing;

/// <summary>A broker of the cluster behind the gateway.</summary>
public readonly record struct BrokerAddress(int NodeId, string Host, int Port);

/// <summary>
/// What a gateway knows of the cluster behind it: brokers, controller, and who leads which partition, by the cluster's own names. Made of
/// Metadata answers that pass through. It may be old: a broker that does not lead says so, the client asks for Metadata, and that answer
/// comes by here. Immutable; swapped whole.
/// </summary>
public sealed record RouteTable
{
    /// <summary>Before the first answer.</summary>
    public static readonly RouteTable Empty = new();

    private ImmutableDictionary<string, TopicRoute> _topics = ImmutableDictionary.Create<string, TopicRoute>(StringComparer.Ordinal);
    private ImmutableDictionary<Guid, TopicRoute> _byId = ImmutableDictionary<Guid, TopicRoute>.Empty;

    /// <summary>The brokers, by id.</summary>
    public ImmutableSortedDictionary<int, BrokerAddress> Brokers { get; private init; } = ImmutableSortedDictionary<int, BrokerAddress>.Empty;

    /// <summary>The broker that takes changes of topics; -1 unknown.</summary>
    public int ControllerId { get; private init; } = -1;

    /// <summary>Whether one broker stands behind the gateway: then every request goes to it and no route is kept.</summary>
    public bool IsSingle => Brokers.Count == 1;

    /// <summary>How many topics have routes.</summary>
    public int TopicCount => _topics.Count;

    /// <summary>The broker that leads a partition, as far as is known.</summary>
    public bool TryLeader(string topic, int partition, out int nodeId) => TryLeader(_topics.GetValueOrDefault(topic), partition, out nodeId);

    /// <summary>The broker that leads a partition of the topic with this id (the cluster's), as far as is known.</summary>
    public bool TryLeader(Guid topicId, int partition, out int nodeId) => TryLeader(_byId.GetValueOrDefault(topicId), partition, out nodeId);

    /// <summary>The table after a Metadata answer, with the cluster's own names. Topics that the answer does not speak of stay as they are.</summary>
    public RouteTable Merge(MetadataResponse answer)
    {
        // An answer without brokers is an error of the whole request.
        if (answer.Brokers.Count == 0)
        {
            return this;
        }

        var brokers = Brokers;
        var answered = answer.Brokers.Select(b => new BrokerAddress(b.NodeId, b.Host, b.Port)).DistinctBy(b => b.NodeId).ToList();
        if (answered.Count != Brokers.Count || answered.Any(b => !Brokers.TryGetValue(b.NodeId, out var known) || known != b))
        {
            brokers = answered.ToImmutableSortedDictionary(b => b.NodeId, b => b);
        }

        // Version 0 does not say who the controller is.
        var controllerId = answer.ControllerId < 0 ? ControllerId : answer.ControllerId;
        if (brokers.Count == 1)
        {
            return brokers == Brokers && controllerId == ControllerId ? this : new RouteTable { Brokers = brokers, ControllerId = controllerId };
        }

        var topics = _topics;
        var byId = _byId;
        if (topics.Count + answer.Topics.Count > Limits.MaxRoutedTopics)
        {
            topics = topics.Clear();
            byId = byId.Clear();
        }

        var topicsBuilder = topics.ToBuilder();
        var idsBuilder = byId.ToBuilder();
        foreach (var topic in answer.Topics)
        {
            Merge(topic, topicsBuilder, idsBuilder);
        }

        return new RouteTable { Brokers = brokers, ControllerId = controllerId, _topics = topicsBuilder.ToImmutable(), _byId = idsBuilder.ToImmutable() };
    }

    private static void Merge(
        MetadataResponse.MetadataResponseTopic topic, ImmutableDictionary<string, TopicRoute>.Builder topics, ImmutableDictionary<Guid, TopicRoute>.Builder ids)
    {
        if (topic.Name is null)
        {
            return;
        }

        topics.TryGetValue(topic.Name, out var known);
        if (topic.ErrorCode is (short)ErrorCode.UnknownTopicOrPartition or (short)ErrorCode.UnknownTopicId)
        {
            Forget(known, topics, ids);
            return;
        }

        if (topic.Partitions.Count == 0)
        {
            return;
        }

        // An answer below version 10 carries no id: the topic is still the one that is known, as far as can be told.
        var id = topic.TopicId == Guid.Empty && known is not null ? known.TopicId : topic.TopicId;
        var same = known?.TopicId == id ? known : null;
        if (same is null)
        {
            Forget(known, topics, ids);
        }

        var partitions = new (int Leader, int Epoch)[topic.Partitions.Max(p => p.PartitionIndex) is var last && last < Limits.MaxObjectsPerFrame ? last + 1 : 0];
        Array.Fill(partitions, (-1, -1));
        foreach (var partition in topic.Partitions)
        {
            if ((uint)partition.PartitionIndex >= (uint)partitions.Length)
            {
                continue;
            }

            // Brokers learn of a new leader at different times; the higher epoch is the later truth.
            var newer = (partition.LeaderId, partition.LeaderEpoch);
            var older = same is not null && partition.PartitionIndex < same.Partitions.Length ? same.Partitions[partition.PartitionIndex] : (Leader: -1, Epoch: -1);
            partitions[partition.PartitionIndex] = older.Epoch > newer.LeaderEpoch && newer.LeaderEpoch >= 0 ? older : newer;
        }

        var route = new TopicRoute(topic.Name, id, partitions);
        topics[topic.Name] = route;
        if (id != Guid.Empty)
        {
            ids[id] = route;
        }
    }

    private static void Forget(TopicRoute? known, ImmutableDictionary<string, TopicRoute>.Builder topics, ImmutableDictionary<Guid, TopicRoute>.Builder ids)
    {
        if (known is not null)
        {
            topics.Remove(known.Name);
            ids.Remove(known.TopicId);
        }
    }

    private bool TryLeader(TopicRoute? route, int partition, out int nodeId)
    {
        nodeId = route is not null && (uint)partition < (uint)route.Partitions.Length ? route.Partitions[partition].Leader : -1;
        return nodeId >= 0 && Brokers.ContainsKey(nodeId);
    }

    private sealed record TopicRoute(string Name, Guid TopicId, (int Leader, int Epoch)[] Partitions);
}
