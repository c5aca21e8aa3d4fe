using Protocol.Wire.Codec;

namespace Protocol.Wire.Messages;

/// <summary>Stores consumer positions of a group, by topic id from version 10.</summary>
[KafkaMessage(ApiKey.OffsetCommit, MessageKind.Request, Versions = "2-10", Flexible = "8+")]
public sealed partial class OffsetCommitRequest
{
    [Field("0+", Meaning = Meaning.GroupId)]
    public string GroupId { get; set; } = "";

    [Field("1+")]
    public int GenerationIdOrMemberEpoch { get; set; } = -1;

    [Field("1+", Meaning = Meaning.MemberId)]
    public string MemberId { get; set; } = "";

    [Field("7+", Nullable = "7+", Meaning = Meaning.MemberId)]
    public string? GroupInstanceId { get; set; }

    [Field("2-4")]
    public long RetentionTimeMs { get; set; } = -1;

    [Field("0+")]
    public List<OffsetCommitRequestTopic> Topics { get; set; } = [];

    [KafkaStruct]
    public sealed partial class OffsetCommitRequestTopic
    {
        [Field("0-9", Meaning = Meaning.TopicName)]
        public string Name { get; set; } = "";

        [Field("10+", Meaning = Meaning.TopicId)]
        public Guid TopicId { get; set; }

        [Field("0+")]
        public List<OffsetCommitRequestPartition> Partitions { get; set; } = [];

        [KafkaStruct]
        public sealed partial class OffsetCommitRequestPartition
        {
            [Field("0+")]
            public int PartitionIndex { get; set; }

            [Field("0+")]
            public long CommittedOffset { get; set; }

            [Field("6+")]
            public int CommittedLeaderEpoch { get; set; } = -1;

            [Field("0+", Nullable = "0+", Meaning = Meaning.Opaque)]
            public string? CommittedMetadata { get; set; } = "";
        }
    }
}

/// <summary>The answer to <see cref="OffsetCommitRequest"/>.</summary>
[KafkaMessage(ApiKey.OffsetCommit, MessageKind.Response, Versions = "2-10", Flexible = "8+")]
public sealed partial class OffsetCommitResponse
{
    [Field("3+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public List<OffsetCommitResponseTopic> Topics { get; set; } = [];

    [KafkaStruct]
    public sealed partial class OffsetCommitResponseTopic
    {
        [Field("0-9", Meaning = Meaning.TopicName)]
        public string Name { get; set; } = "";

        [Field("10+", Meaning = Meaning.TopicId)]
        public Guid TopicId { get; set; }

        [Field("0+")]
        public List<OffsetCommitResponsePartition> Partitions { get; set; } = [];

        [KafkaStruct]
        public sealed partial class OffsetCommitResponsePartition
        {
            [Field("0+")]
            public int PartitionIndex { get; set; }

            [Field("0+")]
            public short ErrorCode { get; set; }
        }
    }
}
