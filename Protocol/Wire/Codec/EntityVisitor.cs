namespace Protocol.Wire.Codec;

/// <summary>
/// Visits what a message says about the world, field by field in the order of the wire, and replaces it by what the methods return.
/// Only fields that the version carries are visited; nulls are not. All methods return what they were given unless overridden.
/// </summary>
public abstract class EntityVisitor
{
    public virtual string TopicName(string name) => name;

    public virtual Guid TopicId(Guid id) => id;

    public virtual string GroupId(string group) => group;

    public virtual string TransactionalId(string id) => id;

    public virtual long ProducerId(long id) => id;

    /// <summary>A broker's id that stands without an address. -1 means none.</summary>
    public virtual int BrokerId(int id) => id;

    /// <summary>A broker with its address. <paramref name="rack"/> is null where the structure has none or the version does not carry it.</summary>
    public virtual void BrokerEndpoint(ref int nodeId, ref string host, ref int port, ref string? rack)
    {
    }

    public virtual string? ClusterId(string? id) => id;

    /// <param name="name">The resource's name.</param>
    /// <param name="resourceType">2 topic, 4 broker, 8 broker logger, 16 client metrics, 32 group.</param>
    public virtual string ResourceName(string name, sbyte resourceType) => name;

    /// <param name="key">A group id, transactional id or share key.</param>
    /// <param name="keyType">0 group, 1 transaction, 2 share; null where the message does not say it (an answer).</param>
    public virtual string CoordinatorKey(string key, sbyte? keyType) => key;

    public virtual ReadOnlyMemory<byte> ConsumerSubscription(ReadOnlyMemory<byte> bytes) => bytes;

    public virtual ReadOnlyMemory<byte> ConsumerAssignment(ReadOnlyMemory<byte> bytes) => bytes;

    public virtual string MemberId(string id) => id;

    public virtual string ClientHost(string host) => host;

    public virtual string? ErrorText(string? text) => text;
}
