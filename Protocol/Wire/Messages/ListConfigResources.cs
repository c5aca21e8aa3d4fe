using Protocol.Wire.Codec;

namespace Protocol.Wire.Messages;

/// <summary>Lists what has a configuration (KIP-1142). Version 0 lists client metrics subscriptions only; without types, later ones list all.</summary>
[KafkaMessage(ApiKey.ListConfigResources, MessageKind.Request, Versions = "0-1", Flexible = "0+")]
public sealed partial class ListConfigResourcesRequest
{
    [Field("1+")]
    public List<sbyte> ResourceTypes { get; set; } = [];
}

/// <summary>The answer to <see cref="ListConfigResourcesRequest"/>.</summary>
[KafkaMessage(ApiKey.ListConfigResources, MessageKind.Response, Versions = "0-1", Flexible = "0+")]
public sealed partial class ListConfigResourcesResponse
{
    [Field("0+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public short ErrorCode { get; set; }

    [Field("0+")]
    public List<ConfigResource> ConfigResources { get; set; } = [];

    [KafkaStruct]
    public sealed partial class ConfigResource
    {
        [Field("0+", Meaning = Meaning.ResourceName)]
        public string ResourceName { get; set; } = "";

        [Field("1+")]
        public sbyte ResourceType { get; set; } = 16;
    }
}
