using System.Collections.Immutable;
using Federation.Core.Homes;
using Protocol.Wire;

namespace Federation.Core.Mirroring;

/// <summary>What can happen to a <see cref="SourceMachine"/>.</summary>
public abstract record SourceInput
{
    private SourceInput()
    {
    }

    /// <summary>The federation's topics changed, or are known for the first time.</summary>
    public sealed record ImageChanged(FederationImage Image) : SourceInput;

    /// <summary>An earlier stream of the destination knew how far its copies were.</summary>
    public sealed record EarlierStream(IReadOnlyDictionary<(string Topic, int Partition), SourceProgress> Progress) : SourceInput;

    /// <summary>The time of <see cref="SourceMachine.Deadline"/> has come.</summary>
    public sealed record DeadlineReached : SourceInput;

    /// <summary>The destination wants a topic.</summary>
    public sealed record FollowAsked(uint Handle, string Topic, long FencingEpoch) : SourceInput;

    /// <summary>The destination wants nothing more of a topic.</summary>
    public sealed record UnfollowAsked(uint Handle) : SourceInput;

    /// <summary>The destination says where pushes begin.</summary>
    public sealed record ResumeAsked(uint Handle, ImmutableArray<ResumeAt> Positions) : SourceInput;

    /// <summary>The destination wants no more pushes of some partitions.</summary>
    public sealed record PauseAsked(uint Handle, ImmutableArray<int> Partitions) : SourceInput;

    /// <summary>The destination takes so many more bytes.</summary>
    public sealed record CreditsGranted(long Bytes) : SourceInput;

    /// <summary>The destination has made copies durable.</summary>
    public sealed record EndsAcked(ImmutableArray<AckedEnd> Ends) : SourceInput;

    /// <summary>The cluster said what it knows of topics. Null: it could not be asked.</summary>
    public sealed record TopicsResolved(int Attempt, ImmutableArray<ResolvedTopic>? Topics, string? Reason) : SourceInput;

    /// <summary>A broker answered a fetch. The machine owns the payloads from here on.</summary>
    /// <param name="IsSessionKept">The broker remembers the session; false when it has no room for one, so that the next fetch names everything again.</param>
    public sealed record Fetched(int Broker, int Attempt, TimeSpan Throttle, bool IsSessionKept, ImmutableArray<FetchedPartition> Partitions) : SourceInput;

    /// <summary>A fetch failed as a whole: the connection broke or the broker wants a new session.</summary>
    public sealed record FetchFailed(int Broker, int Attempt, bool IsSessionLost, string Reason) : SourceInput;

    /// <summary>A broker said where a partition's log begins and ends. Offsets are -1 where it did not.</summary>
    public sealed record BoundsFound(Guid TopicId, int Partition, long LogStart, long LogEnd) : SourceInput;
}

/// <summary>How far a copy was when a stream last knew of it.</summary>
/// <param name="AckedEnd">Its durable end.</param>
/// <param name="SinceMs">Since when it may lack what is committed behind that end, the source's clock.</param>
public sealed record SourceProgress(Guid TopicId, long AckedEnd, long SinceMs);

/// <summary>A topic as the source's cluster knows it.</summary>
/// <param name="Leaders">Broker of each partition, by index; -1 for none.</param>
/// <param name="Configs">Settings of the topic itself; null when the cluster did not say.</param>
public sealed record ResolvedTopic(string Name, ErrorCode Error, Guid Id, ImmutableArray<int> Leaders, ImmutableSortedDictionary<string, string>? Configs);

/// <summary>What a fetch found in a partition.</summary>
/// <param name="Payload">What came, from its first byte; null for nothing. It may begin before the offset asked for and end in a cut batch.</param>
public readonly record struct FetchedPartition(Guid TopicId, int Partition, ErrorCode Error, long HighWatermark, long LogStart, BatchPayload? Payload);
