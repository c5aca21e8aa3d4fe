using System.Collections.Immutable;
using Federation.Core.Homes;
using Kernel.Machines;

namespace Federation.Core.Mirroring;

/// <summary>How far a topic has come on the present stream.</summary>
internal enum TopicPhase
{
    /// <summary>To be asked for, at <see cref="MirroredTopic.RetryAt"/> or once there is a stream.</summary>
    Unasked,

    /// <summary>The source was asked.</summary>
    Asked,

    /// <summary>The source said what it is; its copy is opened or being opened.</summary>
    Described,
}

/// <summary>A topic of the link, as its <see cref="MirrorMachine"/> knows it.</summary>
internal sealed class MirroredTopic(FederatedTopic target)
{
    /// <summary>What the federation says of it.</summary>
    public FederatedTopic Target { get; set; } = target;

    public string Name => Target.ClusterName;

    public TopicPhase Phase { get; set; }

    /// <summary>Its number on the present stream; 0 for none.</summary>
    public uint Handle { get; set; }

    public Instant RetryAt { get; set; }

    /// <summary>Failures in a row, of the source or the copy.</summary>
    public int Failures { get; set; }

    /// <summary>For people; null when nothing is wrong with the topic as a whole.</summary>
    public string? Error { get; set; }

    /// <summary>When the first of the <see cref="Failures"/> was; null when there is none.</summary>
    public Instant? FailingSince { get; set; }

    /// <summary>That it stands still has been logged.</summary>
    public bool IsStandstillTold { get; set; }

    /// <summary><see cref="Error"/> is not going to pass by itself.</summary>
    public bool IsFailed { get; set; }

    public Guid TopicId { get; set; }
    public int PartitionCount { get; set; }
    public ImmutableSortedDictionary<string, string> Configs { get; set; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Attempt of the MirrorOpen under way, 0 for none.</summary>
    public int OpenAttempt { get; set; }

    /// <summary>Something changed while MirrorOpen was under way: again.</summary>
    public bool IsOpenDue { get; set; }

    /// <summary>By index; grows when MirrorOpen answers.</summary>
    public List<MirroredPartition> Partitions { get; } = [];

    /// <summary>Every partition that the federation wants is open and follows.</summary>
    public bool IsMirrored => Phase == TopicPhase.Described && Partitions.Count >= Target.Partitions && Partitions.TrueForAll(p => p.Phase == CopyPhase.Following);
}
