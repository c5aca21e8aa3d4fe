using Protocol.Wire.Codec;

namespace Protocol.Wire.Messages;

/// <summary>Raises the log start offset of partitions.</summary>
[KafkaMessage(ApiKey.DeleteRecords, MessageKind.Request, Versions = "0-2", Flexible = "2+")]
public sealed partial class DeleteRecordsRequest
{
    [Field("0+")]
    public List<DeleteRecordsTopic> Topics { get; set; } = [];

    [Field("0+")]
    public int TimeoutMs { get; set; }

    [KafkaStruct]
    public sealed partial class DeleteRecordsTopic
    {
        [Field("0+", Meaning = Meaning.TopicName)]
        public string Name { get; set; } = "";

        [Field("0+")]
        public List<DeleteRecordsPartition> Partitions { get; set; } = [];

        [KafkaStruct]
        public sealed partial class DeleteRecordsPartition
        {
            [Field("0+")]
            public int PartitionIndex { get; set; }

            [Field("0+")]
            public long Offset { get; set; }
        }
    }
}

/// <summary>The answer to <see cref="DeleteRecordsRequest"/>.</summary>
[KafkaMessage(ApiKey.DeleteRecords, MessageKind.Response, Versions = "0-2", Flexible = "2+")]
public sealed partial class DeleteRecordsResponse
{
    [Field("0+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public List<DeleteRecordsTopicResult> Topics { get; set; } = [];

    [KafkaStruct]
    public sealed partial class DeleteRecordsTopicResult
    {
        [Field("0+", Meaning = Meaning.TopicName, Key = true)]
        public string Name { get; set; } = "";

        [Field("0+")]
        public List<DeleteRecordsPartitionResult> Partitions { get; set; } = [];

        [KafkaStruct]
        public sealed partial class DeleteRecordsPartitionResult
        {
            [Field("0+", Key = true)]
            public int PartitionIndex { get; set; }

            [Field("0+")]
            public long LowWatermark { get; set; }

            [Field("0+")]
            public short ErrorCode { get; set; }
        }
    }
}
