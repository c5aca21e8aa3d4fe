using Protocol.Wire.Codec;

namespace Protocol.Wire.Messages;

/// <summary>Changes single configuration entries (KIP-339).</summary>
[KafkaMessage(ApiKey.IncrementalAlterConfigs, MessageKind.Request, Versions = "0-1", Flexible = "1+")]
public sealed partial class IncrementalAlterConfigsRequest
{
    [Field("0+")]
    public List<AlterConfigsResource> Resources { get; set; } = [];

    [Field("0+")]
    public bool ValidateOnly { get; set; }

    [KafkaStruct]
    public sealed partial class AlterConfigsResource
    {
        [Field("0+", Key = true)]
        public sbyte ResourceType { get; set; }

        [Field("0+", Meaning = Meaning.ResourceName, Key = true)]
        public string ResourceName { get; set; } = "";

        [Field("0+")]
        public List<AlterableConfig> Configs { get; set; } = [];

        [KafkaStruct]
        public sealed partial class AlterableConfig
        {
            [Field("0+", Meaning = Meaning.Opaque, Key = true)]
            public string Name { get; set; } = "";

            [Field("0+", Key = true)]
            public sbyte ConfigOperation { get; set; }

            [Field("0+", Nullable = "0+", Meaning = Meaning.Opaque)]
            public string? Value { get; set; } = "";
        }
    }
}

/// <summary>The answer to <see cref="IncrementalAlterConfigsRequest"/>.</summary>
[KafkaMessage(ApiKey.IncrementalAlterConfigs, MessageKind.Response, Versions = "0-1", Flexible = "1+")]
public sealed partial class IncrementalAlterConfigsResponse
{
    [Field("0+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public List<AlterConfigsResourceResponse> Responses { get; set; } = [];

    [KafkaStruct]
    public sealed partial class AlterConfigsResourceResponse
    {
        [Field("0+")]
        public short ErrorCode { get; set; }

        [Field("0+", Nullable = "0+", Meaning = Meaning.ErrorText)]
        public string? ErrorMessage { get; set; } = "";

        [Field("0+")]
        public sbyte ResourceType { get; set; }

        [Field("0+", Meaning = Meaning.ResourceName)]
        public string ResourceName { get; set; } = "";
    }
}
