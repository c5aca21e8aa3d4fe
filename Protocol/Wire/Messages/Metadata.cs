using Protocol.Wire.Codec;

namespace Protocol.Wire.Messages;

/// <summary>Tells brokers, controller, and topics with their partitions and leaders. A null topic list asks for all; in version 0 an empty one does.</summary>
[KafkaMessage(ApiKey.Metadata, MessageKind.Request, Versions = "0-13", Flexible = "9+")]
public sealed partial class MetadataRequest
{
    [Field("0+", Nullable = "1+")]
    public List<MetadataRequestTopic>? Topics { get; set; } = [];

    [Field("4+")]
    public bool AllowAutoTopicCreation { get; set; } = true;

    [Field("8-10")]
    public bool IncludeClusterAuthorizedOperations { get; set; }

    [Field("8+")]
    public bool IncludeTopicAuthorizedOperations { get; set; }

    [KafkaStruct]
    public sealed partial class MetadataRequestTopic
    {
        [Field("10+", Meaning = Meaning.TopicId)]
        public Guid TopicId { get; set; }

        [Field("0+", Nullable = "10+", Meaning = Meaning.TopicName)]
        public string? Name { get; set; } = "";
    }
}

/// <summary>The answer to <see cref="MetadataRequest"/>.</summary>
[KafkaMessage(ApiKey.Metadata, MessageKind.Response, Versions = "0-13", Flexible = "9+")]
public sealed partial class MetadataResponse
{
    [Field("3+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public List<MetadataResponseBroker> Brokers { get; set; } = [];

    [Field("2+", Nullable = "2+", Meaning = Meaning.ClusterId)]
    public string? ClusterId { get; set; }

    [Field("1+", Meaning = Meaning.BrokerId)]
    public int ControllerId { get; set; } = -1;

    [Field("0+")]
    public List<MetadataResponseTopic> Topics { get; set; } = [];

    [Field("8-10")]
    public int ClusterAuthorizedOperations { get; set; } = int.MinValue;

    [Field("13+")]
    public short ErrorCode { get; set; }

    [KafkaStruct]
    public sealed partial class MetadataResponseBroker
    {
        [Field("0+", Meaning = Meaning.BrokerId, Key = true)]
        public int NodeId { get; set; }

        [Field("0+", Meaning = Meaning.BrokerHost)]
        public string Host { get; set; } = "";

        [Field("0+", Meaning = Meaning.BrokerPort)]
        public int Port { get; set; }

        [Field("1+", Nullable = "1+", Meaning = Meaning.BrokerRack)]
        public string? Rack { get; set; }
    }

    [KafkaStruct]
    public sealed partial class MetadataResponseTopic
    {
        [Field("0+")]
        public short ErrorCode { get; set; }

        [Field("0+", Nullable = "12+", Meaning = Meaning.TopicName, Key = true)]
        public string? Name { get; set; } = "";

        [Field("10+", Meaning = Meaning.TopicId)]
        public Guid TopicId { get; set; }

        [Field("1+")]
        public bool IsInternal { get; set; }

        [Field("0+")]
        public List<MetadataResponsePartition> Partitions { get; set; } = [];

        [Field("8+")]
        public int TopicAuthorizedOperations { get; set; } = int.MinValue;

        [KafkaStruct]
        public sealed partial class MetadataResponsePartition
        {
            [Field("0+")]
            public short ErrorCode { get; set; }

            [Field("0+")]
            public int PartitionIndex { get; set; }

            [Field("0+", Meaning = Meaning.BrokerId)]
            public int LeaderId { get; set; }

            [Field("7+")]
            public int LeaderEpoch { get; set; } = -1;

            [Field("0+", Meaning = Meaning.BrokerId)]
            public List<int> ReplicaNodes { get; set; } = [];

            [Field("0+", Meaning = Meaning.BrokerId)]
            public List<int> IsrNodes { get; set; } = [];

            [Field("5+", Meaning = Meaning.BrokerId)]
            public List<int> OfflineReplicas { get; set; } = [];
        }
    }
}
