using Broker.Core.Append;
using Broker.Node.Storage;
using Kernel.Ids;
using Microsoft.Extensions.Logging;
using Protocol.Wire;

namespace Broker.Node.Partitions;

/// <summary>Takes whole batches in the order of the log. The bytes are valid only during the call.</summary>
public delegate void BatchVisitor(ReadOnlySpan<byte> batches);

/// <summary>
/// One partition that this broker leads: its log, its producers, its high watermark and whoever waits for it. Appends take the gate, on
/// the calling thread; everything else reads without it. The log is opened by the first who needs it; until then its folder is untouched.
/// </summary>
public sealed partial class Partition
{
    private readonly Lock _gate = new();
    private readonly PartitionServices _services;
    private readonly CommitWaiters _commitWaiters = new();
    private readonly ReadWaiters _readWaiters;
    private volatile SegmentedLog? _log;
    private volatile LogEnd? _committed;
    private volatile bool _isDeleted;
    private volatile Exception? _failure;
    private volatile int _leaderEpoch;
    private ProducerStates? _producers;
    private ProducerSnapshots? _snapshots;
    private long _logStartOffset;
    private long _logEndOffset;

    internal Partition(Topic topic, int index, PartitionServices services, int leaderEpoch)
    {
        (Topic, Index, _services, _leaderEpoch) = (topic, index, services, leaderEpoch);
        Name = new TopicPartition(topic.Name, index);
        _readWaiters = new ReadWaiters(services.Options.Logger);
    }

    /// <summary>The topic that the partition belongs to.</summary>
    public Topic Topic { get; }

    public int Index { get; }

    /// <summary>
    /// The epoch of this broker's leadership (KIP-101). Never below an epoch that a batch of the log has: a mirrored log brings its source's
    /// epochs, and clients take an epoch lower than one they have seen for stale metadata.
    /// </summary>
    public int LeaderEpoch => Math.Max(_leaderEpoch, OpenOrNull()?.Epochs.Latest ?? 0);

    /// <summary>
    /// <see cref="LeaderEpoch"/> as metadata tells it: what a client is told here, requests are compared with. Only for a copy, whose log has its source's
    /// epochs, is a log opened for it; thousands of others stay closed, and have no other epochs than this broker's unless they were copies once.
    /// Such a client is fenced once, and told the log's epoch when it asks again.
    /// </summary>
    internal int AnnouncedEpoch => IsOpen || Topic.Mirror is not null ? LeaderEpoch : _leaderEpoch;

    /// <summary>End of what consumers may read, exclusive: the log end in flush mode os, the durable end in batch.</summary>
    public long HighWatermark => OpenOrNull() is null ? 0 : _committed!.Offset;

    /// <summary>Offset of the first record that may be read.</summary>
    public long LogStartOffset => OpenOrNull() is null ? 0 : Volatile.Read(ref _logStartOffset);

    /// <summary>Offset of the next record.</summary>
    public long LogEndOffset => OpenOrNull() is null ? 0 : Volatile.Read(ref _logEndOffset);

    /// <summary>Bytes of all segments, for metrics and DescribeLogDirs.</summary>
    public long SizeBytes => OpenOrNull()?.SizeBytes ?? 0;

    /// <summary>The topic was deleted: appends and reads answer UNKNOWN_TOPIC_OR_PARTITION.</summary>
    public bool IsDeleted => _isDeleted;

    /// <summary>The log's disk failed: appends answer KAFKA_STORAGE_ERROR until the node starts again.</summary>
    public bool HasFailed => _failure is not null;

    /// <summary>Whether offsets and epochs are known: the log is open, or was opened by this question. Else they answer as those of an empty log do.</summary>
    internal bool HasLog => OpenOrNull() is not null;

    /// <summary>Topic and index.</summary>
    internal TopicPartition Name { get; }

    /// <summary>Whether the log has been opened.</summary>
    internal bool IsOpen => _log is not null;

    /// <summary>This broker leads in a newer epoch.</summary>
    internal void RaiseLeaderEpoch(int leaderEpoch) => _leaderEpoch = Math.Max(_leaderEpoch, leaderEpoch);

    /// <summary>
    /// Calls <see cref="IReadWaiter.OnReadable"/> once when the high watermark passes what it is now, or the topic is deleted. If the high watermark is already
    /// above <paramref name="seenHighWatermark"/> it is called at once, before this returns. Remove when the wait ended otherwise.
    /// </summary>
    public void AddReadWaiter(IReadWaiter waiter, long seenHighWatermark) =>
        _readWaiters.AddOrCall(waiter, () => _isDeleted || HighWatermark > seenHighWatermark);

    /// <summary>Forgets a waiter; nothing happens when it was called or is unknown.</summary>
    public void RemoveReadWaiter(IReadWaiter waiter) => _readWaiters.Remove(waiter);

    /// <summary>Opens the log if that has not happened; what goes wrong is kept and answered to appends and reads.</summary>
    internal SegmentedLog? OpenOrNull() => _log ?? Open();

    private SegmentedLog? Open()
    {
        Exception? failure = null;
        lock (_gate)
        {
            if (_log is not null || _failure is not null || _isDeleted)
            {
                return _log;
            }

            try
            {
                Adopt(OpenLog());
            }
            catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
            {
                _failure = failure = broken;
                _services.Metrics.CountFailure();
            }
        }

        if (failure is not null)
        {
            Report(failure);
        }

        return _log;
    }

    private OpenedLog OpenLog()
    {
        var directory = _services.Directory;
        var folder = directory.FolderOf(Name);
        try
        {
            if (!directory.Claim(Name, Topic.Id))
            {
                return new OpenedLog(
                    new SegmentedLog(_services.Storage, _services.OpenFiles, folder, Topic.Id, _services.WallMs), 0, null, -1, EpochsChanged: false);
            }

            var opened = _services.Opening.Open(
                folder, Topic.Id, Topic.Settings, directory.RecoveryPoint(Name), directory.LogStart(Name), _services.WallMs);
            if (opened.Log.NextOffset < directory.RecoveryPoint(Name))
            {
                // Damage took what the point vouched for. What is appended there is not on disk for it, and must be read again after a crash.
                directory.SetRecoveryPoint(Name, opened.Log.NextOffset);
                directory.WriteRecoveryPoints();
            }

            return opened;
        }
        catch
        {
            directory.GiveBack(Name);
            throw;
        }
    }

    private void Adopt(OpenedLog opened)
    {
        var log = opened.Log;
        _producers = opened.Producers;
        _snapshots = opened.SnapshotOffset >= 0 ? new ProducerSnapshots(_services.Storage, log.Folder, opened.SnapshotOffset) : null;
        _epochsChanged = opened.EpochsChanged;
        _logStartOffset = opened.LogStartOffset;
        _logEndOffset = log.NextOffset;
        _sinceSnapshotBytes = opened.SnapshotOffset < log.NextOffset ? log.SizeBytes : 0;
        _checkpointedEnd = _services.Directory.RecoveryPoint(Name);
        _committed = log.End();

        // Published last: whoever sees the log sees the rest.
        _log = log;
    }

    /// <summary>
    /// The log acknowledges nothing any more, from this call on: called before the flush lock is let go. Whoever waits is told by
    /// <see cref="Report(FailedLog?)"/>, outside all locks. A log that had failed before or is deleted fails no more; then nothing is left to report.
    /// </summary>
    private FailedLog Fail(Exception failure)
    {
        lock (_gate)
        {
            if (_failure is not null || _isDeleted)
            {
                return default;
            }

            _failure = failure;
            _services.Metrics.CountFailure();
            return new FailedLog(failure, _commitWaiters.TakeAll());
        }
    }

    private void Report(FailedLog? failed)
    {
        if (failed is { Failure: { } failure, Waits: var waits })
        {
            Report(failure);
            CommitWaiters.Complete(waits, ErrorCode.KafkaStorageError, _services.Options.Logger);
        }
    }

    private void Report(Exception failure)
    {
        _services.Options.Logger.LogError(failure, "The log of {Partition} failed; it takes no more records until the node starts again", Name);
        _services.Options.OnFailure?.Invoke(Name.ToString(), failure);
    }

    /// <summary>What is to be told outside the locks about a log that failed. Without a failure: nothing.</summary>
    private readonly record struct FailedLog(Exception? Failure, CommitWait[]? Waits);
}

/// <summary>What a fetch of one partition found. All offsets are -1 with an error, as Kafka answers.</summary>
/// <param name="Error">None, OFFSET_OUT_OF_RANGE, UNKNOWN_TOPIC_OR_PARTITION (deleted), KAFKA_STORAGE_ERROR.</param>
/// <param name="Records">Whole batches, as a range of the segment's file that the transport hands to sendfile; empty when there is nothing.</param>
public readonly record struct FetchSlice(ErrorCode Error, Protocol.Wire.Codec.WireRecords Records, long HighWatermark, long LogStartOffset);

/// <summary>A record found by time.</summary>
public readonly record struct OffsetAtTime(long Offset, long TimestampMs, int LeaderEpoch);

/// <summary>Waits for a partition to have more to read: a fetch's long poll. One waiter may stand at many partitions.</summary>
public interface IReadWaiter
{
    /// <summary>There may be more to read, or an error to report. On any thread, never under a lock of the partition; it must not block. It may be called by several partitions at once.</summary>
    void OnReadable();
}
