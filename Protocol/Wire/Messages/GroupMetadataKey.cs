using Protocol.Wire.Codec;

namespace Protocol.Wire.Messages;

/// <summary>Key of a classic group's state in __consumer_offsets (record type 2).</summary>
[KafkaMessage(MessageKind.Data, Versions = "0", Flexible = "none")]
public sealed partial class GroupMetadataKey
{
    [Field("0", Meaning = Meaning.Opaque)]
    public string Group { get; set; } = "";
}
