using Protocol.Wire.Codec;

namespace Protocol.Wire.Messages;

/// <summary>Reads record batches, waiting up to MaxWaitMs for MinBytes; with incremental sessions (KIP-227) from version 7 and topic ids (KIP-516) from 13.</summary>
[KafkaMessage(ApiKey.Fetch, MessageKind.Request, Versions = "4-18", Flexible = "12+")]
public sealed partial class FetchRequest
{
    [Field("12+", Nullable = "12+", Tag = 0, Tagged = "12+", Meaning = Meaning.ClusterId)]
    public string? ClusterId { get; set; }

    [Field("0-14", Meaning = Meaning.BrokerId)]
    public int ReplicaId { get; set; } = -1;

    [Field("15+", Tag = 1, Tagged = "15+")]
    public ReplicaStateData ReplicaState { get; set; } = new();

    [Field("0+")]
    public int MaxWaitMs { get; set; }

    [Field("0+")]
    public int MinBytes { get; set; }

    [Field("3+")]
    public int MaxBytes { get; set; } = 2147483647;

    [Field("4+")]
    public sbyte IsolationLevel { get; set; }

    [Field("7+")]
    public int SessionId { get; set; }

    [Field("7+")]
    public int SessionEpoch { get; set; } = -1;

    [Field("0+")]
    public List<FetchTopic> Topics { get; set; } = [];

    [Field("7+")]
    public List<ForgottenTopic> ForgottenTopicsData { get; set; } = [];

    [Field("11+", Meaning = Meaning.Opaque)]
    public string RackId { get; set; } = "";

    [KafkaStruct]
    public sealed partial class ReplicaStateData
    {
        [Field("15+", Meaning = Meaning.BrokerId)]
        public int ReplicaId { get; set; } = -1;

        [Field("15+")]
        public long ReplicaEpoch { get; set; } = -1;
    }

    [KafkaStruct]
    public sealed partial class FetchTopic
    {
        [Field("0-12", Meaning = Meaning.TopicName)]
        public string Topic { get; set; } = "";

        [Field("13+", Meaning = Meaning.TopicId)]
        public Guid TopicId { get; set; }

        [Field("0+")]
        public List<FetchPartition> Partitions { get; set; } = [];

        [KafkaStruct]
        public sealed partial class FetchPartition
        {
            [Field("0+")]
            public int Partition { get; set; }

            [Field("9+")]
            public int CurrentLeaderEpoch { get; set; } = -1;

            [Field("0+")]
            public long FetchOffset { get; set; }

            [Field("12+")]
            public int LastFetchedEpoch { get; set; } = -1;

            [Field("5+")]
            public long LogStartOffset { get; set; } = -1;

            [Field("0+")]
            public int PartitionMaxBytes { get; set; }

            [Field("17+", Tag = 0, Tagged = "17+", Meaning = Meaning.DirectoryId)]
            public Guid ReplicaDirectoryId { get; set; }

            [Field("18+", Tag = 1, Tagged = "18+")]
            public long HighWatermark { get; set; } = long.MaxValue;
        }
    }

    [KafkaStruct]
    public sealed partial class ForgottenTopic
    {
        [Field("7-12", Meaning = Meaning.TopicName)]
        public string Topic { get; set; } = "";

        [Field("13+", Meaning = Meaning.TopicId)]
        public Guid TopicId { get; set; }

        [Field("7+")]
        public List<int> Partitions { get; set; } = [];
    }
}

/// <summary>The answer to <see cref="FetchRequest"/>.</summary>
[KafkaMessage(ApiKey.Fetch, MessageKind.Response, Versions = "4-18", Flexible = "12+")]
public sealed partial class FetchResponse
{
    [Field("1+")]
    public int ThrottleTimeMs { get; set; }

    [Field("7+")]
    public short ErrorCode { get; set; }

    [Field("7+")]
    public int SessionId { get; set; }

    [Field("0+")]
    public List<FetchableTopicResponse> Responses { get; set; } = [];

    [Field("16+", Tag = 0, Tagged = "16+")]
    public List<NodeEndpoint> NodeEndpoints { get; set; } = [];

    [KafkaStruct]
    public sealed partial class FetchableTopicResponse
    {
        [Field("0-12", Meaning = Meaning.TopicName)]
        public string Topic { get; set; } = "";

        [Field("13+", Meaning = Meaning.TopicId)]
        public Guid TopicId { get; set; }

        [Field("0+")]
        public List<PartitionData> Partitions { get; set; } = [];

        [KafkaStruct]
        public sealed partial class PartitionData
        {
            [Field("0+")]
            public int PartitionIndex { get; set; }

            [Field("0+")]
            public short ErrorCode { get; set; }

            [Field("0+")]
            public long HighWatermark { get; set; }

            [Field("4+")]
            public long LastStableOffset { get; set; } = -1;

            [Field("5+")]
            public long LogStartOffset { get; set; } = -1;

            [Field("12+", Tag = 0, Tagged = "12+")]
            public EpochEndOffset DivergingEpoch { get; set; } = new();

            [Field("12+", Tag = 1, Tagged = "12+")]
            public LeaderIdAndEpoch CurrentLeader { get; set; } = new();

            [Field("12+", Tag = 2, Tagged = "12+")]
            public SnapshotIdData SnapshotId { get; set; } = new();

            [Field("4+", Nullable = "4+")]
            public List<AbortedTransaction>? AbortedTransactions { get; set; } = [];

            [Field("11+", Meaning = Meaning.BrokerId)]
            public int PreferredReadReplica { get; set; } = -1;

            [Field("0+", Nullable = "0+", Meaning = Meaning.Records)]
            public WireRecords Records { get; set; }

            [KafkaStruct]
            public sealed partial class EpochEndOffset
            {
                [Field("12+")]
                public int Epoch { get; set; } = -1;

                [Field("12+")]
                public long EndOffset { get; set; } = -1;
            }

            [KafkaStruct]
            public sealed partial class LeaderIdAndEpoch
            {
                [Field("12+", Meaning = Meaning.BrokerId)]
                public int LeaderId { get; set; } = -1;

                [Field("12+")]
                public int LeaderEpoch { get; set; } = -1;
            }

            [KafkaStruct]
            public sealed partial class SnapshotIdData
            {
                [Field("0+")]
                public long EndOffset { get; set; } = -1;

                [Field("0+")]
                public int Epoch { get; set; } = -1;
            }

            [KafkaStruct]
            public sealed partial class AbortedTransaction
            {
                [Field("4+", Meaning = Meaning.ProducerId)]
                public long ProducerId { get; set; }

                [Field("4+")]
                public long FirstOffset { get; set; }
            }
        }
    }

    [KafkaStruct]
    public sealed partial class NodeEndpoint
    {
        [Field("16+", Meaning = Meaning.BrokerId, Key = true)]
        public int NodeId { get; set; }

        [Field("16+", Meaning = Meaning.BrokerHost)]
        public string Host { get; set; } = "";

        [Field("16+", Meaning = Meaning.BrokerPort)]
        public int Port { get; set; }

        [Field("16+", Nullable = "16+", Meaning = Meaning.BrokerRack)]
        public string? Rack { get; set; }
    }
}
