using System.Collections.Immutable;
using Kernel.Machines;

namespace Federation.Core.Mirroring;

/// <summary>A topic that a destination follows, as a <see cref="SourceMachine"/> knows it.</summary>
internal sealed class SourceTopic(uint handle, string name, long fencingEpoch)
{
    public uint Handle => handle;
    public string Name => name;
    public long FencingEpoch => fencingEpoch;

    /// <summary>Empty before the cluster said it.</summary>
    public Guid Id { get; set; }

    public ImmutableSortedDictionary<string, string> Configs { get; set; } = ImmutableSortedDictionary<string, string>.Empty;

    public List<SourcePartition> Partitions { get; } = [];
}

/// <summary>One partition of it. Its position is where the next push begins.</summary>
internal sealed class SourcePartition(SourceTopic topic, int index)
{
    public SourceTopic Topic => topic;
    public int Index => index;

    /// <summary>The leader; -1 for none known.</summary>
    public int Leader { get; set; } = -1;

    /// <summary>Since when this one leads, or none does.</summary>
    public Instant LeaderSince { get; set; }

    /// <summary>The destination was told that it cannot be read, and not yet that it can again.</summary>
    public bool IsStallTold { get; set; }

    /// <summary>The destination wants pushes.</summary>
    public bool IsWanted { get; set; }

    /// <summary>The log's bounds are being asked for.</summary>
    public bool IsBoundsAsked { get; set; }

    /// <summary>Where to read next.</summary>
    public long Position { get; set; }

    /// <summary>Something was pushed since the newest Resume, so that the next push is compared with nothing.</summary>
    public bool IsPushed { get; set; }

    /// <summary>Leader epoch of the last batch that was pushed; meaningless before.</summary>
    public int PushedEpoch { get; set; }

    /// <summary>The newest leader epoch on whose sight the destination was asked to resume: that its batches follow older ones is no news any more.</summary>
    public int ComparedEpoch { get; set; } = -1;

    /// <summary>What the leader's fetch session has for it; -1 when it is not in the session.</summary>
    public long SessionOffset { get; set; } = -1;

    /// <summary>The destination's number of the newest Resume.</summary>
    public uint Session { get; set; }

    public long HighWatermark { get; set; } = -1;
    public long LogStart { get; set; } = -1;

    /// <summary>Since when the destination asks for more than the log has; null while it does not.</summary>
    public Instant? AheadSince { get; set; }

    /// <summary>Durable end of the copy; -1 before the destination said it.</summary>
    public long AckedEnd { get; set; } = -1;

    /// <summary>What an earlier stream said of <see cref="SourceProgress.SinceMs"/>, before this one has seen the log; null otherwise.</summary>
    public long? EarlierMs { get; set; }

    /// <summary>The destination does not know the high watermark or log start yet.</summary>
    public bool IsEndDue { get; set; }

    /// <summary>When the source saw the ends that the copy has not reached.</summary>
    public LagMarks Marks { get; } = new();

    /// <summary>A fetch of it makes sense now.</summary>
    public bool IsFetchable => IsWanted && !IsBoundsAsked && Leader >= 0;
}

/// <summary>A broker of the source's cluster, and the fetch session with it.</summary>
internal sealed class SourceBroker(int id)
{
    public int Id => id;

    /// <summary>Attempt of the fetch under way, 0 for none.</summary>
    public int FetchAttempt { get; set; }

    /// <summary>When the fetch under way was sent.</summary>
    public Instant FetchedAt { get; set; }

    /// <summary>A partition waits to join the session, which the fetch under way does not know of.</summary>
    public bool IsJoinDue { get; set; }

    /// <summary>When a fetch was last abandoned for one that joined.</summary>
    public Instant? JoinedAt { get; set; }

    /// <summary>Bytes set aside for the answer of the fetch under way.</summary>
    public long ReservedBytes { get; set; }

    /// <summary>The next fetch opens a session.</summary>
    public bool IsSessionNew { get; set; } = true;

    public Instant RetryAt { get; set; }
    public int Failures { get; set; }

    /// <summary>Since when it has not answered; null while it does.</summary>
    public Instant? FailingSince { get; set; }

    /// <summary>Partitions that are to be fetched from here.</summary>
    public HashSet<SourcePartition> Assigned { get; } = [];

    /// <summary>Those of which the session does not know the newest offset.</summary>
    public HashSet<SourcePartition> Changed { get; } = [];

    /// <summary>Those that the session has and should not have.</summary>
    public HashSet<ForgetOf> Forget { get; } = [];
}
