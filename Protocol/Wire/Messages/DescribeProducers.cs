using Protocol.Wire.Codec;

namespace Protocol.Wire.Messages;

/// <summary>Tells the producers that partitions remember (KIP-664).</summary>
[KafkaMessage(ApiKey.DescribeProducers, MessageKind.Request, Versions = "0", Flexible = "0+")]
public sealed partial class DescribeProducersRequest
{
    [Field("0+")]
    public List<TopicRequest> Topics { get; set; } = [];

    [KafkaStruct]
    public sealed partial class TopicRequest
    {
        [Field("0+", Meaning = Meaning.TopicName)]
        public string Name { get; set; } = "";

        [Field("0+")]
        public List<int> PartitionIndexes { get; set; } = [];
    }
}

/// <summary>The answer to <see cref="DescribeProducersRequest"/>.</summary>
[KafkaMessage(ApiKey.DescribeProducers, MessageKind.Response, Versions = "0", Flexible = "0+")]
public sealed partial class DescribeProducersResponse
{
    [Field("0+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public List<TopicResponse> Topics { get; set; } = [];

    [KafkaStruct]
    public sealed partial class TopicResponse
    {
        [Field("0+", Meaning = Meaning.TopicName)]
        public string Name { get; set; } = "";

        [Field("0+")]
        public List<PartitionResponse> Partitions { get; set; } = [];

        [KafkaStruct]
        public sealed partial class PartitionResponse
        {
            [Field("0+")]
            public int PartitionIndex { get; set; }

            [Field("0+")]
            public short ErrorCode { get; set; }

            [Field("0+", Nullable = "0+", Meaning = Meaning.ErrorText)]
            public string? ErrorMessage { get; set; }

            [Field("0+")]
            public List<ProducerState> ActiveProducers { get; set; } = [];

            [KafkaStruct]
            public sealed partial class ProducerState
            {
                [Field("0+", Meaning = Meaning.ProducerId)]
                public long ProducerId { get; set; }

                [Field("0+")]
                public int ProducerEpoch { get; set; }

                [Field("0+")]
                public int LastSequence { get; set; } = -1;

                [Field("0+")]
                public long LastTimestamp { get; set; } = -1;

                [Field("0+")]
                public int CoordinatorEpoch { get; set; }

                [Field("0+")]
                public long CurrentTxnStartOffset { get; set; } = -1;
            }
        }
    }
}
