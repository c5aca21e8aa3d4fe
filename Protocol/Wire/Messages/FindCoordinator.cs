using Protocol.Wire.Codec;

namespace Protocol.Wire.Messages;

/// <summary>Tells which broker coordinates a group, transaction or share partition; many keys at once from version 4.</summary>
[KafkaMessage(ApiKey.FindCoordinator, MessageKind.Request, Versions = "0-6", Flexible = "3+")]
public sealed partial class FindCoordinatorRequest
{
    [Field("0-3", Meaning = Meaning.CoordinatorKey)]
    public string Key { get; set; } = "";

    [Field("1+")]
    public sbyte KeyType { get; set; }

    [Field("4+", Meaning = Meaning.CoordinatorKey)]
    public List<string> CoordinatorKeys { get; set; } = [];
}

/// <summary>The answer to <see cref="FindCoordinatorRequest"/>.</summary>
[KafkaMessage(ApiKey.FindCoordinator, MessageKind.Response, Versions = "0-6", Flexible = "3+")]
public sealed partial class FindCoordinatorResponse
{
    [Field("1+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0-3")]
    public short ErrorCode { get; set; }

    [Field("1-3", Nullable = "1-3", Meaning = Meaning.ErrorText)]
    public string? ErrorMessage { get; set; } = "";

    [Field("0-3", Meaning = Meaning.BrokerId)]
    public int NodeId { get; set; }

    [Field("0-3", Meaning = Meaning.BrokerHost)]
    public string Host { get; set; } = "";

    [Field("0-3", Meaning = Meaning.BrokerPort)]
    public int Port { get; set; }

    [Field("4+")]
    public List<Coordinator> Coordinators { get; set; } = [];

    [KafkaStruct]
    public sealed partial class Coordinator
    {
        [Field("4+", Meaning = Meaning.CoordinatorKey)]
        public string Key { get; set; } = "";

        [Field("4+", Meaning = Meaning.BrokerId)]
        public int NodeId { get; set; }

        [Field("4+", Meaning = Meaning.BrokerHost)]
        public string Host { get; set; } = "";

        [Field("4+", Meaning = Meaning.BrokerPort)]
        public int Port { get; set; }

        [Field("4+")]
        public short ErrorCode { get; set; }

        [Field("4+", Nullable = "4+", Meaning = Meaning.ErrorText)]
        public string? ErrorMessage { get; set; } = "";
    }
}
