namespace Broker.Node.Storage;

/// <summary>Counters of one partition table's storage, since the start. Any thread adds; readers see each number whole, not all of one moment.</summary>
public sealed class StorageMetrics
{
    private static readonly double[] BoundsSeconds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];

    private readonly long[] _syncCounts = new long[BoundsSeconds.Length + 1];
    private long _bytesAppended;
    private long _recordsAppended;
    private long _batchesAppended;
    private long _syncs;
    private long _syncTicks;
    private long _syncFailures;

    /// <summary>Bytes of batches written to logs.</summary>
    public long BytesAppended => Interlocked.Read(ref _bytesAppended);

    /// <summary>Records in them.</summary>
    public long RecordsAppended => Interlocked.Read(ref _recordsAppended);

    /// <summary>Batches in them.</summary>
    public long BatchesAppended => Interlocked.Read(ref _batchesAppended);

    /// <summary>fdatasync calls that succeeded.</summary>
    public long Syncs => Interlocked.Read(ref _syncs);

    /// <summary>Logs that failed: they acknowledge nothing until they are opened again.</summary>
    public long FailedLogs => Interlocked.Read(ref _syncFailures);

    /// <summary>Time spent in fdatasync, seconds.</summary>
    public double SyncSeconds => TimeSpan.FromTicks(Interlocked.Read(ref _syncTicks)).TotalSeconds;

    /// <summary>The upper bounds of <see cref="SyncBuckets"/>, seconds, ascending; one bucket more has no bound.</summary>
    public static IReadOnlyList<double> SyncBucketBounds => BoundsSeconds;

    /// <summary>How many fdatasync calls took at most each bound and more than the one before (not cumulative).</summary>
    public IReadOnlyList<long> SyncBuckets => Array.ConvertAll(_syncCounts, static count => Volatile.Read(ref count));

    internal void CountAppend(int bytes, int records, int batches)
    {
        Interlocked.Add(ref _bytesAppended, bytes);
        Interlocked.Add(ref _recordsAppended, records);
        Interlocked.Add(ref _batchesAppended, batches);
    }

    internal void CountSync(TimeSpan took)
    {
        var bucket = 0;
        while (bucket < BoundsSeconds.Length && took.TotalSeconds > BoundsSeconds[bucket])
        {
            bucket++;
        }

        Interlocked.Increment(ref _syncCounts[bucket]);
        Interlocked.Increment(ref _syncs);
        Interlocked.Add(ref _syncTicks, took.Ticks);
    }

    internal void CountFailure() => Interlocked.Increment(ref _syncFailures);
}
