using Protocol.Wire.Codec;

namespace Protocol.Wire.Messages;

/// <summary>Writes record batches to partitions this broker leads. Batches are carried as bytes; versions 0 to 2 are advertised for librdkafka before 2.12 and never served.</summary>
[KafkaMessage(ApiKey.Produce, MessageKind.Request, Versions = "0-13", Flexible = "9+")]
public sealed partial class ProduceRequest
{
    [Field("3+", Nullable = "3+", Meaning = Meaning.TransactionalId)]
    public string? TransactionalId { get; set; }

    [Field("0+")]
    public short Acks { get; set; }

    [Field("0+")]
    public int TimeoutMs { get; set; }

    [Field("0+")]
    public List<TopicProduceData> TopicData { get; set; } = [];

    [KafkaStruct]
    public sealed partial class TopicProduceData
    {
        [Field("0-12", Meaning = Meaning.TopicName, Key = true)]
        public string Name { get; set; } = "";

        [Field("13+", Meaning = Meaning.TopicId, Key = true)]
        public Guid TopicId { get; set; }

        [Field("0+")]
        public List<PartitionProduceData> PartitionData { get; set; } = [];

        [KafkaStruct]
        public sealed partial class PartitionProduceData
        {
            [Field("0+")]
            public int Index { get; set; }

            [Field("0+", Nullable = "0+", Meaning = Meaning.Records)]
            public WireRecords Records { get; set; }
        }
    }
}

/// <summary>The answer to <see cref="ProduceRequest"/>.</summary>
[KafkaMessage(ApiKey.Produce, MessageKind.Response, Versions = "0-13", Flexible = "9+")]
public sealed partial class ProduceResponse
{
    [Field("0+")]
    public List<TopicProduceResponse> Responses { get; set; } = [];

    [Field("1+")]
    public int ThrottleTimeMs { get; set; }

    [Field("10+", Tag = 0, Tagged = "10+")]
    public List<NodeEndpoint> NodeEndpoints { get; set; } = [];

    [KafkaStruct]
    public sealed partial class TopicProduceResponse
    {
        [Field("0-12", Meaning = Meaning.TopicName, Key = true)]
        public string Name { get; set; } = "";

        [Field("13+", Meaning = Meaning.TopicId, Key = true)]
        public Guid TopicId { get; set; }

        [Field("0+")]
        public List<PartitionProduceResponse> PartitionResponses { get; set; } = [];

        [KafkaStruct]
        public sealed partial class PartitionProduceResponse
        {
            [Field("0+")]
            public int Index { get; set; }

            [Field("0+")]
            public short ErrorCode { get; set; }

            [Field("0+")]
            public long BaseOffset { get; set; }

            [Field("2+")]
            public long LogAppendTimeMs { get; set; } = -1;

            [Field("5+")]
            public long LogStartOffset { get; set; } = -1;

            [Field("8+")]
            public List<BatchIndexAndErrorMessage> RecordErrors { get; set; } = [];

            [Field("8+", Nullable = "8+", Meaning = Meaning.ErrorText)]
            public string? ErrorMessage { get; set; }

            [Field("10+", Tag = 0, Tagged = "10+")]
            public LeaderIdAndEpoch CurrentLeader { get; set; } = new();

            [KafkaStruct]
            public sealed partial class BatchIndexAndErrorMessage
            {
                [Field("8+")]
                public int BatchIndex { get; set; }

                [Field("8+", Nullable = "8+", Meaning = Meaning.ErrorText)]
                public string? BatchIndexErrorMessage { get; set; }
            }

            [KafkaStruct]
            public sealed partial class LeaderIdAndEpoch
            {
                [Field("10+", Meaning = Meaning.BrokerId)]
                public int LeaderId { get; set; } = -1;

                [Field("10+")]
                public int LeaderEpoch { get; set; } = -1;
            }
        }
    }

    [KafkaStruct]
    public sealed partial class NodeEndpoint
    {
        [Field("10+", Meaning = Meaning.BrokerId, Key = true)]
        public int NodeId { get; set; }

        [Field("10+", Meaning = Meaning.BrokerHost)]
        public string Host { get; set; } = "";

        [Field("10+", Meaning = Meaning.BrokerPort)]
        public int Port { get; set; }

        [Field("10+", Nullable = "10+", Meaning = Meaning.BrokerRack)]
        public string? Rack { get; set; }
    }
}
