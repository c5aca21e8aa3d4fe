using Protocol.Wire.Codec;

namespace Protocol.Wire.Messages;

/// <summary>A committed offset in __consumer_offsets.</summary>
[KafkaMessage(MessageKind.Data, Versions = "0-4", Flexible = "4+")]
public sealed partial class OffsetCommitValue
{
    [Field("0+")]
    public long Offset { get; set; }

    [Field("3+")]
    public int LeaderEpoch { get; set; } = -1;

    [Field("0+", Meaning = Meaning.Opaque)]
    public string Metadata { get; set; } = "";

    [Field("0+")]
    public long CommitTimestamp { get; set; }

    [Field("1")]
    public long ExpireTimestamp { get; set; } = -1;

    [Field("4+", Tag = 0, Tagged = "4+", Meaning = Meaning.TopicId)]
    public Guid TopicId { get; set; }
}
