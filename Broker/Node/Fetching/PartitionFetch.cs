using Broker.Core.Fetching;
using Broker.Node.Partitions;
using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Records;

namespace Broker.Node.Fetching;

/// <summary>
/// How one partition is looked at for a fetch: first whether an answer is due (<see cref="Survey"/>, arithmetic only), then what is in it
/// (<see cref="Read"/>). Both decide in Kafka's order. Called under the session's gate.
/// </summary>
internal static class PartitionFetch
{
    // KIP-110: who fetches below this version may not know zstd.
    private const short MinZstdVersion = 10;

    /// <summary>Finds the log, unless it was found and is still there.</summary>
    public static void Resolve(WatchedPartition partition, PartitionTable partitions)
    {
        if (partition.Found is { IsDeleted: false })
        {
            return;
        }

        var topic = partition.Key.Topic is { } name ? partitions.FindTopic(name) : partitions.FindTopic(partition.Key.TopicId);
        partition.IsWatched = false;
        partition.Found = topic?.Find(partition.Key.Index);
        partition.Missing = topic is null && partition.Key.Topic is null ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition;
    }

    /// <summary>
    /// Bytes that the partition has for the client, up to its limit, or -1 when it has something to say that does not wait. Notes the high
    /// watermark that it saw, for the watch.
    /// </summary>
    /// <param name="countAll">Else it is enough to know whether there are any.</param>
    public static long Survey(WatchedPartition partition, bool countAll)
    {
        if (partition.Found is not { IsDeleted: false } found)
        {
            return -1;
        }

        var highWatermark = partition.SeenHighWatermark = found.HighWatermark;
        var offset = partition.FetchOffset;
        if (IsWrongEpoch(partition, found) || offset < found.LogStartOffset || MayDiverge(partition, found))
        {
            return -1;
        }

        // Between the high watermark and the log end there are records that are not committed yet: worth waiting for.
        if (offset >= highWatermark)
        {
            return offset > found.LogEndOffset ? -1 : 0;
        }

        // Even a limit of 0 does not hold back the first batch.
        return partition.MaxBytes < 0 ? -1 : countAll ? Math.Clamp(found.AvailableBytes(offset), 1, Math.Max(1, partition.MaxBytes)) : 1;
    }

    /// <summary>Reads the partition into its answer fields.</summary>
    public static void Read(WatchedPartition partition, ref FetchBudget budget, short version, bool isReplica)
    {
        partition.Records = WireRecords.Empty;
        partition.Diverging = (-1, -1);
        partition.Error = ReadFound(partition, ref budget, version, isReplica);
        if (partition.Error != ErrorCode.None)
        {
            partition.HighWatermark = partition.LogStartOffset = -1;
        }

        budget.Spend(partition.Records.LengthBytes);
    }

    private static ErrorCode ReadFound(WatchedPartition partition, ref FetchBudget budget, short version, bool isReplica)
    {
        if (partition.Found is not { } found)
        {
            return partition.Missing;
        }

        if (version < MinZstdVersion && found.Topic.Settings.StoredCompression == CompressionType.Zstd)
        {
            return ErrorCode.UnsupportedCompressionType;
        }

        // A cluster of one broker has no followers.
        if (isReplica)
        {
            return ErrorCode.NotLeaderOrFollower;
        }

        if (IsWrongEpoch(partition, found))
        {
            return partition.CurrentLeaderEpoch < found.LeaderEpoch ? ErrorCode.FencedLeaderEpoch : ErrorCode.UnknownLeaderEpoch;
        }

        if (MayDiverge(partition, found))
        {
            var end = found.EndOfEpoch(partition.LastFetchedEpoch);
            if (end.Epoch < 0 || end.EndOffset < 0)
            {
                return ErrorCode.OffsetOutOfRange;
            }

            if (end.Epoch < partition.LastFetchedEpoch || end.EndOffset < partition.FetchOffset)
            {
                partition.Diverging = end;
                partition.HighWatermark = found.HighWatermark;
                partition.LogStartOffset = found.LogStartOffset;
                return found.IsDeleted ? ErrorCode.UnknownTopicOrPartition : ErrorCode.None;
            }
        }

        var limit = budget.LimitFor(partition.MaxBytes);
        if (limit < 0 && partition.FetchOffset < found.HighWatermark && partition.FetchOffset >= found.LogStartOffset)
        {
            return ErrorCode.UnknownServerError;
        }

        var slice = found.Read(partition.FetchOffset, limit, budget.MinOneBatch);
        if (slice.Error == ErrorCode.None)
        {
            partition.HighWatermark = slice.HighWatermark;
            partition.LogStartOffset = slice.LogStartOffset;
            partition.Records = slice.Records.IsNull ? WireRecords.Empty : slice.Records;
        }

        return slice.Error;
    }

    /// <summary>In a fetch, unlike elsewhere, any negative epoch means that the client does not say.</summary>
    private static bool IsWrongEpoch(WatchedPartition partition, Partition found) =>
        partition.CurrentLeaderEpoch >= 0 && partition.CurrentLeaderEpoch != found.LeaderEpoch;

    /// <summary>The client's last record was written under another epoch than the present one, so its log may have gone another way.</summary>
    private static bool MayDiverge(WatchedPartition partition, Partition found) =>
        partition.LastFetchedEpoch >= 0 && partition.LastFetchedEpoch != found.LeaderEpoch;
}
