using System.Collections.Immutable;
using Kernel.Ids;

namespace Federation.Core.Mirroring;

/// <summary>What a <see cref="MirrorMachine"/> asks its host to do. What is sent goes on the newest stream.</summary>
public abstract record MirrorEffect
{
    private MirrorEffect()
    {
    }

    /// <summary>Make a stream to the source and greet; then <see cref="MirrorInput.StreamOpened"/> or <see cref="MirrorInput.StreamLost"/>.</summary>
    public sealed record OpenStream(int Stream) : MirrorEffect;

    /// <summary>Drop the stream. Nothing is expected back.</summary>
    public sealed record CloseStream(int Stream, string Reason) : MirrorEffect;

    /// <summary>Ask the source for a topic.</summary>
    public sealed record SendFollow(uint Handle, string Topic, long FencingEpoch) : MirrorEffect;

    /// <summary>Want nothing more of a topic.</summary>
    public sealed record SendUnfollow(uint Handle) : MirrorEffect;

    /// <summary>Let pushes begin.</summary>
    public sealed record SendResume(uint Handle, ImmutableArray<ResumeAt> Positions) : MirrorEffect;

    /// <summary>Let pushes stop.</summary>
    public sealed record SendPause(uint Handle, ImmutableArray<int> Partitions) : MirrorEffect;

    /// <summary>Allow so many more bytes.</summary>
    public sealed record SendCredits(long Bytes) : MirrorEffect;

    /// <summary>Say what is durable.</summary>
    public sealed record SendAck(ImmutableArray<AckedEnd> Ends) : MirrorEffect;

    /// <summary>Call MirrorOpen on the local broker; then <see cref="MirrorInput.CopyOpened"/> with the same attempt.</summary>
    public sealed record OpenCopy(
        string Topic, int Attempt, Guid TopicId, int PartitionCount, RegionId Source, long FencingEpoch, ImmutableSortedDictionary<string, string> Configs) : MirrorEffect;

    /// <summary>
    /// Call MirrorAppend on the local broker with the payloads, one behind the other, then release them; then <see cref="MirrorInput.AppendDone"/> with
    /// the same attempt. No payload: only the log start is raised.
    /// </summary>
    public sealed record Append(
        string Topic, Guid TopicId, int Partition, int Attempt, long FencingEpoch, long SourceLogStart, ImmutableArray<BatchPayload> Payloads) : MirrorEffect;

    /// <summary>The payload is not wanted.</summary>
    public sealed record Release(BatchPayload Payload) : MirrorEffect;

    /// <summary>One line for people: a copy or the link changed to or from trouble.</summary>
    public sealed record Log(string Text, bool IsTrouble) : MirrorEffect;
}

/// <summary>Where pushes of a partition begin.</summary>
public readonly record struct ResumeAt(int Partition, long Offset, uint Session);

/// <summary>Up to where a copy is durable, exclusive.</summary>
public readonly record struct AckedEnd(uint Handle, int Partition, long Offset);
