using Protocol.Wire.Codec;

namespace Protocol.Wire.Messages;

/// <summary>Key of a committed offset in __consumer_offsets (record types 0 and 1, the version before it).</summary>
[KafkaMessage(MessageKind.Data, Versions = "0", Flexible = "none")]
public sealed partial class OffsetCommitKey
{
    [Field("0", Meaning = Meaning.Opaque)]
    public string Group { get; set; } = "";

    [Field("0", Meaning = Meaning.Opaque)]
    public string Topic { get; set; } = "";

    [Field("0")]
    public int Partition { get; set; }
}
