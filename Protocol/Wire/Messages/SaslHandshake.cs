using Protocol.Wire.Codec;

namespace Protocol.Wire.Messages;

/// <summary>Chooses a SASL mechanism.</summary>
[KafkaMessage(ApiKey.SaslHandshake, MessageKind.Request, Versions = "0-1", Flexible = "none")]
public sealed partial class SaslHandshakeRequest
{
    [Field("0+", Meaning = Meaning.Opaque)]
    public string Mechanism { get; set; } = "";
}

/// <summary>The answer to <see cref="SaslHandshakeRequest"/>.</summary>
[KafkaMessage(ApiKey.SaslHandshake, MessageKind.Response, Versions = "0-1", Flexible = "none")]
public sealed partial class SaslHandshakeResponse
{
    [Field("0+")]
    public short ErrorCode { get; set; }

    [Field("0+", Meaning = Meaning.Opaque)]
    public List<string> Mechanisms { get; set; } = [];
}
