using Protocol.Wire.Codec;

namespace Protocol.Wire.Messages;

/// <summary>Enters a classic consumer group, or enters it again after a rebalance began; answered when the generation is complete.</summary>
[KafkaMessage(ApiKey.JoinGroup, MessageKind.Request, Versions = "0-9", Flexible = "6+")]
public sealed partial class JoinGroupRequest
{
    [Field("0+", Meaning = Meaning.GroupId)]
    public string GroupId { get; set; } = "";

    [Field("0+")]
    public int SessionTimeoutMs { get; set; }

    [Field("1+")]
    public int RebalanceTimeoutMs { get; set; } = -1;

    [Field("0+", Meaning = Meaning.MemberId)]
    public string MemberId { get; set; } = "";

    [Field("5+", Nullable = "5+", Meaning = Meaning.MemberId)]
    public string? GroupInstanceId { get; set; }

    [Field("0+", Meaning = Meaning.Opaque)]
    public string ProtocolType { get; set; } = "";

    [Field("0+")]
    public List<JoinGroupRequestProtocol> Protocols { get; set; } = [];

    [Field("8+", Nullable = "8+", Meaning = Meaning.Opaque)]
    public string? Reason { get; set; }

    [KafkaStruct]
    public sealed partial class JoinGroupRequestProtocol
    {
        [Field("0+", Meaning = Meaning.Opaque, Key = true)]
        public string Name { get; set; } = "";

        [Field("0+", Meaning = Meaning.ConsumerSubscription)]
        public ReadOnlyMemory<byte> Metadata { get; set; }
    }
}

/// <summary>The answer to <see cref="JoinGroupRequest"/>.</summary>
[KafkaMessage(ApiKey.JoinGroup, MessageKind.Response, Versions = "0-9", Flexible = "6+")]
public sealed partial class JoinGroupResponse
{
    [Field("2+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public short ErrorCode { get; set; }

    [Field("0+")]
    public int GenerationId { get; set; } = -1;

    [Field("7+", Nullable = "7+", Meaning = Meaning.Opaque)]
    public string? ProtocolType { get; set; }

    [Field("0+", Nullable = "7+", Meaning = Meaning.Opaque)]
    public string? ProtocolName { get; set; } = "";

    [Field("0+", Meaning = Meaning.MemberId)]
    public string Leader { get; set; } = "";

    [Field("9+")]
    public bool SkipAssignment { get; set; }

    [Field("0+", Meaning = Meaning.MemberId)]
    public string MemberId { get; set; } = "";

    [Field("0+")]
    public List<JoinGroupResponseMember> Members { get; set; } = [];

    [KafkaStruct]
    public sealed partial class JoinGroupResponseMember
    {
        [Field("0+", Meaning = Meaning.MemberId)]
        public string MemberId { get; set; } = "";

        [Field("5+", Nullable = "5+", Meaning = Meaning.MemberId)]
        public string? GroupInstanceId { get; set; }

        [Field("0+", Meaning = Meaning.ConsumerSubscription)]
        public ReadOnlyMemory<byte> Metadata { get; set; }
    }
}
