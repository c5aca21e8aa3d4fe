using Protocol.Wire.Codec;

namespace Protocol.Wire.Messages;

/// <summary>Brokers and controller of the cluster.</summary>
[KafkaMessage(ApiKey.DescribeCluster, MessageKind.Request, Versions = "0-2", Flexible = "0+")]
public sealed partial class DescribeClusterRequest
{
    [Field("0+")]
    public bool IncludeClusterAuthorizedOperations { get; set; }

    [Field("1+")]
    public sbyte EndpointType { get; set; } = 1;

    [Field("2+")]
    public bool IncludeFencedBrokers { get; set; }
}

/// <summary>The answer to <see cref="DescribeClusterRequest"/>.</summary>
[KafkaMessage(ApiKey.DescribeCluster, MessageKind.Response, Versions = "0-2", Flexible = "0+")]
public sealed partial class DescribeClusterResponse
{
    [Field("0+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public short ErrorCode { get; set; }

    [Field("0+", Nullable = "0+", Meaning = Meaning.ErrorText)]
    public string? ErrorMessage { get; set; }

    [Field("1+")]
    public sbyte EndpointType { get; set; } = 1;

    [Field("0+", Meaning = Meaning.ClusterId)]
    public string ClusterId { get; set; } = "";

    [Field("0+", Meaning = Meaning.BrokerId)]
    public int ControllerId { get; set; } = -1;

    [Field("0+")]
    public List<DescribeClusterBroker> Brokers { get; set; } = [];

    [Field("0+")]
    public int ClusterAuthorizedOperations { get; set; } = int.MinValue;

    [KafkaStruct]
    public sealed partial class DescribeClusterBroker
    {
        [Field("0+", Meaning = Meaning.BrokerId, Key = true)]
        public int BrokerId { get; set; }

        [Field("0+", Meaning = Meaning.BrokerHost)]
        public string Host { get; set; } = "";

        [Field("0+", Meaning = Meaning.BrokerPort)]
        public int Port { get; set; }

        [Field("0+", Nullable = "0+", Meaning = Meaning.BrokerRack)]
        public string? Rack { get; set; }

        [Field("2+")]
        public bool IsFenced { get; set; }
    }
}
