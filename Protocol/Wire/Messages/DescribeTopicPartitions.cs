using Protocol.Wire.Codec;

namespace Protocol.Wire.Messages;

/// <summary>Tells the partitions of topics page by page (KIP-966). No topics asks for all; the cursor says where the last page ended.</summary>
[KafkaMessage(ApiKey.DescribeTopicPartitions, MessageKind.Request, Versions = "0", Flexible = "0+")]
public sealed partial class DescribeTopicPartitionsRequest
{
    [Field("0+")]
    public List<TopicRequest> Topics { get; set; } = [];

    [Field("0+")]
    public int ResponsePartitionLimit { get; set; } = 2000;

    [Field("0+", Nullable = "0+")]
    public RequestCursor? Cursor { get; set; }

    [KafkaStruct]
    public sealed partial class TopicRequest
    {
        [Field("0+", Meaning = Meaning.TopicName)]
        public string Name { get; set; } = "";
    }

    [KafkaStruct]
    public sealed partial class RequestCursor
    {
        [Field("0+", Meaning = Meaning.TopicName)]
        public string TopicName { get; set; } = "";

        [Field("0+")]
        public int PartitionIndex { get; set; }
    }
}

/// <summary>The answer to <see cref="DescribeTopicPartitionsRequest"/>.</summary>
[KafkaMessage(ApiKey.DescribeTopicPartitions, MessageKind.Response, Versions = "0", Flexible = "0+")]
public sealed partial class DescribeTopicPartitionsResponse
{
    [Field("0+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public List<DescribeTopicPartitionsResponseTopic> Topics { get; set; } = [];

    [Field("0+", Nullable = "0+")]
    public ResponseCursor? NextCursor { get; set; }

    [KafkaStruct]
    public sealed partial class DescribeTopicPartitionsResponseTopic
    {
        [Field("0+")]
        public short ErrorCode { get; set; }

        [Field("0+", Nullable = "0+", Meaning = Meaning.TopicName, Key = true)]
        public string? Name { get; set; } = "";

        [Field("0+", Meaning = Meaning.TopicId)]
        public Guid TopicId { get; set; }

        [Field("0+")]
        public bool IsInternal { get; set; }

        [Field("0+")]
        public List<DescribeTopicPartitionsResponsePartition> Partitions { get; set; } = [];

        [Field("0+")]
        public int TopicAuthorizedOperations { get; set; } = int.MinValue;

        [KafkaStruct]
        public sealed partial class DescribeTopicPartitionsResponsePartition
        {
            [Field("0+")]
            public short ErrorCode { get; set; }

            [Field("0+")]
            public int PartitionIndex { get; set; }

            [Field("0+", Meaning = Meaning.BrokerId)]
            public int LeaderId { get; set; }

            [Field("0+")]
            public int LeaderEpoch { get; set; } = -1;

            [Field("0+", Meaning = Meaning.BrokerId)]
            public List<int> ReplicaNodes { get; set; } = [];

            [Field("0+", Meaning = Meaning.BrokerId)]
            public List<int> IsrNodes { get; set; } = [];

            [Field("0+", Nullable = "0+", Meaning = Meaning.BrokerId)]
            public List<int>? EligibleLeaderReplicas { get; set; }

            [Field("0+", Nullable = "0+", Meaning = Meaning.BrokerId)]
            public List<int>? LastKnownElr { get; set; }

            [Field("0+", Meaning = Meaning.BrokerId)]
            public List<int> OfflineReplicas { get; set; } = [];
        }
    }

    [KafkaStruct]
    public sealed partial class ResponseCursor
    {
        [Field("0+", Meaning = Meaning.TopicName)]
        public string TopicName { get; set; } = "";

        [Field("0+")]
        public int PartitionIndex { get; set; }
    }
}
