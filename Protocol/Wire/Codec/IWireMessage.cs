namespace Protocol.Wire.Codec;

/// <summary>What the generator gives every message. Reading and writing an unsupported version is a programming error.</summary>
public interface IWireMessage
{
    /// <summary>Replaces all fields by what the reader holds; fields that the version lacks get their defaults. Trailing bytes are left alone.</summary>
    void Read(ref WireReader reader, short version);

    /// <summary>Writes the fields that the version has; the others are dropped.</summary>
    void Write(FrameWriter writer, short version);

    /// <summary>How many bytes <see cref="Write"/> will write, spliced records included.</summary>
    int SizeOf(short version);

    /// <summary>Shows every entity that the version carries to the visitor and stores what it returns.</summary>
    void Visit(EntityVisitor visitor, short version);
}

/// <summary>The static side of a message.</summary>
public interface IWireMessage<TSelf> : IWireMessage
    where TSelf : IWireMessage<TSelf>, new()
{
    /// <summary>The API that the message belongs to; null for data inside other messages.</summary>
    static abstract ApiKey? Key { get; }
    static abstract MessageKind Kind { get; }
    static abstract VersionRange Versions { get; }
    static abstract VersionRange FlexibleVersions { get; }
}
