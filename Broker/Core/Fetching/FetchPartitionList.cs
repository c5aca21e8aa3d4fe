using Kernel;

namespace Broker.Core.Fetching;

/// <summary>
/// A doubly linked list through the partitions themselves, so that moving one costs nothing and allocates nothing. A partition stands in
/// one list at most.
/// </summary>
internal sealed class FetchPartitionList<TPartition>
    where TPartition : FetchSessionPartition
{
    public TPartition? First { get; private set; }

    public TPartition? Last { get; private set; }

    public int Count { get; private set; }

    public static TPartition? After(TPartition partition) => (TPartition?)partition.Next;

    public void Append(TPartition partition)
    {
        Ensure.That(!partition.IsListed, "a partition stands in one list");
        partition.IsListed = true;
        partition.Previous = Last;
        partition.Next = null;
        if (Last is { } last)
        {
            last.Next = partition;
        }
        else
        {
            First = partition;
        }

        Last = partition;
        Count++;
    }

    public void Remove(TPartition partition)
    {
        Ensure.That(partition.IsListed, "only a listed partition can be taken out");
        var previous = (TPartition?)partition.Previous;
        var next = (TPartition?)partition.Next;
        if (previous is null)
        {
            First = next;
        }
        else
        {
            previous.Next = next;
        }

        if (next is null)
        {
            Last = previous;
        }
        else
        {
            next.Previous = previous;
        }

        partition.Next = partition.Previous = null;
        partition.IsListed = false;
        Count--;
    }
}
