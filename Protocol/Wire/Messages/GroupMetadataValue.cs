using Protocol.Wire.Codec;

namespace Protocol.Wire.Messages;

/// <summary>A classic group's generation, protocol and members in __consumer_offsets.</summary>
[KafkaMessage(MessageKind.Data, Versions = "0-4", Flexible = "4+")]
public sealed partial class GroupMetadataValue
{
    [Field("0+", Meaning = Meaning.Opaque)]
    public string ProtocolType { get; set; } = "";

    [Field("0+")]
    public int Generation { get; set; }

    [Field("0+", Nullable = "0+", Meaning = Meaning.Opaque)]
    public string? Protocol { get; set; } = "";

    [Field("0+", Nullable = "0+", Meaning = Meaning.MemberId)]
    public string? Leader { get; set; } = "";

    [Field("2+")]
    public long CurrentStateTimestamp { get; set; } = -1;

    [Field("0+")]
    public List<MemberMetadata> Members { get; set; } = [];

    [KafkaStruct]
    public sealed partial class MemberMetadata
    {
        [Field("0+", Meaning = Meaning.MemberId)]
        public string MemberId { get; set; } = "";

        [Field("3+", Nullable = "3+", Meaning = Meaning.MemberId)]
        public string? GroupInstanceId { get; set; }

        [Field("0+", Meaning = Meaning.Opaque)]
        public string ClientId { get; set; } = "";

        [Field("0+", Meaning = Meaning.ClientHost)]
        public string ClientHost { get; set; } = "";

        [Field("1+")]
        public int RebalanceTimeout { get; set; } = -1;

        [Field("0+")]
        public int SessionTimeout { get; set; }

        [Field("0+", Meaning = Meaning.Opaque)]
        public ReadOnlyMemory<byte> Subscription { get; set; }

        [Field("0+", Meaning = Meaning.Opaque)]
        public ReadOnlyMemory<byte> Assignment { get; set; }
    }
}
