using Protocol.Wire.Codec;

namespace Protocol.Wire.Messages;

/// <summary>What the leader gives a classic consumer. Travels inside SyncGroup, preceded by its version as int16.</summary>
[KafkaMessage(MessageKind.Data, Versions = "0-3", Flexible = "none")]
public sealed partial class ConsumerProtocolAssignment
{
    [Field("0+")]
    public List<TopicPartition> AssignedPartitions { get; set; } = [];

    [Field("0+", Nullable = "0+", Meaning = Meaning.Opaque)]
    public ReadOnlyMemory<byte>? UserData { get; set; }

    [KafkaStruct]
    public sealed partial class TopicPartition
    {
        [Field("0+", Meaning = Meaning.TopicName, Key = true)]
        public string Topic { get; set; } = "";

        [Field("0+")]
        public List<int> Partitions { get; set; } = [];
    }
}
