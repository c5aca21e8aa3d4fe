using Protocol.Wire.Codec;

namespace Protocol.Wire.Messages;

/// <summary>Removes committed offsets of a group (KIP-496).</summary>
[KafkaMessage(ApiKey.OffsetDelete, MessageKind.Request, Versions = "0", Flexible = "none")]
public sealed partial class OffsetDeleteRequest
{
    [Field("0+", Meaning = Meaning.GroupId)]
    public string GroupId { get; set; } = "";

    [Field("0+")]
    public List<OffsetDeleteRequestTopic> Topics { get; set; } = [];

    [KafkaStruct]
    public sealed partial class OffsetDeleteRequestTopic
    {
        [Field("0+", Meaning = Meaning.TopicName, Key = true)]
        public string Name { get; set; } = "";

        [Field("0+")]
        public List<OffsetDeleteRequestPartition> Partitions { get; set; } = [];

        [KafkaStruct]
        public sealed partial class OffsetDeleteRequestPartition
        {
            [Field("0+")]
            public int PartitionIndex { get; set; }
        }
    }
}

/// <summary>The answer to <see cref="OffsetDeleteRequest"/>.</summary>
[KafkaMessage(ApiKey.OffsetDelete, MessageKind.Response, Versions = "0", Flexible = "none")]
public sealed partial class OffsetDeleteResponse
{
    [Field("0+")]
    public short ErrorCode { get; set; }

    [Field("0+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public List<OffsetDeleteResponseTopic> Topics { get; set; } = [];

    [KafkaStruct]
    public sealed partial class OffsetDeleteResponseTopic
    {
        [Field("0+", Meaning = Meaning.TopicName, Key = true)]
        public string Name { get; set; } = "";

        [Field("0+")]
        public List<OffsetDeleteResponsePartition> Partitions { get; set; } = [];

        [KafkaStruct]
        public sealed partial class OffsetDeleteResponsePartition
        {
            [Field("0+", Key = true)]
            public int PartitionIndex { get; set; }

            [Field("0+")]
            public short ErrorCode { get; set; }
        }
    }
}
