using Protocol.Wire.Codec;

namespace Protocol.Wire.Messages;

/// <summary>Tells where a leader epoch ends in the log (KIP-101, KIP-320).</summary>
[KafkaMessage(ApiKey.OffsetForLeaderEpoch, MessageKind.Request, Versions = "2-4", Flexible = "4+")]
public sealed partial class OffsetForLeaderEpochRequest
{
    [Field("3+", Meaning = Meaning.BrokerId)]
    public int ReplicaId { get; set; } = -2;

    [Field("0+")]
    public List<OffsetForLeaderTopic> Topics { get; set; } = [];

    [KafkaStruct]
    public sealed partial class OffsetForLeaderTopic
    {
        [Field("0+", Meaning = Meaning.TopicName, Key = true)]
        public string Topic { get; set; } = "";

        [Field("0+")]
        public List<OffsetForLeaderPartition> Partitions { get; set; } = [];

        [KafkaStruct]
        public sealed partial class OffsetForLeaderPartition
        {
            [Field("0+")]
            public int Partition { get; set; }

            [Field("2+")]
            public int CurrentLeaderEpoch { get; set; } = -1;

            [Field("0+")]
            public int LeaderEpoch { get; set; }
        }
    }
}

/// <summary>The answer to <see cref="OffsetForLeaderEpochRequest"/>.</summary>
[KafkaMessage(ApiKey.OffsetForLeaderEpoch, MessageKind.Response, Versions = "2-4", Flexible = "4+")]
public sealed partial class OffsetForLeaderEpochResponse
{
    [Field("2+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public List<OffsetForLeaderTopicResult> Topics { get; set; } = [];

    [KafkaStruct]
    public sealed partial class OffsetForLeaderTopicResult
    {
        [Field("0+", Meaning = Meaning.TopicName, Key = true)]
        public string Topic { get; set; } = "";

        [Field("0+")]
        public List<EpochEndOffset> Partitions { get; set; } = [];

        [KafkaStruct]
        public sealed partial class EpochEndOffset
        {
            [Field("0+")]
            public short ErrorCode { get; set; }

            [Field("0+")]
            public int Partition { get; set; }

            [Field("1+")]
            public int LeaderEpoch { get; set; } = -1;

            [Field("0+")]
            public long EndOffset { get; set; } = -1;
        }
    }
}
