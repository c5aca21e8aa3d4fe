using Protocol.Wire.Codec;

namespace Protocol.Wire.Messages;

/// <summary>Removes groups without members.</summary>
[KafkaMessage(ApiKey.DeleteGroups, MessageKind.Request, Versions = "0-2", Flexible = "2+")]
public sealed partial class DeleteGroupsRequest
{
    [Field("0+", Meaning = Meaning.GroupId)]
    public List<string> GroupsNames { get; set; } = [];
}

/// <summary>The answer to <see cref="DeleteGroupsRequest"/>.</summary>
[KafkaMessage(ApiKey.DeleteGroups, MessageKind.Response, Versions = "0-2", Flexible = "2+")]
public sealed partial class DeleteGroupsResponse
{
    [Field("0+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public List<DeletableGroupResult> Results { get; set; } = [];

    [KafkaStruct]
    public sealed partial class DeletableGroupResult
    {
        [Field("0+", Meaning = Meaning.GroupId, Key = true)]
        public string GroupId { get; set; } = "";

        [Field("0+")]
        public short ErrorCode { get; set; }
    }
}
