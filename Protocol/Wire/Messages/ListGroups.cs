using Protocol.Wire.Codec;

namespace Protocol.Wire.Messages;

/// <summary>Groups that this broker coordinates, filtered by state (version 4) and type (version 5).</summary>
[KafkaMessage(ApiKey.ListGroups, MessageKind.Request, Versions = "0-5", Flexible = "3+")]
public sealed partial class ListGroupsRequest
{
    [Field("4+", Meaning = Meaning.Opaque)]
    public List<string> StatesFilter { get; set; } = [];

    [Field("5+", Meaning = Meaning.Opaque)]
    public List<string> TypesFilter { get; set; } = [];
}

/// <summary>The answer to <see cref="ListGroupsRequest"/>.</summary>
[KafkaMessage(ApiKey.ListGroups, MessageKind.Response, Versions = "0-5", Flexible = "3+")]
public sealed partial class ListGroupsResponse
{
    [Field("1+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public short ErrorCode { get; set; }

    [Field("0+")]
    public List<ListedGroup> Groups { get; set; } = [];

    [KafkaStruct]
    public sealed partial class ListedGroup
    {
        [Field("0+", Meaning = Meaning.GroupId)]
        public string GroupId { get; set; } = "";

        [Field("0+", Meaning = Meaning.Opaque)]
        public string ProtocolType { get; set; } = "";

        [Field("4+", Meaning = Meaning.Opaque)]
        public string GroupState { get; set; } = "";

        [Field("5+", Meaning = Meaning.Opaque)]
        public string GroupType { get; set; } = "";
    }
}
