using Protocol.Wire.Codec;

namespace Protocol.Wire.Messages;

/// <summary>Finds offsets by timestamp or by one of the negative special timestamps.</summary>
[KafkaMessage(ApiKey.ListOffsets, MessageKind.Request, Versions = "1-11", Flexible = "6+")]
public sealed partial class ListOffsetsRequest
{
    [Field("0+", Meaning = Meaning.BrokerId)]
    public int ReplicaId { get; set; }

    [Field("2+")]
    public sbyte IsolationLevel { get; set; }

    [Field("0+")]
    public List<ListOffsetsTopic> Topics { get; set; } = [];

    [Field("10+")]
    public int TimeoutMs { get; set; }

    [KafkaStruct]
    public sealed partial class ListOffsetsTopic
    {
        [Field("0+", Meaning = Meaning.TopicName)]
        public string Name { get; set; } = "";

        [Field("0+")]
        public List<ListOffsetsPartition> Partitions { get; set; } = [];

        [KafkaStruct]
        public sealed partial class ListOffsetsPartition
        {
            [Field("0+")]
            public int PartitionIndex { get; set; }

            [Field("4+")]
            public int CurrentLeaderEpoch { get; set; } = -1;

            [Field("0+")]
            public long Timestamp { get; set; }
        }
    }
}

/// <summary>The answer to <see cref="ListOffsetsRequest"/>.</summary>
[KafkaMessage(ApiKey.ListOffsets, MessageKind.Response, Versions = "1-11", Flexible = "6+")]
public sealed partial class ListOffsetsResponse
{
    [Field("2+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public List<ListOffsetsTopicResponse> Topics { get; set; } = [];

    [KafkaStruct]
    public sealed partial class ListOffsetsTopicResponse
    {
        [Field("0+", Meaning = Meaning.TopicName)]
        public string Name { get; set; } = "";

        [Field("0+")]
        public List<ListOffsetsPartitionResponse> Partitions { get; set; } = [];

        [KafkaStruct]
        public sealed partial class ListOffsetsPartitionResponse
        {
            [Field("0+")]
            public int PartitionIndex { get; set; }

            [Field("0+")]
            public short ErrorCode { get; set; }

            [Field("1+")]
            public long Timestamp { get; set; } = -1;

            [Field("1+")]
            public long Offset { get; set; } = -1;

            [Field("4+")]
            public int LeaderEpoch { get; set; } = -1;
        }
    }
}
