using Protocol.Wire.Codec;

namespace Protocol.Wire.Messages;

/// <summary>
/// Private API of our broker: appends committed batches of the source at the offsets they have there. Refused: a gap
/// (OFFSET_OUT_OF_RANGE; except up to the source's log start, where retention took the records), an overlap with other bytes
/// (CORRUPT_MESSAGE), a stale fencing epoch (FENCED_LEADER_EPOCH), a topic that is not a mirror (INVALID_TOPIC_EXCEPTION). An overlap with the same bytes is
/// accepted and not stored again. Answered when the batches are as durable as an acks=all produce.
/// </summary>
[KafkaMessage(ApiKey.MirrorAppend, MessageKind.Request, Versions = "0", Flexible = "0+")]
public sealed partial class MirrorAppendRequest
{
    [Field("0+", Meaning = Meaning.TopicId)]
    public Guid TopicId { get; set; }

    [Field("0+")]
    public long FencingEpoch { get; set; }

    [Field("0+")]
    public List<PartitionBatches> Partitions { get; set; } = [];

    [KafkaStruct]
    public sealed partial class PartitionBatches
    {
        [Field("0+")]
        public int Index { get; set; }

        /// <summary>Log start offset of the source: what lies below may be dropped, and a first batch may begin here.</summary>
        [Field("0+")]
        public long SourceLogStartOffset { get; set; }

        /// <summary>Whole batches, base offsets included, as they are in the source's log.</summary>
        [Field("0+", Nullable = "0+", Meaning = Meaning.Records)]
        public WireRecords Records { get; set; }
    }
}

/// <summary>The answer to <see cref="MirrorAppendRequest"/>.</summary>
[KafkaMessage(ApiKey.MirrorAppend, MessageKind.Response, Versions = "0", Flexible = "0+")]
public sealed partial class MirrorAppendResponse
{
    [Field("0+")]
    public List<PartitionResult> Partitions { get; set; } = [];

    [KafkaStruct]
    public sealed partial class PartitionResult
    {
        [Field("0+")]
        public int Index { get; set; }

        [Field("0+")]
        public short ErrorCode { get; set; }

        [Field("0+", Nullable = "0+", Meaning = Meaning.ErrorText)]
        public string? ErrorMessage { get; set; }

        [Field("0+")]
        public long LogStartOffset { get; set; }

        /// <summary>Durable end of the copy, also after an error: where to resume.</summary>
        [Field("0+")]
        public long LogEndOffset { get; set; }
    }
}
