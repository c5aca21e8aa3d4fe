using Broker.Core.Fetching;
using Broker.Node.Partitions;
using Protocol.Wire;
using Protocol.Wire.Codec;

namespace Broker.Node.Fetching;

/// <summary>
/// A partition of a fetch session on this node: the log it is read from, whether that is watched, and what the present fetch found. Guarded
/// by its session's gate.
/// </summary>
internal sealed class WatchedPartition : FetchSessionPartition, IReadWaiter
{
    /// <summary>The session that it stands in.</summary>
    public required WatchedSession Session { get; set; }

    /// <summary>The partition that is read; null when there is none.</summary>
    public Partition? Found { get; set; }

    /// <summary>What to answer when there is none.</summary>
    public ErrorCode Missing { get; set; }

    /// <summary>It waits for <see cref="Found"/> to have more to read.</summary>
    public bool IsWatched { get; set; }

    /// <summary>The high watermark that was looked at last: what is above it is news.</summary>
    public long SeenHighWatermark { get; set; }

    /// <summary>Bytes that count towards the fetch's min_bytes.</summary>
    public long CountedBytes { get; set; }

    /// <summary>What goes into the answer.</summary>
    public ErrorCode Error { get; set; }

    public long HighWatermark { get; set; }

    public long LogStartOffset { get; set; }

    public WireRecords Records { get; set; }

    /// <summary>The largest epoch at or below the client's, and its end, when the client's log went another way; else -1 (KIP-595).</summary>
    public (int Epoch, long EndOffset) Diverging { get; set; } = (-1, -1);

    /// <inheritdoc/>
    public void OnReadable() => Session.OnReadable(this);

    /// <summary>Forgets whom it stood for.</summary>
    public void Reset()
    {
        Found = null;
        Missing = Error = ErrorCode.None;
        SeenHighWatermark = CountedBytes = 0;
        CurrentLeaderEpoch = LastFetchedEpoch = -1;
        Records = default;
        Diverging = (-1, -1);
    }
}
