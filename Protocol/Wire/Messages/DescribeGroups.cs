using Protocol.Wire.Codec;

namespace Protocol.Wire.Messages;

/// <summary>State, protocol and members of groups.</summary>
[KafkaMessage(ApiKey.DescribeGroups, MessageKind.Request, Versions = "0-6", Flexible = "5+")]
public sealed partial class DescribeGroupsRequest
{
    [Field("0+", Meaning = Meaning.GroupId)]
    public List<string> Groups { get; set; } = [];

    [Field("3+")]
    public bool IncludeAuthorizedOperations { get; set; }
}

/// <summary>The answer to <see cref="DescribeGroupsRequest"/>.</summary>
[KafkaMessage(ApiKey.DescribeGroups, MessageKind.Response, Versions = "0-6", Flexible = "5+")]
public sealed partial class DescribeGroupsResponse
{
    [Field("1+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public List<DescribedGroup> Groups { get; set; } = [];

    [KafkaStruct]
    public sealed partial class DescribedGroup
    {
        [Field("0+")]
        public short ErrorCode { get; set; }

        [Field("6+", Nullable = "6+", Meaning = Meaning.ErrorText)]
        public string? ErrorMessage { get; set; }

        [Field("0+", Meaning = Meaning.GroupId)]
        public string GroupId { get; set; } = "";

        [Field("0+", Meaning = Meaning.Opaque)]
        public string GroupState { get; set; } = "";

        [Field("0+", Meaning = Meaning.Opaque)]
        public string ProtocolType { get; set; } = "";

        [Field("0+", Meaning = Meaning.Opaque)]
        public string ProtocolData { get; set; } = "";

        [Field("0+")]
        public List<DescribedGroupMember> Members { get; set; } = [];

        [Field("3+")]
        public int AuthorizedOperations { get; set; } = int.MinValue;

        [KafkaStruct]
        public sealed partial class DescribedGroupMember
        {
            [Field("0+", Meaning = Meaning.MemberId)]
            public string MemberId { get; set; } = "";

            [Field("4+", Nullable = "4+", Meaning = Meaning.MemberId)]
            public string? GroupInstanceId { get; set; }

            [Field("0+", Meaning = Meaning.Opaque)]
            public string ClientId { get; set; } = "";

            [Field("0+", Meaning = Meaning.ClientHost)]
            public string ClientHost { get; set; } = "";

            [Field("0+", Meaning = Meaning.ConsumerSubscription)]
            public ReadOnlyMemory<byte> MemberMetadata { get; set; }

            [Field("0+", Meaning = Meaning.ConsumerAssignment)]
            public ReadOnlyMemory<byte> MemberAssignment { get; set; }
        }
    }
}
