using Kernel;

namespace Broker.Core.Groups;

/// <summary>Which partition of __consumer_offsets holds a group: Kafka's rule, so that a log written by one is found by the other.</summary>
public static class GroupPartition
{
    /// <summary>The partition of a group, from 0 to below <paramref name="partitionCount"/>.</summary>
    public static int Of(string groupId, int partitionCount)
    {
        Ensure.That(partitionCount > 0, "a topic has a partition");
        return (JavaHash(groupId) & int.MaxValue) % partitionCount;
    }

    /// <summary>java.lang.String.hashCode: a polynomial over the UTF-16 units.</summary>
    internal static int JavaHash(string text)
    {
        var hash = 0;
        foreach (var unit in text)
        {
            hash = unchecked((31 * hash) + unit);
        }

        return hash;
    }
}
