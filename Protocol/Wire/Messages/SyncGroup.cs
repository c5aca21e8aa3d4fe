using Protocol.Wire.Codec;

namespace Protocol.Wire.Messages;

/// <summary>The leader hands in the assignments, every member takes its own.</summary>
[KafkaMessage(ApiKey.SyncGroup, MessageKind.Request, Versions = "0-5", Flexible = "4+")]
public sealed partial class SyncGroupRequest
{
    [Field("0+", Meaning = Meaning.GroupId)]
    public string GroupId { get; set; } = "";

    [Field("0+")]
    public int GenerationId { get; set; }

    [Field("0+", Meaning = Meaning.MemberId)]
    public string MemberId { get; set; } = "";

    [Field("3+", Nullable = "3+", Meaning = Meaning.MemberId)]
    public string? GroupInstanceId { get; set; }

    [Field("5+", Nullable = "5+", Meaning = Meaning.Opaque)]
    public string? ProtocolType { get; set; }

    [Field("5+", Nullable = "5+", Meaning = Meaning.Opaque)]
    public string? ProtocolName { get; set; }

    [Field("0+")]
    public List<SyncGroupRequestAssignment> Assignments { get; set; } = [];

    [KafkaStruct]
    public sealed partial class SyncGroupRequestAssignment
    {
        [Field("0+", Meaning = Meaning.MemberId)]
        public string MemberId { get; set; } = "";

        [Field("0+", Meaning = Meaning.ConsumerAssignment)]
        public ReadOnlyMemory<byte> Assignment { get; set; }
    }
}

/// <summary>The answer to <see cref="SyncGroupRequest"/>.</summary>
[KafkaMessage(ApiKey.SyncGroup, MessageKind.Response, Versions = "0-5", Flexible = "4+")]
public sealed partial class SyncGroupResponse
{
    [Field("1+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public short ErrorCode { get; set; }

    [Field("5+", Nullable = "5+", Meaning = Meaning.Opaque)]
    public string? ProtocolType { get; set; }

    [Field("5+", Nullable = "5+", Meaning = Meaning.Opaque)]
    public string? ProtocolName { get; set; }

    [Field("0+", Meaning = Meaning.ConsumerAssignment)]
    public ReadOnlyMemory<byte> Assignment { get; set; }
}
