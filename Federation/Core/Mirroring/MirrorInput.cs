using System.Collections.Immutable;
using Federation.Core.Homes;
using Protocol.Wire;

namespace Federation.Core.Mirroring;

/// <summary>What can happen to a <see cref="MirrorMachine"/>. Stream numbers say which stream something came on; what comes late from an older one is dropped.</summary>
public abstract record MirrorInput
{
    private MirrorInput()
    {
    }

    /// <summary>The federation's topics changed, or are known for the first time.</summary>
    public sealed record ImageChanged(FederationImage Image) : MirrorInput;

    /// <summary>The time of <see cref="MirrorMachine.Deadline"/> has come.</summary>
    public sealed record DeadlineReached : MirrorInput;

    /// <summary>The source answered the greeting.</summary>
    public sealed record StreamOpened(int Stream) : MirrorInput;

    /// <summary>The stream ended or could not be made. The reason is for people.</summary>
    public sealed record StreamLost(int Stream, string Reason) : MirrorInput;

    /// <summary>The source says what a topic is.</summary>
    public sealed record TopicDescribed(int Stream, uint Handle, Guid TopicId, int PartitionCount, ImmutableSortedDictionary<string, string> Configs) : MirrorInput;

    /// <summary>The source pushed batches. The machine owns the payload from here on.</summary>
    /// <param name="FromOffset">Nothing is committed between this and the first batch.</param>
    /// <param name="SourceMs">The source's clock.</param>
    public sealed record BatchesPushed(
        int Stream, uint Handle, int Partition, uint Session, long FromOffset, long CommittedEnd, long LogStart, long SourceMs, BatchPayload Payload) : MirrorInput;

    /// <summary>The source lives; some committed ends moved.</summary>
    public sealed record HeartbeatReceived(int Stream, long SourceMs, ImmutableArray<SourceEnd> Ends) : MirrorInput;

    /// <summary>The source cannot serve a topic, or one partition of it.</summary>
    /// <param name="Partition">-1: the whole topic.</param>
    public sealed record SourceRefused(int Stream, uint Handle, int Partition, ErrorCode Error, string Text) : MirrorInput;

    /// <summary>The local broker answered MirrorOpen; a call that failed has an error of its own (NETWORK_EXCEPTION).</summary>
    public sealed record CopyOpened(string Topic, int Attempt, ErrorCode Error, string? Text, ImmutableArray<CopyEnd> Partitions) : MirrorInput;

    /// <summary>The local broker answered MirrorAppend. The offsets are -1 where the call failed.</summary>
    public sealed record AppendDone(string Topic, int Partition, int Attempt, ErrorCode Error, string? Text, long LogStart, long LogEnd) : MirrorInput;
}

/// <summary>Where a partition of the source stands.</summary>
public readonly record struct SourceEnd(uint Handle, int Partition, long CommittedEnd, long LogStart);

/// <summary>Where a partition's copy begins and ends.</summary>
public readonly record struct CopyEnd(int Partition, long LogStart, long LogEnd);
