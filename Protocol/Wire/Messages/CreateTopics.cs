using Protocol.Wire.Codec;

namespace Protocol.Wire.Messages;

/// <summary>Makes topics, with partitions counted or placed by hand.</summary>
[KafkaMessage(ApiKey.CreateTopics, MessageKind.Request, Versions = "2-7", Flexible = "5+")]
public sealed partial class CreateTopicsRequest
{
    [Field("0+")]
    public List<CreatableTopic> Topics { get; set; } = [];

    [Field("0+")]
    public int TimeoutMs { get; set; } = 60000;

    [Field("1+")]
    public bool ValidateOnly { get; set; }

    [KafkaStruct]
    public sealed partial class CreatableTopic
    {
        [Field("0+", Meaning = Meaning.TopicName, Key = true)]
        public string Name { get; set; } = "";

        [Field("0+")]
        public int NumPartitions { get; set; }

        [Field("0+")]
        public short ReplicationFactor { get; set; }

        [Field("0+")]
        public List<CreatableReplicaAssignment> Assignments { get; set; } = [];

        [Field("0+")]
        public List<CreatableTopicConfig> Configs { get; set; } = [];

        [KafkaStruct]
        public sealed partial class CreatableReplicaAssignment
        {
            [Field("0+", Key = true)]
            public int PartitionIndex { get; set; }

            [Field("0+", Meaning = Meaning.BrokerId)]
            public List<int> BrokerIds { get; set; } = [];
        }

        [KafkaStruct]
        public sealed partial class CreatableTopicConfig
        {
            [Field("0+", Meaning = Meaning.Opaque, Key = true)]
            public string Name { get; set; } = "";

            [Field("0+", Nullable = "0+", Meaning = Meaning.Opaque)]
            public string? Value { get; set; } = "";
        }
    }
}

/// <summary>The answer to <see cref="CreateTopicsRequest"/>.</summary>
[KafkaMessage(ApiKey.CreateTopics, MessageKind.Response, Versions = "2-7", Flexible = "5+")]
public sealed partial class CreateTopicsResponse
{
    [Field("2+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public List<CreatableTopicResult> Topics { get; set; } = [];

    [KafkaStruct]
    public sealed partial class CreatableTopicResult
    {
        [Field("0+", Meaning = Meaning.TopicName, Key = true)]
        public string Name { get; set; } = "";

        [Field("7+", Meaning = Meaning.TopicId)]
        public Guid TopicId { get; set; }

        [Field("0+")]
        public short ErrorCode { get; set; }

        [Field("1+", Nullable = "0+", Meaning = Meaning.ErrorText)]
        public string? ErrorMessage { get; set; } = "";

        [Field("5+", Tag = 0, Tagged = "5+")]
        public short TopicConfigErrorCode { get; set; }

        [Field("5+")]
        public int NumPartitions { get; set; } = -1;

        [Field("5+")]
        public short ReplicationFactor { get; set; } = -1;

        [Field("5+", Nullable = "5+")]
        public List<CreatableTopicConfigs>? Configs { get; set; } = [];

        [KafkaStruct]
        public sealed partial class CreatableTopicConfigs
        {
            [Field("5+", Meaning = Meaning.Opaque)]
            public string Name { get; set; } = "";

            [Field("5+", Nullable = "5+", Meaning = Meaning.Opaque)]
            public string? Value { get; set; } = "";

            [Field("5+")]
            public bool ReadOnly { get; set; }

            [Field("5+")]
            public sbyte ConfigSource { get; set; } = -1;

            [Field("5+")]
            public bool IsSensitive { get; set; }
        }
    }
}
