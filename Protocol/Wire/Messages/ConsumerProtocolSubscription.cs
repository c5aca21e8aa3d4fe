using Protocol.Wire.Codec;

namespace Protocol.Wire.Messages;

/// <summary>What a classic consumer tells its group: topics it wants and partitions it holds. Travels inside JoinGroup, preceded by its version as int16.</summary>
[KafkaMessage(MessageKind.Data, Versions = "0-3", Flexible = "none")]
public sealed partial class ConsumerProtocolSubscription
{
    [Field("0+", Meaning = Meaning.TopicName)]
    public List<string> Topics { get; set; } = [];

    [Field("0+", Nullable = "0+", Meaning = Meaning.Opaque)]
    public ReadOnlyMemory<byte>? UserData { get; set; }

    [Field("1+")]
    public List<TopicPartition> OwnedPartitions { get; set; } = [];

    [Field("2+")]
    public int GenerationId { get; set; } = -1;

    [Field("3+", Nullable = "3+", Meaning = Meaning.Opaque)]
    public string? RackId { get; set; }

    [KafkaStruct]
    public sealed partial class TopicPartition
    {
        [Field("1+", Meaning = Meaning.TopicName, Key = true)]
        public string Topic { get; set; } = "";

        [Field("1+")]
        public List<int> Partitions { get; set; } = [];
    }
}
