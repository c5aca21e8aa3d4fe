using Protocol.Wire.Codec;

namespace Protocol.Wire.Framing;

/// <summary>
/// The head of an answer: the correlation id, and tagged fields where the answer is flexible. Never for ApiVersions: its client may
/// not know yet what the server's version means, so every version of it has the plain header (KIP-511).
/// </summary>
public static class ResponseHeader
{
    /// <summary>Writes the header, behind the frame's length.</summary>
    public static void Write(FrameWriter writer, ApiKey key, short version, int correlationId)
    {
        writer.WriteInt32(correlationId);
        if (HasTags(key, version))
        {
            writer.WriteVarUInt(0);
        }
    }

    /// <summary>Reads the header and leaves the reader at the body. Throws <see cref="WireFormatException"/> when it is cut.</summary>
    public static int ReadCorrelationId(ref WireReader reader, ApiKey key, short version)
    {
        var correlationId = reader.ReadInt32();
        if (HasTags(key, version))
        {
            reader.SkipTaggedFields();
        }

        return correlationId;
    }

    private static bool HasTags(ApiKey key, short version) => key != ApiKey.ApiVersions && MessageCatalog.IsFlexible((short)key, version);
}
