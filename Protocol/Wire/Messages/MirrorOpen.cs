using Protocol.Wire.Codec;

namespace Protocol.Wire.Messages;

/// <summary>
/// Private API of our broker: makes (or finds) the read-only copy of a topic on its destination cluster, with the source's topic id,
/// and fences older links. Idempotent. An epoch below the stored one is refused with FENCED_LEADER_EPOCH; a topic of the same name
/// that is not this mirror with TOPIC_ALREADY_EXISTS.
/// </summary>
[KafkaMessage(ApiKey.MirrorOpen, MessageKind.Request, Versions = "0", Flexible = "0+")]
public sealed partial class MirrorOpenRequest
{
    [Field("0+", Meaning = Meaning.TopicName)]
    public string Name { get; set; } = "";

    [Field("0+", Meaning = Meaning.TopicId)]
    public Guid TopicId { get; set; }

    /// <summary>At least the present count; more adds partitions.</summary>
    [Field("0+")]
    public int PartitionCount { get; set; }

    /// <summary>The region that is home to the topic.</summary>
    [Field("0+", Meaning = Meaning.Opaque)]
    public string SourceRegion { get; set; } = "";

    /// <summary>Rises whenever a topic's home moves. Appends with a lower one are refused.</summary>
    [Field("0+")]
    public long FencingEpoch { get; set; }

    [Field("0+")]
    public List<ConfigEntry> Configs { get; set; } = [];

    [KafkaStruct]
    public sealed partial class ConfigEntry
    {
        [Field("0+", Meaning = Meaning.Opaque)]
        public string Name { get; set; } = "";

        [Field("0+", Nullable = "0+", Meaning = Meaning.Opaque)]
        public string? Value { get; set; }
    }
}

/// <summary>The answer to <see cref="MirrorOpenRequest"/>: where each partition's copy ends, so where the link resumes.</summary>
[KafkaMessage(ApiKey.MirrorOpen, MessageKind.Response, Versions = "0", Flexible = "0+")]
public sealed partial class MirrorOpenResponse
{
    [Field("0+")]
    public short ErrorCode { get; set; }

    [Field("0+", Nullable = "0+", Meaning = Meaning.ErrorText)]
    public string? ErrorMessage { get; set; }

    [Field("0+")]
    public List<PartitionState> Partitions { get; set; } = [];

    [KafkaStruct]
    public sealed partial class PartitionState
    {
        [Field("0+")]
        public int Index { get; set; }

        [Field("0+")]
        public long LogStartOffset { get; set; }

        /// <summary>Durable end of the copy; the next batch must begin here.</summary>
        [Field("0+")]
        public long LogEndOffset { get; set; }
    }
}
