using Protocol.Wire.Codec;

namespace Protocol.Wire.Messages;

/// <summary>Configuration of topics, brokers and groups, with sources and synonyms.</summary>
[KafkaMessage(ApiKey.DescribeConfigs, MessageKind.Request, Versions = "1-4", Flexible = "4+")]
public sealed partial class DescribeConfigsRequest
{
    [Field("0+")]
    public List<DescribeConfigsResource> Resources { get; set; } = [];

    [Field("1+")]
    public bool IncludeSynonyms { get; set; }

    [Field("3+")]
    public bool IncludeDocumentation { get; set; }

    [KafkaStruct]
    public sealed partial class DescribeConfigsResource
    {
        [Field("0+")]
        public sbyte ResourceType { get; set; }

        [Field("0+", Meaning = Meaning.ResourceName)]
        public string ResourceName { get; set; } = "";

        [Field("0+", Nullable = "0+", Meaning = Meaning.Opaque)]
        public List<string>? ConfigurationKeys { get; set; } = [];
    }
}

/// <summary>The answer to <see cref="DescribeConfigsRequest"/>.</summary>
[KafkaMessage(ApiKey.DescribeConfigs, MessageKind.Response, Versions = "1-4", Flexible = "4+")]
public sealed partial class DescribeConfigsResponse
{
    [Field("0+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public List<DescribeConfigsResult> Results { get; set; } = [];

    [KafkaStruct]
    public sealed partial class DescribeConfigsResult
    {
        [Field("0+")]
        public short ErrorCode { get; set; }

        [Field("0+", Nullable = "0+", Meaning = Meaning.ErrorText)]
        public string? ErrorMessage { get; set; } = "";

        [Field("0+")]
        public sbyte ResourceType { get; set; }

        [Field("0+", Meaning = Meaning.ResourceName)]
        public string ResourceName { get; set; } = "";

        [Field("0+")]
        public List<DescribeConfigsResourceResult> Configs { get; set; } = [];

        [KafkaStruct]
        public sealed partial class DescribeConfigsResourceResult
        {
            [Field("0+", Meaning = Meaning.Opaque)]
            public string Name { get; set; } = "";

            [Field("0+", Nullable = "0+", Meaning = Meaning.Opaque)]
            public string? Value { get; set; } = "";

            [Field("0+")]
            public bool ReadOnly { get; set; }

            [Field("1+")]
            public sbyte ConfigSource { get; set; } = -1;

            [Field("0+")]
            public bool IsSensitive { get; set; }

            [Field("1+")]
            public List<DescribeConfigsSynonym> Synonyms { get; set; } = [];

            [Field("3+")]
            public sbyte ConfigType { get; set; }

            [Field("3+", Nullable = "0+", Meaning = Meaning.Opaque)]
            public string? Documentation { get; set; } = "";

            [KafkaStruct]
            public sealed partial class DescribeConfigsSynonym
            {
                [Field("1+", Meaning = Meaning.Opaque)]
                public string Name { get; set; } = "";

                [Field("1+", Nullable = "0+", Meaning = Meaning.Opaque)]
                public string? Value { get; set; } = "";

                [Field("1+")]
                public sbyte Source { get; set; }
            }
        }
    }
}
