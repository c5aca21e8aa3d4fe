using Protocol.Wire;
using Protocol.Wire.Messages;

namespace Federation.Core.Tenancy;

/// <summary>
/// Takes out of a cluster's answer what belongs to others or exists only behind the virtual broker. It runs before
/// <see cref="ToTenantVisitor"/>, which refuses names that it leaves. Immutable.
/// </summary>
public sealed class AnswerFilter(TenantView view)
{
    /// <summary>
    /// Leaves the tenant's topics and one broker, the controller. A topic that was asked for by id and turns out to be another's is answered
    /// as Kafka answers an unknown id.
    /// </summary>
    public void Metadata(MetadataResponse answer)
    {
        answer.Topics.RemoveAll(topic => topic.Name is { } name && topic.TopicId == Guid.Empty && IsForeign(name));
        foreach (var topic in answer.Topics)
        {
            if (topic.Name is { } name && IsForeign(name))
            {
                topic.ErrorCode = (short)ErrorCode.UnknownTopicId;
                topic.Name = null;
                topic.IsInternal = false;
                topic.Partitions = [];
                topic.TopicAuthorizedOperations = int.MinValue;
            }
        }

        KeepOne(answer.Brokers, broker => broker.NodeId >= 0);

        // Admin clients wait for a controller for ever; an answer without brokers is an error and has none.
        if (answer.Brokers.Count > 0)
        {
            answer.ControllerId = view.NodeId;
        }
    }

    /// <summary>Leaves the tenant's topics in the answer to "all topics"; none of the others was asked for.</summary>
    public void MetadataOfAll(MetadataResponse answer)
    {
        answer.Topics.RemoveAll(topic => topic.Name is null || !view.Names.Owns(topic.Name));
        Metadata(answer);
    }

    /// <summary>Replicas behind one virtual broker are one.</summary>
    public static void JoinReplicas(MetadataResponse answer)
    {
        foreach (var partition in answer.Topics.SelectMany(topic => topic.Partitions))
        {
            KeepOne(partition.ReplicaNodes, node => node >= 0);
            KeepOne(partition.IsrNodes, node => node >= 0);
            if (partition.LeaderId >= 0)
            {
                // The virtual broker leads, so it is not offline, whatever became of a follower behind it.
                partition.OfflineReplicas.Clear();
            }

            KeepOne(partition.OfflineReplicas, node => node >= 0);
        }
    }

    /// <summary>Leaves one broker, which is not fenced, and the controller.</summary>
    public void Cluster(DescribeClusterResponse answer)
    {
        KeepOne(answer.Brokers, broker => !broker.IsFenced);
        if (answer.Brokers.Count > 0)
        {
            answer.ControllerId = view.NodeId;
        }
    }

    /// <summary>Leaves the tenant's groups.</summary>
    public void Groups(ListGroupsResponse answer) => answer.Groups.RemoveAll(group => !view.Names.Owns(group.GroupId));

    /// <summary>Leaves the positions in the tenant's topics, by name; ids that mean nothing to the tenant are harmless.</summary>
    public void Offsets(OffsetFetchResponse answer)
    {
        answer.Topics.RemoveAll(topic => IsForeign(topic.Name));
        foreach (var group in answer.Groups)
        {
            group.Topics.RemoveAll(topic => topic.TopicId == Guid.Empty && IsForeign(topic.Name));
        }
    }

    /// <summary>Leaves one endpoint: all lead to the virtual broker.</summary>
    public static void Endpoints(ProduceResponse answer) => KeepOne(answer.NodeEndpoints, _ => true);

    /// <summary>
    /// Leaves one endpoint and no preferred replica: a client that is sent to another replica, and finds the same virtual broker there,
    /// would be sent there again for ever and get no records.
    /// </summary>
    public static void Endpoints(FetchResponse answer)
    {
        KeepOne(answer.NodeEndpoints, _ => true);
        foreach (var topic in answer.Responses)
        {
            foreach (var partition in topic.Partitions)
            {
                partition.PreferredReadReplica = -1;
            }
        }
    }

    private bool IsForeign(string name) => name is not ("" or "." or "..") && !view.Names.Owns(name);

    private static void KeepOne<T>(List<T> list, Predicate<T> preferred)
    {
        if (list.Count < 2)
        {
            return;
        }

        var one = list[Math.Max(0, list.FindIndex(preferred))];
        list.Clear();
        list.Add(one);
    }
}
