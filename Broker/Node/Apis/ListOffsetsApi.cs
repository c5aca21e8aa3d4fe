using Broker.Node.Partitions;
using Kernel.Ids;
using Microsoft.Extensions.Logging;
using Protocol.Wire;
using Protocol.Wire.Messages;
using AnsweredPartition = Protocol.Wire.Messages.ListOffsetsResponse.ListOffsetsTopicResponse.ListOffsetsPartitionResponse;
using AskedPartition = Protocol.Wire.Messages.ListOffsetsRequest.ListOffsetsTopic.ListOffsetsPartition;

namespace Broker.Node.Apis;

/// <summary>
/// ListOffsets (key 2): offsets by timestamp, or by one of the negative ones that mean a place. Whoever asks, also a replica or a debugger,
/// is answered from below the high watermark.
/// </summary>
public sealed class ListOffsetsApi(PartitionTable partitions) : Api<ListOffsetsRequest, ListOffsetsResponse>
{
    private const long Latest = -1;
    private const long Earliest = -2;
    private const long MaxTimestamp = -3;
    private const long EarliestLocal = -4;
    private const long LatestTiered = -5;
    private const long EarliestPendingUpload = -6;
    private const sbyte MaxIsolationLevel = 1;

    /// <summary>
    /// A search by time may walk a segment, on a cold disk for long: on a pool thread, since the connection's own serves others too. Places are known.
    /// </summary>
    protected override ValueTask<ListOffsetsResponse?> HandleAsync(RequestContext context, ListOffsetsRequest request)
    {
        var version = context.Version;
        return request.Topics.Exists(static topic => topic.Partitions.Exists(static asked => asked.Timestamp is >= 0 or MaxTimestamp))
            ? new(Task.Run<ListOffsetsResponse?>(() => Answer(request, version)))
            : new(Answer(request, version));
    }

    private ListOffsetsResponse Answer(ListOffsetsRequest request, short version)
    {
        var badIsolation = version >= 2 && request.IsolationLevel is < 0 or > MaxIsolationLevel;
        var counts = new Dictionary<TopicPartition, int>();
        foreach (var topic in request.Topics)
        {
            foreach (var partition in topic.Partitions)
            {
                var name = new TopicPartition(topic.Name, partition.PartitionIndex);
                counts[name] = counts.GetValueOrDefault(name) + 1;
            }
        }

        var response = new ListOffsetsResponse();
        foreach (var topic in request.Topics)
        {
            var answers = new List<AnsweredPartition>(topic.Partitions.Count);
            foreach (var asked in topic.Partitions)
            {
                // One that is named twice is refused, and answered once.
                var name = new TopicPartition(topic.Name, asked.PartitionIndex);
                if (counts.Remove(name, out var count))
                {
                    answers.Add(badIsolation ? Refused(asked, ErrorCode.UnknownServerError)
                        : count > 1 ? Refused(asked, ErrorCode.InvalidRequest)
                        : Find(topic.Name, asked, version));
                }
            }

            if (answers.Count > 0)
            {
                response.Topics.Add(new() { Name = topic.Name, Partitions = answers });
            }
        }

        return response;
    }

    private AnsweredPartition Find(string topic, AskedPartition asked, short version)
    {
        if (!IsSupported(asked.Timestamp, version))
        {
            return Refused(asked, ErrorCode.UnsupportedVersion);
        }

        if (!partitions.TryFind(topic, asked.PartitionIndex, asked.CurrentLeaderEpoch, out var partition, out var error))
        {
            return Refused(asked, error);
        }

        try
        {
            // Without tiering nothing is tiered and nothing waits for it.
            return asked.Timestamp switch
            {
                Latest => At(asked, partition, partition.HighWatermark),
                Earliest or EarliestLocal => At(asked, partition, partition.LogStartOffset),
                MaxTimestamp => Found(asked, partition, partition.FindMaxTimestamp()),
                LatestTiered or EarliestPendingUpload => Found(asked, partition, null),
                _ => Found(asked, partition, partition.FindByTimestamp(asked.Timestamp)),
            };
        }
        catch (IOException failure)
        {
            if (partition.IsDeleted)
            {
                return Refused(asked, ErrorCode.UnknownTopicOrPartition);
            }

            partitions.Options.Logger.LogError(failure, "{Topic}-{Partition} could not be searched by time", topic, asked.PartitionIndex);
            return Refused(asked, ErrorCode.KafkaStorageError);
        }
    }

    /// <summary>Each special timestamp came with a version of its own.</summary>
    private static bool IsSupported(long timestamp, short version) => timestamp switch
    {
        >= Earliest => true,
        MaxTimestamp => version >= 7,
        EarliestLocal => version >= 8,
        LatestTiered => version >= 9,
        EarliestPendingUpload => version >= 11,
        _ => false,
    };

    private static AnsweredPartition At(AskedPartition asked, Partition partition, long offset) =>
        new() { PartitionIndex = asked.PartitionIndex, Offset = offset, LeaderEpoch = partition.EpochAt(offset) };

    private static AnsweredPartition Found(AskedPartition asked, Partition partition, OffsetAtTime? found)
    {
        if (found is not { } at)
        {
            return new() { PartitionIndex = asked.PartitionIndex };
        }

        // The largest timestamp may lie below the log start, where epochs are forgotten: the one at the start is the nearest.
        var epoch = at.LeaderEpoch >= 0 ? at.LeaderEpoch : partition.EpochAt(partition.LogStartOffset);
        return new() { PartitionIndex = asked.PartitionIndex, Offset = at.Offset, Timestamp = at.TimestampMs, LeaderEpoch = epoch };
    }

    private static AnsweredPartition Refused(AskedPartition asked, ErrorCode error) =>
        new() { PartitionIndex = asked.PartitionIndex, ErrorCode = (short)error };

}
