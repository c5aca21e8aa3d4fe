namespace Federation.Core.Mirroring;

/// <summary>What a mirror is doing.</summary>
public enum MirrorState
{
    /// <summary>The link to the source is being made, or the copy is being opened.</summary>
    Connecting,

    /// <summary>The copy lags behind and is being filled.</summary>
    CatchingUp,

    /// <summary>The copy follows: what arrives at the source is pushed as it is committed.</summary>
    Following,

    /// <summary>The copy cannot go on without a person; <see cref="PartitionMirrorStatus.Error"/> says why.</summary>
    Failed,
}

/// <summary>One mirrored partition as one side of the link sees it.</summary>
/// <param name="Topic">The topic's name on the clusters.</param>
/// <param name="SourceLogEnd">End of what is committed at the source, exclusive; -1 before the first heartbeat.</param>
/// <param name="CopyLogEnd">Durable end of the copy, exclusive; -1 before it was opened.</param>
/// <param name="LagMs">How old the oldest record is that the source committed and the copy has not; 0 when the copy is complete; -1 unknown.</param>
/// <param name="Error">For people; null when nothing is wrong.</param>
public sealed record PartitionMirrorStatus(
    string Topic, int Partition, string SourceRegion, string Region, MirrorState State, long SourceLogEnd, long CopyLogEnd, long LagMs, string? Error)
{
    /// <summary>Committed at the source and not durable in the copy; -1 unknown.</summary>
    public long LagRecords => SourceLogEnd < 0 || CopyLogEnd < 0 ? -1 : Math.Max(0, SourceLogEnd - CopyLogEnd);
}
