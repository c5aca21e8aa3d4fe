using Protocol.Wire.Codec;

namespace Protocol.Wire.Messages;

/// <summary>Adds partitions to topics.</summary>
[KafkaMessage(ApiKey.CreatePartitions, MessageKind.Request, Versions = "0-3", Flexible = "2+")]
public sealed partial class CreatePartitionsRequest
{
    [Field("0+")]
    public List<CreatePartitionsTopic> Topics { get; set; } = [];

    [Field("0+")]
    public int TimeoutMs { get; set; }

    [Field("0+")]
    public bool ValidateOnly { get; set; }

    [KafkaStruct]
    public sealed partial class CreatePartitionsTopic
    {
        [Field("0+", Meaning = Meaning.TopicName, Key = true)]
        public string Name { get; set; } = "";

        [Field("0+")]
        public int Count { get; set; }

        [Field("0+", Nullable = "0+")]
        public List<CreatePartitionsAssignment>? Assignments { get; set; } = [];

        [KafkaStruct]
        public sealed partial class CreatePartitionsAssignment
        {
            [Field("0+", Meaning = Meaning.BrokerId)]
            public List<int> BrokerIds { get; set; } = [];
        }
    }
}

/// <summary>The answer to <see cref="CreatePartitionsRequest"/>.</summary>
[KafkaMessage(ApiKey.CreatePartitions, MessageKind.Response, Versions = "0-3", Flexible = "2+")]
public sealed partial class CreatePartitionsResponse
{
    [Field("0+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public List<CreatePartitionsTopicResult> Results { get; set; } = [];

    [KafkaStruct]
    public sealed partial class CreatePartitionsTopicResult
    {
        [Field("0+", Meaning = Meaning.TopicName)]
        public string Name { get; set; } = "";

        [Field("0+")]
        public short ErrorCode { get; set; }

        [Field("0+", Nullable = "0+", Meaning = Meaning.ErrorText)]
        public string? ErrorMessage { get; set; }
    }
}
