using Broker.Core.Fetching;

namespace Broker.Node.Fetching;

/// <summary>
/// A fetch session on this node. Partitions at rest are watched, so that an incremental fetch looks at what changed and at nothing else,
/// however many partitions the session has. All of it is guarded by <see cref="Gate"/>; a fetch that waits does not hold it.
/// </summary>
internal sealed class WatchedSession : FetchSession<WatchedPartition>
{
    private readonly Stack<WatchedPartition>? _free;

    /// <param name="reusesPartitions">For one fetch after the other without a session: partitions that were taken out are used again.</param>
    public WatchedSession(bool reusesPartitions) => _free = reusesPartitions ? new() : null;

    /// <summary>Taken before everything else of the session, and before the table of sessions; never the other way round.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The fetch that waits, or null. At most one: a later request of the session ends the wait of the earlier.</summary>
    public FetchOperation? Waiting { get; set; }

    /// <summary>Nobody may use it any more.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Ends the session: evicted, replaced or given up. A fetch that waits is answered.</summary>
    public void Close()
    {
        lock (Gate)
        {
            IsClosed = true;
            if (Waiting is { } waiting)
            {
                waiting.FinishSoon();
            }
            else
            {
                UnwatchAll();
            }
        }
    }

    /// <summary>A watched partition has more to read, or was deleted. Any thread.</summary>
    public void OnReadable(WatchedPartition partition)
    {
        lock (Gate)
        {
            // A call that was under way when the watch ended comes too late.
            if (partition.IsWatched)
            {
                partition.IsWatched = false;
                MarkDue(partition);
                Waiting?.OnReadable(partition);
            }
        }
    }

    /// <summary>Has the session told of anything above the high watermark that was seen last; perhaps at once, within the call.</summary>
    public static void Watch(WatchedPartition partition)
    {
        if (!partition.IsWatched && partition.Found is { } found)
        {
            partition.IsWatched = true;
            found.AddReadWaiter(partition, partition.SeenHighWatermark);
        }
    }

    /// <summary>Ends the watch of all partitions.</summary>
    public void UnwatchAll()
    {
        for (var partition = FirstDue; partition is not null; partition = DueAfter(partition))
        {
            Unwatch(partition);
        }

        for (var left = Count - DueCount; left > 0; left--)
        {
            Unwatch(NextResting()!);
        }
    }

    protected override WatchedPartition Create() => _free is not null && _free.TryPop(out var partition) ? partition : new WatchedPartition { Session = this };

    protected override void Retire(WatchedPartition partition)
    {
        Unwatch(partition);
        partition.Reset();
        if (_free is { Count: < Kernel.Limits.MaxPooledRequestEntries } free)
        {
            free.Push(partition);
        }
    }

    private static void Unwatch(WatchedPartition partition)
    {
        if (partition.IsWatched)
        {
            partition.IsWatched = false;
            partition.Found!.RemoveReadWaiter(partition);
        }
    }
}
