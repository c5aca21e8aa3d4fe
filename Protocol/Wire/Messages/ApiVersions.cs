using Protocol.Wire.Codec;

namespace Protocol.Wire.Messages;

/// <summary>Which APIs and versions are served. Its response header has no tags in any version, so that every client can read it. Version 5 (KIP-1242) lets a client say which cluster and node it means.</summary>
[KafkaMessage(ApiKey.ApiVersions, MessageKind.Request, Versions = "0-5", Flexible = "3+")]
public sealed partial class ApiVersionsRequest
{
    [Field("3+", Meaning = Meaning.Opaque)]
    public string ClientSoftwareName { get; set; } = "";

    [Field("3+", Meaning = Meaning.Opaque)]
    public string ClientSoftwareVersion { get; set; } = "";

    [Field("5+", Nullable = "5+", Meaning = Meaning.ClusterId)]
    public string? ClusterId { get; set; }

    [Field("5+", Meaning = Meaning.BrokerId)]
    public int NodeId { get; set; } = -1;
}

/// <summary>The answer to <see cref="ApiVersionsRequest"/>.</summary>
[KafkaMessage(ApiKey.ApiVersions, MessageKind.Response, Versions = "0-5", Flexible = "3+")]
public sealed partial class ApiVersionsResponse
{
    [Field("0+")]
    public short ErrorCode { get; set; }

    [Field("0+")]
    public List<ApiVersion> ApiKeys { get; set; } = [];

    [Field("1+")]
    public int ThrottleTimeMs { get; set; }

    [Field("3+", Tag = 0, Tagged = "3+")]
    public List<SupportedFeatureKey> SupportedFeatures { get; set; } = [];

    [Field("3+", Tag = 1, Tagged = "3+")]
    public long FinalizedFeaturesEpoch { get; set; } = -1;

    [Field("3+", Tag = 2, Tagged = "3+")]
    public List<FinalizedFeatureKey> FinalizedFeatures { get; set; } = [];

    [Field("3+", Tag = 3, Tagged = "3+")]
    public bool ZkMigrationReady { get; set; }

    [KafkaStruct]
    public sealed partial class ApiVersion
    {
        [Field("0+", Key = true)]
        public short ApiKey { get; set; }

        [Field("0+")]
        public short MinVersion { get; set; }

        [Field("0+")]
        public short MaxVersion { get; set; }
    }

    [KafkaStruct]
    public sealed partial class SupportedFeatureKey
    {
        [Field("3+", Meaning = Meaning.Opaque, Key = true)]
        public string Name { get; set; } = "";

        [Field("3+")]
        public short MinVersion { get; set; }

        [Field("3+")]
        public short MaxVersion { get; set; }
    }

    [KafkaStruct]
    public sealed partial class FinalizedFeatureKey
    {
        [Field("3+", Meaning = Meaning.Opaque, Key = true)]
        public string Name { get; set; } = "";

        [Field("3+")]
        public short MaxVersionLevel { get; set; }

        [Field("3+")]
        public short MinVersionLevel { get; set; }
    }
}
