using Protocol.Wire;

namespace Broker.Core.Fetching;

/// <summary>
/// The partitions of one fetcher (KIP-227): which of them a fetch has to look at, in which order, and about which it is answered. A fetch
/// without a session uses one for itself alone. Owned by its host, one call at a time. Between calls each partition is due or at rest;
/// the host watches the ones at rest and calls <see cref="MarkDue"/> when there may be something new.
/// </summary>
public abstract class FetchSession<TPartition>
    where TPartition : FetchSessionPartition
{
    // Below this a walk through the lists is cheaper than a dictionary, and most consumers' fetches are.
    private const int MaxUnindexed = 8;

    private readonly FetchPartitionList<TPartition> _due = new();
    private readonly FetchPartitionList<TPartition> _resting = new();
    private Dictionary<FetchKey, TPartition>? _index;

    internal FetchSession<TPartition>? NewerSession;
    internal FetchSession<TPartition>? OlderSession;
    internal long LastUsedTicks;
    internal int CountedPartitions;

    /// <summary>The session's id, above 0; 0 while it is in no table.</summary>
    public int Id { get; internal set; }

    /// <summary>The epoch that the next request must carry: 1 after the full fetch, then rising, and 1 again after int.MaxValue.</summary>
    public int NextEpoch { get; private set; } = 1;

    /// <summary>The session names topics by id; requests by name are refused, and the other way round.</summary>
    public bool UsesTopicIds { get; set; }

    public int Count => _due.Count + _resting.Count;

    /// <summary>The partitions that a fetch has to look at.</summary>
    public int DueCount => _due.Count;

    /// <summary>The first that a fetch has to look at, or null.</summary>
    public TPartition? FirstDue => _due.First;

    /// <summary>The last that is due now, or null. A walk that settles what it meets ends there: what was served goes behind it.</summary>
    public TPartition? LastDue => _due.Last;

    /// <summary>The next that is due; ask before the present one is settled.</summary>
    public static TPartition? DueAfter(TPartition partition) => FetchPartitionList<TPartition>.After(partition);

    /// <summary>The partition of that name, or null.</summary>
    public TPartition? Find(in FetchKey key)
    {
        if (_index is not null)
        {
            return _index.GetValueOrDefault(key);
        }

        return FindIn(_due, key) ?? FindIn(_resting, key);
    }

    /// <summary>The partition of that name, which is due now; a new one stands behind all others.</summary>
    public TPartition Put(in FetchKey key)
    {
        if (Find(key) is { } known)
        {
            MarkDue(known);
            return known;
        }

        var partition = Create();
        partition.Key = key;
        partition.SentHighWatermark = partition.SentLogStartOffset = -1;
        partition.IsDue = true;
        _due.Append(partition);
        if (_index is not null)
        {
            _index.Add(key, partition);
        }
        else if (Count > MaxUnindexed)
        {
            BuildIndex();
        }

        return partition;
    }

    /// <summary>Takes a partition out; false when it is not there.</summary>
    public bool Forget(in FetchKey key)
    {
        if (Find(key) is not { } partition)
        {
            return false;
        }

        Drop(partition);
        return true;
    }

    /// <summary>Takes all partitions out.</summary>
    public void Clear()
    {
        _index = null;
        while ((_due.First ?? _resting.First) is { } partition)
        {
            Drop(partition);
        }
    }

    /// <summary>There may be something new about a partition: the next fetch looks at it, after those that wait for that already.</summary>
    public void MarkDue(TPartition partition)
    {
        if (!partition.IsDue)
        {
            _resting.Remove(partition);
            partition.IsDue = true;
            _due.Append(partition);
        }
    }

    /// <summary>
    /// The partition at rest that was not looked at for the longest, which counts as looked at now; null when none rests. For what nobody
    /// watches: a fetch looks at a few each time.
    /// </summary>
    public TPartition? NextResting()
    {
        if (_resting.First is not { } partition)
        {
            return null;
        }

        _resting.Remove(partition);
        _resting.Append(partition);
        return partition;
    }

    /// <summary>
    /// Decides after a look at a due partition whether it is answered, and when it is looked at again. A full fetch answers everything; an
    /// incremental one data, errors and moved watermarks. What was served goes behind the others, so that none starves; what has nothing
    /// to read comes to rest; an error, and data that there was no room for, is looked at again in its place.
    /// </summary>
    /// <returns>Whether the answer lists the partition.</returns>
    public bool Settle(TPartition partition, in FetchFinding finding, bool isFull)
    {
        var moved = finding.HighWatermark != partition.SentHighWatermark || finding.LogStartOffset != partition.SentLogStartOffset;
        var answered = isFull || moved || finding.RecordBytes > 0 || finding.Diverges || finding.Error != ErrorCode.None;
        if (answered)
        {
            // After an error the next good finding is news in any case.
            partition.SentHighWatermark = finding.Error == ErrorCode.None ? finding.HighWatermark : -1;
            partition.SentLogStartOffset = finding.Error == ErrorCode.None ? finding.LogStartOffset : -1;
        }

        if (finding.RecordBytes > 0)
        {
            _due.Remove(partition);
            _due.Append(partition);
        }
        else if (finding.Error == ErrorCode.None && !finding.Diverges && partition.FetchOffset >= finding.HighWatermark)
        {
            _due.Remove(partition);
            partition.IsDue = false;
            _resting.Append(partition);
        }

        return answered;
    }

    /// <summary>Whether a request's epoch is the expected one; then the next one is expected. Else nothing changes.</summary>
    public bool Advance(int epoch)
    {
        if (epoch != NextEpoch)
        {
            return false;
        }

        NextEpoch = NextEpoch == int.MaxValue ? 1 : NextEpoch + 1;
        return true;
    }

    /// <summary>Makes the host's kind of partition, new or reset.</summary>
    protected abstract TPartition Create();

    /// <summary>A partition was taken out.</summary>
    protected virtual void Retire(TPartition partition)
    {
    }

    private static TPartition? FindIn(FetchPartitionList<TPartition> list, in FetchKey key)
    {
        for (var partition = list.First; partition is not null; partition = FetchPartitionList<TPartition>.After(partition))
        {
            if (partition.Key == key)
            {
                return partition;
            }
        }

        return null;
    }

    private void Drop(TPartition partition)
    {
        (partition.IsDue ? _due : _resting).Remove(partition);
        partition.IsDue = false;
        _index?.Remove(partition.Key);
        Retire(partition);
    }

    private void BuildIndex()
    {
        _index = new(Count * 2);
        foreach (var list in (ReadOnlySpan<FetchPartitionList<TPartition>>)[_due, _resting])
        {
            for (var partition = list.First; partition is not null; partition = FetchPartitionList<TPartition>.After(partition))
            {
                _index.Add(partition.Key, partition);
            }
        }
    }
}
