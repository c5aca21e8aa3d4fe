namespace Broker.Core.Fetching;

/// <summary>
/// One partition of a fetch session: what the client wants of it, and what it was last told. Owned by its session, which also keeps it in
/// one of two lists: due, when a fetch has to look at it, or at rest, when there was nothing to tell and somebody watches for that to change.
/// </summary>
public class FetchSessionPartition
{
    internal FetchSessionPartition? Next;
    internal FetchSessionPartition? Previous;
    internal bool IsListed;

    /// <summary>How the client names it.</summary>
    public FetchKey Key { get; internal set; }

    /// <summary>Where the client wants to read on.</summary>
    public long FetchOffset { get; set; }

    /// <summary>partition_max_bytes as sent, perhaps negative.</summary>
    public int MaxBytes { get; set; }

    /// <summary>The leader epoch that the client believes in; negative: it does not say (KIP-320).</summary>
    public int CurrentLeaderEpoch { get; set; } = -1;

    /// <summary>The epoch of the last record that the client has; negative: it does not say (KIP-595).</summary>
    public int LastFetchedEpoch { get; set; } = -1;

    /// <summary>The high watermark of the last answer about it; -1 before the first and after an error.</summary>
    public long SentHighWatermark { get; internal set; } = -1;

    /// <summary>The log start offset of the last answer about it; -1 before the first and after an error.</summary>
    public long SentLogStartOffset { get; internal set; } = -1;

    /// <summary>A fetch has to look at it. Else it is at rest.</summary>
    public bool IsDue { get; internal set; }
}
