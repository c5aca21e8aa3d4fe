using Broker.Node.Storage;
using Microsoft.Extensions.Logging;

namespace Broker.Node.Partitions;

/// <summary>
/// What is done now and then for all partitions of a table, by one timer: checkpoints, retention, closing of idle files, deletion of what waited
/// for it. A round over idle partitions costs a comparison each. Owned by the table.
/// </summary>
internal sealed class PartitionUpkeep(PartitionTable table, PartitionServices services) : IDisposable
{
    /// <summary>How often it looks, unless retention is to be checked more often.</summary>
    private static readonly TimeSpan UsualInterval = TimeSpan.FromSeconds(5);

    /// <summary>A round writes checkpoints too, so that it is not made more often than this.</summary>
    private static readonly TimeSpan MinInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>How often idle files and memory are given back.</summary>
    private static readonly TimeSpan UnloadInterval = TimeSpan.FromMinutes(1);

    /// <summary>A log is checkpointed after so many bytes: what a restart checks of it is bounded by them (some 10 ms).</summary>
    private const long CheckpointBytes = 32 * 1024 * 1024;

    /// <summary>The same in a round that was called for because all logs together took a lot.</summary>
    private const long CheckpointBytesInDebt = 1024 * 1024;

    /// <summary>A log with fewer new bytes is checkpointed about so long after the first of them; Kafka does all at this interval.</summary>
    private static readonly TimeSpan CheckpointInterval = TimeSpan.FromMinutes(1);

    /// <summary>More logs than this in one round are made durable by one sync of the file system instead of some for each.</summary>
    private const int MaxSingleSyncs = 32;

    private readonly Lock _running = new();
    private readonly List<Partition> _due = [];
    private readonly TimeSpan _interval = TimeSpan.FromTicks(
        Math.Clamp(services.Options.RetentionCheckInterval.Ticks, MinInterval.Ticks, UsualInterval.Ticks));

    private ITimer? _timer;
    private long? _retentionAtMs;
    private long? _unloadAtMs = services.WallMs;
    private bool _isOver;

    public void Start()
    {
        _timer ??= services.Options.Clock.Provider.CreateTimer(static upkeep => ((PartitionUpkeep)upkeep!).OnTimer(), this, _interval, _interval);
        services.Debt.Reached = () => _timer.Change(TimeSpan.Zero, _interval);
    }

    /// <summary>One round, on the calling thread.</summary>
    public void Run()
    {
        lock (_running)
        {
            if (!_isOver)
            {
                Round();
            }
        }
    }

    public void Dispose()
    {
        services.Debt.Reached = null;
        _timer?.Dispose();
        lock (_running)
        {
            _isOver = true;
        }
    }

    private void OnTimer()
    {
        // A round that takes longer than the interval is not joined by another.
        if (!_running.TryEnter())
        {
            return;
        }

        try
        {
            if (!_isOver)
            {
                Round();
            }
        }
        catch (Exception unexpected)
        {
            services.Options.Logger.LogError(unexpected, "A round of upkeep of the logs failed");
        }
        finally
        {
            _running.Exit();
        }
    }

    private void Round()
    {
        var nowMs = services.WallMs;
        var manyBytes = services.Debt.Clear() ? CheckpointBytesInDebt : CheckpointBytes;
        var isRetention = IsDue(ref _retentionAtMs, nowMs, services.Options.RetentionCheckInterval);
        var isUnload = IsDue(ref _unloadAtMs, nowMs, UnloadInterval);
        _due.Clear();
        foreach (var topic in table.Topics)
        {
            foreach (var partition in topic.Partitions)
            {
                if (partition.IsOpen)
                {
                    Look(partition, nowMs, manyBytes, isRetention, isUnload);
                }
            }
        }

        Checkpoint();
        services.Refusals.OnRound();
        if (isUnload)
        {
            services.OpenFiles.CloseIdle();
        }

        services.Directory.Deletions.DeleteDue(nowMs);
    }

    /// <summary>Whether the last time is long enough ago, or lies ahead because the clock was set back. It is now then.</summary>
    private static bool IsDue(ref long? lastMs, long nowMs, TimeSpan interval)
    {
        if (nowMs >= lastMs && nowMs - lastMs < interval.TotalMilliseconds)
        {
            return false;
        }

        lastMs = nowMs;
        return true;
    }

    private void Checkpoint()
    {
        var isEachDurable = _due.Count <= MaxSingleSyncs;
        foreach (var partition in _due)
        {
            partition.Checkpoint(isEachDurable, isClosing: false);
        }

        try
        {
            if (!isEachDurable)
            {
                services.Storage.SyncAll(services.Directory.Path);
            }

            foreach (var partition in _due)
            {
                partition.NoteRecoveryPoint();
            }

            services.Directory.WriteRecoveryPoints();
            services.Directory.WriteLogStarts();
        }
        catch (IOException refused)
        {
            services.Options.Logger.LogWarning(refused, "The checkpoints of {Directory} could not be written", services.Directory.Path);
            _due.ForEach(static partition => partition.RepeatCheckpoint());
        }
    }

    private void Look(Partition partition, long nowMs, long manyBytes, bool isRetention, bool isUnload)
    {
        if (partition.WantsCheckpoint(nowMs, manyBytes, CheckpointInterval))
        {
            _due.Add(partition);
        }

        try
        {
            if (isRetention)
            {
                partition.DeleteOldSegments();
                partition.ExpireProducers(nowMs);
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            services.Options.Logger.LogWarning(refused, "Old segments of {Partition} could not be deleted", partition.Name);
        }

        if (isUnload)
        {
            partition.UnloadIdle();
        }
    }
}
