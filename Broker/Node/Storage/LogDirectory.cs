using System.Text;
using Kernel.Ids;
using Microsoft.Extensions.Logging;

namespace Broker.Node.Storage;

/// <summary>
/// What a log directory holds beside the logs: which folders there are, the checkpoints of all partitions, the mark of a clean shutdown, and
/// what waits for its deletion. Owned by the partition table. Any thread.
/// </summary>
internal sealed class LogDirectory
{
    private readonly Lock _lock = new();
    private readonly Lock _writing = new();
    private readonly IStorage _storage;
    private readonly ILogger _logger;
    private readonly HashSet<string> _folders = new(StringComparer.Ordinal);
    private readonly Dictionary<TopicPartition, long> _recoveryPoints;
    private readonly Dictionary<TopicPartition, long> _logStarts;
    private bool _recoveryPointsChanged;
    private bool _logStartsChanged;

    /// <summary>Reads the directory, and takes the clean-shutdown mark away. Throws <see cref="IOException"/>.</summary>
    public LogDirectory(IStorage storage, string path, ILogger logger)
    {
        (_storage, Path, _logger) = (storage, path, logger);
        Deletions = new DelayedDeletions(storage, logger);
        storage.CreateDirectory(path);
        foreach (var name in storage.ListDirectories(path))
        {
            if (name.EndsWith(LogNames.DeletedFolderSuffix, StringComparison.Ordinal))
            {
                storage.DeleteDirectory(System.IO.Path.Combine(path, name));
            }
            else if (LogNames.TryParseFolder(name, out _, out _))
            {
                _folders.Add(name);
            }
        }

        _recoveryPoints = OffsetCheckpoint.TryRead(storage.TryReadAll(FileOf(LogNames.RecoveryPoints))) ?? [];
        _logStarts = OffsetCheckpoint.TryRead(storage.TryReadAll(FileOf(LogNames.LogStartOffsets))) ?? [];
        WasCleanlyShutDown = storage.TryReadAll(FileOf(LogNames.CleanShutdown)) is not null;
        if (WasCleanlyShutDown)
        {
            storage.DeleteFile(FileOf(LogNames.CleanShutdown));
            storage.SyncDirectory(path);
        }
    }

    public string Path { get; }

    /// <summary>What waits for its deletion.</summary>
    public DelayedDeletions Deletions { get; }

    /// <summary>The process before this one wrote everything and said so.</summary>
    public bool WasCleanlyShutDown { get; }

    /// <summary>Folders of partitions that nobody has asked for yet.</summary>
    public IReadOnlyList<string> UnclaimedFolders
    {
        get
        {
            lock (_lock)
            {
                return [.. _folders];
            }
        }
    }

    /// <summary>The path of a partition's folder, whether or not it is there.</summary>
    public string FolderOf(TopicPartition partition) => System.IO.Path.Combine(Path, LogNames.Folder(partition.Topic, partition.Partition));

    /// <summary>
    /// Takes a partition's folder for opening: true when it is there and of this topic. A folder of another topic of the same name is set aside,
    /// with what was checkpointed for it. Throws <see cref="IOException"/>.
    /// </summary>
    public bool Claim(TopicPartition partition, Guid topicId)
    {
        var name = LogNames.Folder(partition.Topic, partition.Partition);
        lock (_lock)
        {
            if (!_folders.Remove(name))
            {
                return false;
            }
        }

        var metadata = _storage.TryReadAll(System.IO.Path.Combine(Path, name, LogNames.PartitionMetadata));
        if (SegmentedLog.IsOf(metadata, topicId))
        {
            return true;
        }

        SetAside(name);
        Forget([partition]);
        return false;
    }

    /// <summary>A folder could not be claimed or opened: it is there still, for who deletes the topic. Throws <see cref="IOException"/>.</summary>
    public void GiveBack(TopicPartition partition)
    {
        var name = LogNames.Folder(partition.Topic, partition.Partition);
        if (_storage.ListDirectories(Path).Contains(name))
        {
            lock (_lock)
            {
                _folders.Add(name);
            }
        }
    }

    /// <summary>
    /// Renames a folder that belongs to no topic, and says so in the log. It is not deleted: somebody may want to look. Throws
    /// <see cref="IOException"/>.
    /// </summary>
    public void SetAside(string name)
    {
        lock (_lock)
        {
            _folders.Remove(name);
        }

        var retired = LogNames.Retired(name, LogNames.StrayFolderSuffix);
        _storage.Rename(System.IO.Path.Combine(Path, name), System.IO.Path.Combine(Path, retired));
        _storage.SyncDirectory(Path);
        _logger.LogWarning("{Folder} belongs to no topic that is known and is set aside as {Retired}", name, retired);
    }

    /// <summary>Renames a deleted partition's folder, if there is one, and deletes it later. Throws <see cref="IOException"/>.</summary>
    public void RetireFolder(TopicPartition partition, bool exists, long dueMs)
    {
        var name = LogNames.Folder(partition.Topic, partition.Partition);
        lock (_lock)
        {
            exists |= _folders.Remove(name);
        }

        if (exists)
        {
            var retired = System.IO.Path.Combine(Path, LogNames.Retired(name, LogNames.DeletedFolderSuffix));
            try
            {
                _storage.Rename(System.IO.Path.Combine(Path, name), retired);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // The next topic of the name finds the folder, and by its topic id that it is not its own.
                lock (_lock)
                {
                    _folders.Add(name);
                }

                throw;
            }

            Deletions.Add(retired, isFolder: true, dueMs);
        }
    }

    /// <summary>What was checkpointed for a partition: all below is whole and on disk. 0 for none.</summary>
    public long RecoveryPoint(TopicPartition partition) => Look(_recoveryPoints, partition);

    /// <summary>The log start that was checkpointed for a partition; 0 for none.</summary>
    public long LogStart(TopicPartition partition) => Look(_logStarts, partition);

    /// <summary>Notes how far a log is on disk; written by <see cref="WriteRecoveryPoints"/>.</summary>
    public void SetRecoveryPoint(TopicPartition partition, long offset)
    {
        lock (_lock)
        {
            if (!_recoveryPoints.TryGetValue(partition, out var known) || known != offset)
            {
                _recoveryPoints[partition] = offset;
                _recoveryPointsChanged = true;
            }
        }
    }

    /// <summary>Makes noted recovery points durable; nothing happens when none changed. Throws <see cref="IOException"/>.</summary>
    public void WriteRecoveryPoints()
    {
        lock (_writing)
        {
            byte[] file;
            lock (_lock)
            {
                if (!_recoveryPointsChanged)
                {
                    return;
                }

                _recoveryPointsChanged = false;
                file = OffsetCheckpoint.ToFile(_recoveryPoints);
            }

            Write(LogNames.RecoveryPoints, file, failed: () => _recoveryPointsChanged = true);
        }
    }

    /// <summary>Notes where a log begins; written by <see cref="WriteLogStarts"/>.</summary>
    public void SetLogStart(TopicPartition partition, long offset)
    {
        lock (_lock)
        {
            if (_logStarts.GetValueOrDefault(partition) != offset)
            {
                _logStarts[partition] = offset;
                _logStartsChanged = true;
            }
        }
    }

    /// <summary>Makes noted log starts durable; nothing happens when none changed. Throws <see cref="IOException"/>.</summary>
    public void WriteLogStarts()
    {
        lock (_writing)
        {
            byte[] file;
            lock (_lock)
            {
                if (!_logStartsChanged)
                {
                    return;
                }

                _logStartsChanged = false;
                file = OffsetCheckpoint.ToFile(_logStarts);
            }

            Write(LogNames.LogStartOffsets, file, failed: () => _logStartsChanged = true);
        }
    }

    /// <summary>
    /// Forgets partitions whose logs are gone, durably before this returns: another log of the same name must not be opened with their recovery
    /// point, which would leave its torn end unseen. Throws <see cref="IOException"/>.
    /// </summary>
    public void Forget(IReadOnlyCollection<TopicPartition> partitions)
    {
        lock (_writing)
        {
            byte[]? points = null;
            byte[]? starts = null;
            lock (_lock)
            {
                var (hadPoint, hadStart) = (false, false);
                foreach (var partition in partitions)
                {
                    hadPoint |= _recoveryPoints.Remove(partition);
                    hadStart |= _logStarts.Remove(partition);
                }

                points = hadPoint ? OffsetCheckpoint.ToFile(_recoveryPoints) : null;
                starts = hadStart ? OffsetCheckpoint.ToFile(_logStarts) : null;
            }

            if (points is not null)
            {
                Write(LogNames.RecoveryPoints, points, failed: () => _recoveryPointsChanged = true);
            }

            if (starts is not null)
            {
                Write(LogNames.LogStartOffsets, starts, failed: () => _logStartsChanged = true);
            }
        }
    }

    /// <summary>Leaves the mark of a clean shutdown. Throws <see cref="IOException"/>.</summary>
    public void MarkClean() => Write(LogNames.CleanShutdown, Encoding.ASCII.GetBytes("{\"version\":0,\"brokerEpoch\":-1}"), static () => { });

    private void Write(string name, byte[] content, Action failed)
    {
        try
        {
            _storage.ReplaceAll(FileOf(name), content, durable: true);
        }
        catch (IOException)
        {
            lock (_lock)
            {
                failed();
            }

            throw;
        }
    }

    private long Look(Dictionary<TopicPartition, long> offsets, TopicPartition partition)
    {
        lock (_lock)
        {
            return offsets.GetValueOrDefault(partition);
        }
    }

    private string FileOf(string name) => System.IO.Path.Combine(Path, name);
}
