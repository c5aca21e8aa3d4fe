using Protocol.Wire.Codec;

namespace Protocol.Wire.Messages;

/// <summary>Reads committed positions; several groups at once from version 8, by topic id from version 10.</summary>
[KafkaMessage(ApiKey.OffsetFetch, MessageKind.Request, Versions = "1-10", Flexible = "6+")]
public sealed partial class OffsetFetchRequest
{
    [Field("0-7", Meaning = Meaning.GroupId)]
    public string GroupId { get; set; } = "";

    [Field("0-7", Nullable = "2-7")]
    public List<OffsetFetchRequestTopic>? Topics { get; set; } = [];

    [Field("8+")]
    public List<OffsetFetchRequestGroup> Groups { get; set; } = [];

    [Field("7+")]
    public bool RequireStable { get; set; }

    [KafkaStruct]
    public sealed partial class OffsetFetchRequestTopic
    {
        [Field("0-7", Meaning = Meaning.TopicName)]
        public string Name { get; set; } = "";

        [Field("0-7")]
        public List<int> PartitionIndexes { get; set; } = [];
    }

    [KafkaStruct]
    public sealed partial class OffsetFetchRequestGroup
    {
        [Field("8+", Meaning = Meaning.GroupId)]
        public string GroupId { get; set; } = "";

        [Field("9+", Nullable = "9+", Meaning = Meaning.MemberId)]
        public string? MemberId { get; set; }

        [Field("9+")]
        public int MemberEpoch { get; set; } = -1;

        [Field("8+", Nullable = "8+")]
        public List<OffsetFetchRequestTopics>? Topics { get; set; } = [];

        [KafkaStruct]
        public sealed partial class OffsetFetchRequestTopics
        {
            [Field("8-9", Meaning = Meaning.TopicName)]
            public string Name { get; set; } = "";

            [Field("10+", Meaning = Meaning.TopicId)]
            public Guid TopicId { get; set; }

            [Field("8+")]
            public List<int> PartitionIndexes { get; set; } = [];
        }
    }
}

/// <summary>The answer to <see cref="OffsetFetchRequest"/>.</summary>
[KafkaMessage(ApiKey.OffsetFetch, MessageKind.Response, Versions = "1-10", Flexible = "6+")]
public sealed partial class OffsetFetchResponse
{
    [Field("3+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0-7")]
    public List<OffsetFetchResponseTopic> Topics { get; set; } = [];

    [Field("2-7")]
    public short ErrorCode { get; set; }

    [Field("8+")]
    public List<OffsetFetchResponseGroup> Groups { get; set; } = [];

    [KafkaStruct]
    public sealed partial class OffsetFetchResponseTopic
    {
        [Field("0-7", Meaning = Meaning.TopicName)]
        public string Name { get; set; } = "";

        [Field("0-7")]
        public List<OffsetFetchResponsePartition> Partitions { get; set; } = [];

        [KafkaStruct]
        public sealed partial class OffsetFetchResponsePartition
        {
            [Field("0-7")]
            public int PartitionIndex { get; set; }

            [Field("0-7")]
            public long CommittedOffset { get; set; }

            [Field("5-7")]
            public int CommittedLeaderEpoch { get; set; } = -1;

            [Field("0-7", Nullable = "0-7", Meaning = Meaning.Opaque)]
            public string? Metadata { get; set; } = "";

            [Field("0-7")]
            public short ErrorCode { get; set; }
        }
    }

    [KafkaStruct]
    public sealed partial class OffsetFetchResponseGroup
    {
        [Field("8+", Meaning = Meaning.GroupId)]
        public string GroupId { get; set; } = "";

        [Field("8+")]
        public List<OffsetFetchResponseTopics> Topics { get; set; } = [];

        [Field("8+")]
        public short ErrorCode { get; set; }

        [KafkaStruct]
        public sealed partial class OffsetFetchResponseTopics
        {
            [Field("8-9", Meaning = Meaning.TopicName)]
            public string Name { get; set; } = "";

            [Field("10+", Meaning = Meaning.TopicId)]
            public Guid TopicId { get; set; }

            [Field("8+")]
            public List<OffsetFetchResponsePartitions> Partitions { get; set; } = [];

            [KafkaStruct]
            public sealed partial class OffsetFetchResponsePartitions
            {
                [Field("8+")]
                public int PartitionIndex { get; set; }

                [Field("8+")]
                public long CommittedOffset { get; set; }

                [Field("8+")]
                public int CommittedLeaderEpoch { get; set; } = -1;

                [Field("8+", Nullable = "8+", Meaning = Meaning.Opaque)]
                public string? Metadata { get; set; } = "";

                [Field("8+")]
                public short ErrorCode { get; set; }
            }
        }
    }
}
