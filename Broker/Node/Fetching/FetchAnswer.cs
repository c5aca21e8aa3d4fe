using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Framing;

namespace Broker.Node.Fetching;

/// <summary>
/// Writes the answer to a fetch, versions 4 to 18: the same bytes as the generated <see cref="Protocol.Wire.Messages.FetchResponse"/> (a test
/// compares the two), without its objects. The frame owns the record slices from here on.
/// </summary>
internal static class FetchAnswer
{
    // KIP-951's tags: where to go instead.
    private const short MinLeaderVersion = 16;

    /// <param name="error">The whole request's error; versions below 7 have no place for it.</param>
    /// <param name="nodeId">This broker, which leads all partitions.</param>
    /// <param name="partitions">What is answered, in order; neighbours of the same topic are listed together.</param>
    public static FrameWriter Write(
        short version, int correlationId, ErrorCode error, int sessionId, List<WatchedPartition> partitions, bool readCommitted, int nodeId)
    {
        var writer = new FrameWriter();
        try
        {
            writer.BeginFrame();
            ResponseHeader.Write(writer, ApiKey.Fetch, version, correlationId);
            writer.WriteInt32(0);
            if (version >= 7)
            {
                writer.WriteInt16((short)error);
                writer.WriteInt32(sessionId);
            }

            WriteTopics(writer, version, partitions, readCommitted, nodeId);
            if (version >= 12)
            {
                // The leader that is named is this broker, whose address the client has; Kafka lists no endpoint either.
                writer.WriteVarUInt(0);
            }

            writer.EndFrame();
            return writer;
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    private static void WriteTopics(FrameWriter writer, short version, List<WatchedPartition> partitions, bool readCommitted, int nodeId)
    {
        var flexible = version >= 12;
        var topics = 0;
        for (var i = 0; i < partitions.Count; i++)
        {
            topics += i == 0 || !partitions[i].Key.IsSameTopic(partitions[i - 1].Key) ? 1 : 0;
        }

        writer.WriteArrayLength(topics, flexible);
        for (var from = 0; from < partitions.Count;)
        {
            var to = from + 1;
            while (to < partitions.Count && partitions[to].Key.IsSameTopic(partitions[from].Key))
            {
                to++;
            }

            if (version >= 13)
            {
                writer.WriteUuid(partitions[from].Key.TopicId);
            }
            else
            {
                writer.WriteString(partitions[from].Key.Topic, flexible);
            }

            writer.WriteArrayLength(to - from, flexible);
            for (; from < to; from++)
            {
                WritePartition(writer, version, partitions[from], readCommitted, nodeId);
            }

            if (flexible)
            {
                writer.WriteVarUInt(0);
            }
        }
    }

    private static void WritePartition(FrameWriter writer, short version, WatchedPartition partition, bool readCommitted, int nodeId)
    {
        var flexible = version >= 12;
        writer.WriteInt32(partition.Key.Index);
        writer.WriteInt16((short)partition.Error);
        writer.WriteInt64(partition.HighWatermark);

        // There are no open transactions: all that is committed is stable.
        writer.WriteInt64(partition.HighWatermark);
        if (version >= 5)
        {
            writer.WriteInt64(partition.LogStartOffset);
        }

        writer.WriteArrayLength(HasAbortedList(partition, readCommitted) ? 0 : -1, flexible);
        if (version >= 11)
        {
            // No other replica to prefer.
            writer.WriteInt32(-1);
        }

        writer.WriteRecords(partition.Records, flexible);
        if (flexible)
        {
            WriteTags(writer, version, partition, nodeId);
        }
    }

    /// <summary>Null and empty both mean none; Kafka sends empty to who reads committed, and with what it did not even look for.</summary>
    private static bool HasAbortedList(WatchedPartition partition, bool readCommitted) =>
        partition.Error == ErrorCode.None ? readCommitted : partition.Found is null || partition.Error == ErrorCode.UnsupportedCompressionType;

    private static void WriteTags(FrameWriter writer, short version, WatchedPartition partition, int nodeId)
    {
        var diverges = partition.Diverging.Epoch >= 0;
        var elsewhere = NamesLeader(version, partition);
        writer.WriteVarUInt((diverges ? 1u : 0) + (elsewhere ? 1u : 0));
        if (diverges)
        {
            writer.WriteVarUInt(0);
            writer.WriteVarUInt(sizeof(int) + sizeof(long) + 1);
            writer.WriteInt32(partition.Diverging.Epoch);
            writer.WriteInt64(partition.Diverging.EndOffset);
            writer.WriteVarUInt(0);
        }

        if (elsewhere)
        {
            writer.WriteVarUInt(1);
            writer.WriteVarUInt(sizeof(int) + sizeof(int) + 1);
            writer.WriteInt32(nodeId);
            writer.WriteInt32(partition.Found!.LeaderEpoch);
            writer.WriteVarUInt(0);
        }
    }

    private static bool NamesLeader(short version, WatchedPartition partition) =>
        version >= MinLeaderVersion && partition is { Error: ErrorCode.NotLeaderOrFollower or ErrorCode.FencedLeaderEpoch, Found: not null };
}
