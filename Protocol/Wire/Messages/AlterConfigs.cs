using Protocol.Wire.Codec;

namespace Protocol.Wire.Messages;

/// <summary>Replaces the configuration of resources by what is given (KIP-133); entries that are not named fall back to their defaults.</summary>
[KafkaMessage(ApiKey.AlterConfigs, MessageKind.Request, Versions = "0-2", Flexible = "2+")]
public sealed partial class AlterConfigsRequest
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

            [Field("0+", Nullable = "0+", Meaning = Meaning.Opaque)]
            public string? Value { get; set; } = "";
        }
    }
}

/// <summary>The answer to <see cref="AlterConfigsRequest"/>.</summary>
[KafkaMessage(ApiKey.AlterConfigs, MessageKind.Response, Versions = "0-2", Flexible = "2+")]
public sealed partial class AlterConfigsResponse
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
