namespace Federation.Core.Mirroring;

/// <summary>The bounds by which both sides of a link live.</summary>
public sealed record MirrorSettings
{
    /// <summary>Bytes of records that may be on the way or waiting for the copy's disk, for the whole link. 32 MiB fill 100 ms of distance at 320 MB/s.</summary>
    public long WindowBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>Pushes that wait behind an append are appended together up to this.</summary>
    public int MaxAppendBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>What one fetch at the source may answer at most, first batch excepted.</summary>
    public int MaxFetchBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>What one fetch may answer of one partition, so that a copy that catches up does not starve the ones that follow.</summary>
    public int MaxPartitionFetchBytes { get; init; } = 1024 * 1024;

    /// <summary>How long the source's broker holds a fetch that finds nothing.</summary>
    public TimeSpan FetchMaxWait { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// A partition that is resumed during a long poll joins the next one. If that does not come within this, the poll is abandoned for one that has
    /// the partition: brokers answer a connection in order, so it cannot be called back.
    /// </summary>
    public TimeSpan JoinPatience { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Polls are not abandoned more often than this: a thousand topics that are made together must not cost a thousand sessions.</summary>
    public TimeSpan JoinPause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Durable ends and small credits are gathered this long before they are sent.</summary>
    public TimeSpan AckInterval { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>The source says that it lives at least so often.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A link on which nothing came for so long is closed and made anew: five heartbeats.</summary>
    public TimeSpan SilenceLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long making a link may take.</summary>
    public TimeSpan ConnectLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Wait after a first failure.</summary>
    public TimeSpan MinBackoff { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Longest wait after failures in a row. Short, because a link that is down is a growing loss window.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What only a person can mend is looked at again after so long: the person should not have to restart anything.</summary>
    public TimeSpan FailedRetry { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long the source may seem to have less than the copy before it counts as having lost records: a new leader of Apache Kafka finds its
    /// high watermark only when its followers have fetched.
    /// </summary>
    public TimeSpan AheadPatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long the home of a topic that was never seen there may not have it before that counts as trouble: it is made while its copies ask for it.
    /// </summary>
    public TimeSpan NewTopicPatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a partition may have no leader that can be read before the destination is told that its copy's lag is unknown.</summary>
    public TimeSpan UnreadablePatience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The source looks at its cluster's topics so often for partitions and settings that were changed behind the federation's back.</summary>
    public TimeSpan ResolveInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A copy that is younger behind than this counts as following.</summary>
    public TimeSpan FollowingLag { get; init; } = TimeSpan.FromSeconds(1);
}
