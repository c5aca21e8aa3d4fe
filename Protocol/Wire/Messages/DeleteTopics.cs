using Protocol.Wire.Codec;

namespace Protocol.Wire.Messages;

/// <summary>Removes topics by name, or by id from version 6.</summary>
[KafkaMessage(ApiKey.DeleteTopics, MessageKind.Request, Versions = "1-6", Flexible = "4+")]
public sealed partial class DeleteTopicsRequest
{
    [Field("6+")]
    public List<DeleteTopicState> Topics { get; set; } = [];

    [Field("0-5", Meaning = Meaning.TopicName)]
    public List<string> TopicNames { get; set; } = [];

    [Field("0+")]
    public int TimeoutMs { get; set; }

    [KafkaStruct]
    public sealed partial class DeleteTopicState
    {
        [Field("6+", Nullable = "6+", Meaning = Meaning.TopicName)]
        public string? Name { get; set; }

        [Field("6+", Meaning = Meaning.TopicId)]
        public Guid TopicId { get; set; }
    }
}

/// <summary>The answer to <see cref="DeleteTopicsRequest"/>.</summary>
[KafkaMessage(ApiKey.DeleteTopics, MessageKind.Response, Versions = "1-6", Flexible = "4+")]
public sealed partial class DeleteTopicsResponse
{
    [Field("1+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public List<DeletableTopicResult> Responses { get; set; } = [];

    [KafkaStruct]
    public sealed partial class DeletableTopicResult
    {
        [Field("0+", Nullable = "6+", Meaning = Meaning.TopicName, Key = true)]
        public string? Name { get; set; } = "";

        [Field("6+", Meaning = Meaning.TopicId)]
        public Guid TopicId { get; set; }

        [Field("0+")]
        public short ErrorCode { get; set; }

        [Field("5+", Nullable = "5+", Meaning = Meaning.ErrorText)]
        public string? ErrorMessage { get; set; }
    }
}
