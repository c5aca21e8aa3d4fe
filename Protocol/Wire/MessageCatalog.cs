using System.Collections.Immutable;

namespace Protocol.Wire;

/// <summary>
/// Which APIs the wire protocol knows, in which versions, and which of those are flexible. It says what can be read and written, not
/// what a server serves. Immutable.
/// </summary>
public static class MessageCatalog
{
    private const int IndexedKeys = 128;

    private static readonly ImmutableArray<ApiInfo> Known =
    [
        new(ApiKey.Produce, new(0, 13), new(9, short.MaxValue)),
        new(ApiKey.Fetch, new(4, 18), new(12, short.MaxValue)),
        new(ApiKey.ListOffsets, new(1, 11), new(6, short.MaxValue)),
        new(ApiKey.Metadata, new(0, 13), new(9, short.MaxValue)),
        new(ApiKey.OffsetCommit, new(2, 10), new(8, short.MaxValue)),
        new(ApiKey.OffsetFetch, new(1, 10), new(6, short.MaxValue)),
        new(ApiKey.FindCoordinator, new(0, 6), new(3, short.MaxValue)),
        new(ApiKey.JoinGroup, new(0, 9), new(6, short.MaxValue)),
        new(ApiKey.Heartbeat, new(0, 4), new(4, short.MaxValue)),
        new(ApiKey.LeaveGroup, new(0, 5), new(4, short.MaxValue)),
        new(ApiKey.SyncGroup, new(0, 5), new(4, short.MaxValue)),
        new(ApiKey.DescribeGroups, new(0, 6), new(5, short.MaxValue)),
        new(ApiKey.ListGroups, new(0, 5), new(3, short.MaxValue)),
        new(ApiKey.SaslHandshake, new(0, 1), VersionRange.None),
        new(ApiKey.ApiVersions, new(0, 5), new(3, short.MaxValue)),
        new(ApiKey.CreateTopics, new(2, 7), new(5, short.MaxValue)),
        new(ApiKey.DeleteTopics, new(1, 6), new(4, short.MaxValue)),
        new(ApiKey.DeleteRecords, new(0, 2), new(2, short.MaxValue)),
        new(ApiKey.InitProducerId, new(0, 5), new(2, short.MaxValue)),
        new(ApiKey.OffsetForLeaderEpoch, new(2, 4), new(4, short.MaxValue)),
        new(ApiKey.DescribeConfigs, new(1, 4), new(4, short.MaxValue)),
        new(ApiKey.SaslAuthenticate, new(0, 2), new(2, short.MaxValue)),
        new(ApiKey.CreatePartitions, new(0, 3), new(2, short.MaxValue)),
        new(ApiKey.DeleteGroups, new(0, 2), new(2, short.MaxValue)),
        new(ApiKey.IncrementalAlterConfigs, new(0, 1), new(1, short.MaxValue)),
        new(ApiKey.OffsetDelete, new(0, 0), VersionRange.None),
        new(ApiKey.DescribeCluster, new(0, 2), new(0, short.MaxValue)),
        new(ApiKey.MirrorOpen, new(0, 0), new(0, short.MaxValue)),
        new(ApiKey.MirrorAppend, new(0, 0), new(0, short.MaxValue)),
    ];

    private static readonly ApiInfo?[] ByKey = Index();

    /// <summary>All known APIs, by rising key, our private ones last.</summary>
    public static ImmutableArray<ApiInfo> All => Known;

    /// <summary>Finds an API by its key on the wire; false when it is not known.</summary>
    public static bool TryFind(short key, out ApiInfo info)
    {
        var found = (uint)key < IndexedKeys ? ByKey[key] : FindPrivate(key);
        info = found.GetValueOrDefault();
        return found.HasValue;
    }

    /// <summary>
    /// Whether requests and answers of this version are flexible. False for an unknown API. Versions above the known ones count as
    /// flexible when the highest known one is: the header of an ApiVersions request from the future has to be read to refuse it.
    /// </summary>
    public static bool IsFlexible(short key, short version) => TryFind(key, out var info) && info.FlexibleVersions.Contains(version);

    private static ApiInfo? FindPrivate(short key)
    {
        foreach (var info in Known)
        {
            if ((short)info.Key == key)
            {
                return info;
            }
        }

        return null;
    }

    private static ApiInfo?[] Index()
    {
        var index = new ApiInfo?[IndexedKeys];
        foreach (var info in Known)
        {
            if ((uint)info.Key < IndexedKeys)
            {
                index[(int)info.Key] = info;
            }
        }

        return index;
    }
}
