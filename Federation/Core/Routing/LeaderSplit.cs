namespace Federation.Core.Routing;

/// <summary>
/// Divides the partitions of one request among the brokers that lead them. Order is kept within every part, so that of a partition named
/// twice the later entry stays the later one. Pure.
/// </summary>
public static class LeaderSplit
{
    /// <summary>The parts, in the order in which their brokers first occur.</summary>
    /// <param name="topics">The request's topics.</param>
    /// <param name="partitions">A topic's partitions.</param>
    /// <param name="leader">Which broker leads a partition.</param>
    /// <param name="with">The topic with other partitions.</param>
    public static List<(int NodeId, List<TTopic> Topics)> ByLeader<TTopic, TPartition>(
        IReadOnlyList<TTopic> topics, Func<TTopic, List<TPartition>> partitions, Func<TTopic, TPartition, int> leader, Func<TTopic, List<TPartition>, TTopic> with)
    {
        var parts = new List<(int NodeId, List<TTopic> Topics)>();
        var byLeader = new List<(int NodeId, List<TPartition> Partitions)>();
        foreach (var topic in topics)
        {
            byLeader.Clear();
            foreach (var partition in partitions(topic))
            {
                var nodeId = leader(topic, partition);
                var at = byLeader.FindIndex(p => p.NodeId == nodeId);
                if (at < 0)
                {
                    at = byLeader.Count;
                    byLeader.Add((nodeId, []));
                }

                byLeader[at].Partitions.Add(partition);
            }

            foreach (var (nodeId, mine) in byLeader)
            {
                var at = parts.FindIndex(p => p.NodeId == nodeId);
                if (at < 0)
                {
                    at = parts.Count;
                    parts.Add((nodeId, []));
                }

                parts[at].Topics.Add(with(topic, mine));
            }
        }

        return parts;
    }
}
