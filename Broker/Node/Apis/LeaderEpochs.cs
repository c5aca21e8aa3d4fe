using System.Diagnostics.CodeAnalysis;
using Broker.Node.Partitions;
using Protocol.Wire;

namespace Broker.Node.Apis;

/// <summary>Finds the partition that a question about offsets is for, and whether the client's idea of its leader is the present one (KIP-320).</summary>
internal static class LeaderEpochs
{
    /// <summary>
    /// The partition, or why it is not answered for: UNKNOWN_TOPIC_OR_PARTITION; KAFKA_STORAGE_ERROR when its log cannot be opened, because it would
    /// answer as an empty one; FENCED_LEADER_EPOCH for an older epoch, UNKNOWN_LEADER_EPOCH for a newer one; -1 means that the client does not say.
    /// </summary>
    public static bool TryFind(
        this PartitionTable partitions, string topic, int index, int askedEpoch, [NotNullWhen(true)] out Partition? partition, out ErrorCode error)
    {
        partition = partitions.Find(topic, index);
        error = partition is not { IsDeleted: false } ? ErrorCode.UnknownTopicOrPartition
            : !partition.HasLog ? ErrorCode.KafkaStorageError
            : Compare(askedEpoch, partition.LeaderEpoch);
        return error == ErrorCode.None && partition is not null;
    }

    private static ErrorCode Compare(int asked, int current) => asked == -1 || asked == current ? ErrorCode.None
        : asked < current ? ErrorCode.FencedLeaderEpoch
        : ErrorCode.UnknownLeaderEpoch;
}
