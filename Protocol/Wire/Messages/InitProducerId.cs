using Protocol.Wire.Codec;

namespace Protocol.Wire.Messages;

/// <summary>Gives an idempotent or transactional producer its id and epoch.</summary>
[KafkaMessage(ApiKey.InitProducerId, MessageKind.Request, Versions = "0-5", Flexible = "2+")]
public sealed partial class InitProducerIdRequest
{
    [Field("0+", Nullable = "0+", Meaning = Meaning.TransactionalId)]
    public string? TransactionalId { get; set; } = "";

    [Field("0+")]
    public int TransactionTimeoutMs { get; set; }

    [Field("3+", Meaning = Meaning.ProducerId)]
    public long ProducerId { get; set; } = -1;

    [Field("3+")]
    public short ProducerEpoch { get; set; } = -1;

    [Field("6+")]
    public bool Enable2Pc { get; set; }

    [Field("6+")]
    public bool KeepPreparedTxn { get; set; }
}

/// <summary>The answer to <see cref="InitProducerIdRequest"/>.</summary>
[KafkaMessage(ApiKey.InitProducerId, MessageKind.Response, Versions = "0-5", Flexible = "2+")]
public sealed partial class InitProducerIdResponse
{
    [Field("0+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public short ErrorCode { get; set; }

    [Field("0+", Meaning = Meaning.ProducerId)]
    public long ProducerId { get; set; } = -1;

    [Field("0+")]
    public short ProducerEpoch { get; set; }

    [Field("6+", Meaning = Meaning.ProducerId)]
    public long OngoingTxnProducerId { get; set; } = -1;

    [Field("6+")]
    public short OngoingTxnProducerEpoch { get; set; } = -1;
}
