using Protocol.Wire.Codec;

namespace Protocol.Wire.Messages;

/// <summary>Leaves a group; several members at once from version 3 (KIP-345).</summary>
[KafkaMessage(ApiKey.LeaveGroup, MessageKind.Request, Versions = "0-5", Flexible = "4+")]
public sealed partial class LeaveGroupRequest
{
    [Field("0+", Meaning = Meaning.GroupId)]
    public string GroupId { get; set; } = "";

    [Field("0-2", Meaning = Meaning.MemberId)]
    public string MemberId { get; set; } = "";

    [Field("3+")]
    public List<MemberIdentity> Members { get; set; } = [];

    [KafkaStruct]
    public sealed partial class MemberIdentity
    {
        [Field("3+", Meaning = Meaning.MemberId)]
        public string MemberId { get; set; } = "";

        [Field("3+", Nullable = "3+", Meaning = Meaning.MemberId)]
        public string? GroupInstanceId { get; set; }

        [Field("5+", Nullable = "5+", Meaning = Meaning.Opaque)]
        public string? Reason { get; set; }
    }
}

/// <summary>The answer to <see cref="LeaveGroupRequest"/>.</summary>
[KafkaMessage(ApiKey.LeaveGroup, MessageKind.Response, Versions = "0-5", Flexible = "4+")]
public sealed partial class LeaveGroupResponse
{
    [Field("1+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public short ErrorCode { get; set; }

    [Field("3+")]
    public List<MemberResponse> Members { get; set; } = [];

    [KafkaStruct]
    public sealed partial class MemberResponse
    {
        [Field("3+", Meaning = Meaning.MemberId)]
        public string MemberId { get; set; } = "";

        [Field("3+", Nullable = "3+", Meaning = Meaning.MemberId)]
        public string? GroupInstanceId { get; set; } = "";

        [Field("3+")]
        public short ErrorCode { get; set; }
    }
}
