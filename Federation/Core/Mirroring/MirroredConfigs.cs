using System.Collections.Immutable;

namespace Federation.Core.Mirroring;

/// <summary>Which of a topic's settings its copies take over: those that say what the records are and how long they stay, not how a cluster keeps them.</summary>
public static class MirroredConfigs
{
    // Settings of the cluster that they stand on: replicas, tiers, in-sync counts and leader choice differ between clusters, and the copy takes no
    // client's writes. A copy keeps the source's bytes whatever compression.type says.
    private static readonly ImmutableHashSet<string> Local =
    [
        "compression.gzip.level", "compression.lz4.level", "compression.type", "compression.zstd.level", "follower.replication.throttled.replicas",
        "leader.replication.throttled.replicas", "local.retention.bytes", "local.retention.ms", "min.insync.replicas", "preallocate",
        "remote.copy.disable", "remote.log.copy.disable", "remote.log.delete.on.disable", "remote.storage.enable", "unclean.leader.election.enable",
    ];

    /// <summary>The settings that the copy is opened with.</summary>
    public static ImmutableSortedDictionary<string, string> Choose(ImmutableSortedDictionary<string, string> source) => source.RemoveRange(Local);
}
