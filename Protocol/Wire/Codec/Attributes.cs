namespace Protocol.Wire.Codec;

/// <summary>What a message is: a request, the answer to one, or bytes inside other fields and records.</summary>
public enum MessageKind
{
    Request,
    Response,
    Data,
}

/// <summary>
/// What a field says about the world, so that a gateway can rewrite it. A string, uuid or bytes field without a meaning fails the
/// build: a field whose meaning nobody stated could carry one tenant's names to another.
/// </summary>
public enum Meaning
{
    None = 0,

    /// <summary>Carries nothing that identifies a resource of the cluster; passes unchanged.</summary>
    Opaque,
    TopicName,
    TopicId,
    GroupId,
    TransactionalId,
    ProducerId,
    BrokerId,
    BrokerHost,
    BrokerPort,
    BrokerRack,
    ClusterId,

    /// <summary>A name whose kind is given by the sibling ResourceType field (2 topic, 4 broker, 8 broker logger, 16 client metrics, 32 group).</summary>
    ResourceName,

    /// <summary>A group id, transactional id or share key, by the KeyType of the request.</summary>
    CoordinatorKey,

    /// <summary>ConsumerProtocolSubscription bytes, where the group's protocol type is "consumer".</summary>
    ConsumerSubscription,

    /// <summary>ConsumerProtocolAssignment bytes, where the group's protocol type is "consumer".</summary>
    ConsumerAssignment,
    MemberId,
    ClientHost,
    DirectoryId,

    /// <summary>A text for people that may quote names.</summary>
    ErrorText,
    Secret,

    /// <summary>Record batches, unopened.</summary>
    Records,
}

/// <summary>Declares a message. The generator gives the class its reader, writer, size and visitor.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KafkaMessageAttribute : Attribute
{
    public KafkaMessageAttribute(ApiKey apiKey, MessageKind kind)
    {
        ApiKey = apiKey;
        Kind = kind;
    }

    public KafkaMessageAttribute(MessageKind kind) => Kind = kind;

    public ApiKey? ApiKey { get; }
    public MessageKind Kind { get; }

    /// <summary>The versions that exist, as "3-13".</summary>
    public required string Versions { get; init; }

    /// <summary>The versions with compact lengths and tagged fields (KIP-482), as "9+", or "none".</summary>
    public required string Flexible { get; init; }
}

/// <summary>Declares a structure inside a message.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KafkaStructAttribute : Attribute;

/// <summary>Declares a field. Order on the wire is order in the file; the initializer is the default.</summary>
/// <param name="versions">The versions that carry the field, as "0-12".</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FieldAttribute(string versions) : Attribute
{
    public string Versions { get; } = versions;

    /// <summary>The versions in which null may be written.</summary>
    public string Nullable { get; init; } = "none";

    /// <summary>Tag number, in the versions of <see cref="Tagged"/>. -1: not tagged.</summary>
    public int Tag { get; init; } = -1;
    public string Tagged { get; init; } = "none";

    /// <summary>Overrides the message's flexible versions for this field alone.</summary>
    public string? Flexible { get; init; }
    public Meaning Meaning { get; init; }

    /// <summary>The field identifies its structure within the array.</summary>
    public bool Key { get; init; }
}
