using Protocol.Wire;

namespace Broker.Node.Apis;

/// <summary>Whether a client's idea of the leader is the present one (KIP-320).</summary>
internal static class LeaderEpochs
{
    /// <summary>FENCED_LEADER_EPOCH for an older epoch, UNKNOWN_LEADER_EPOCH for a newer one; -1 in a request means that the client does not say.</summary>
    public static ErrorCode Check(int asked, int current) => asked == -1 || asked == current ? ErrorCode.None
        : asked < current ? ErrorCode.FencedLeaderEpoch
        : ErrorCode.UnknownLeaderEpoch;
}
