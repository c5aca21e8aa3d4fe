using Protocol.Wire.Codec;

namespace Protocol.Wire.Messages;

/// <summary>Carries one SASL token each way.</summary>
[KafkaMessage(ApiKey.SaslAuthenticate, MessageKind.Request, Versions = "0-2", Flexible = "2+")]
public sealed partial class SaslAuthenticateRequest
{
    [Field("0+", Meaning = Meaning.Secret)]
    public ReadOnlyMemory<byte> AuthBytes { get; set; }
}

/// <summary>The answer to <see cref="SaslAuthenticateRequest"/>.</summary>
[KafkaMessage(ApiKey.SaslAuthenticate, MessageKind.Response, Versions = "0-2", Flexible = "2+")]
public sealed partial class SaslAuthenticateResponse
{
    [Field("0+")]
    public short ErrorCode { get; set; }

    [Field("0+", Nullable = "0+", Meaning = Meaning.ErrorText)]
    public string? ErrorMessage { get; set; } = "";

    [Field("0+", Meaning = Meaning.Secret)]
    public ReadOnlyMemory<byte> AuthBytes { get; set; }

    [Field("1+")]
    public long SessionLifetimeMs { get; set; }
}
