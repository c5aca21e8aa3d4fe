using Protocol.Wire.Codec;

namespace Protocol.Wire.Messages;

/// <summary>Keeps a member's session alive and tells it of a rebalance.</summary>
[KafkaMessage(ApiKey.Heartbeat, MessageKind.Request, Versions = "0-4", Flexible = "4+")]
public sealed partial class HeartbeatRequest
{
    [Field("0+", Meaning = Meaning.GroupId)]
    public string GroupId { get; set; } = "";

    [Field("0+")]
    public int GenerationId { get; set; }

    [Field("0+", Meaning = Meaning.MemberId)]
    public string MemberId { get; set; } = "";

    [Field("3+", Nullable = "3+", Meaning = Meaning.MemberId)]
    public string? GroupInstanceId { get; set; }
}

/// <summary>The answer to <see cref="HeartbeatRequest"/>.</summary>
[KafkaMessage(ApiKey.Heartbeat, MessageKind.Response, Versions = "0-4", Flexible = "4+")]
public sealed partial class HeartbeatResponse
{
    [Field("1+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public short ErrorCode { get; set; }
}
