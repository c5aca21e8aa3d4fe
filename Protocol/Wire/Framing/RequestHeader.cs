using Protocol.Wire.Codec;

namespace Protocol.Wire.Framing;

/// <summary>
/// The head of a request. Header version 2 (tagged fields) goes with flexible request versions, version 1 with the others and with
/// unknown APIs. The client id is never compact, whatever the header's version; any negative length of it is null.
/// </summary>
public readonly record struct RequestHeader(short ApiKey, short ApiVersion, int CorrelationId, string? ClientId)
{
    /// <summary>Reads the header and leaves the reader at the body. Throws <see cref="WireFormatException"/> when it is cut.</summary>
    public static RequestHeader Read(ref WireReader reader)
    {
        var key = reader.ReadInt16();
        var version = reader.ReadInt16();
        var correlationId = reader.ReadInt32();
        var clientId = reader.ReadNullableString(compact: false);
        if (MessageCatalog.IsFlexible(key, version))
        {
            reader.SkipTaggedFields();
        }

        return new(key, version, correlationId, clientId);
    }

    /// <summary>Writes the header, behind the frame's length.</summary>
    public void Write(FrameWriter writer)
    {
        writer.WriteInt16(ApiKey);
        writer.WriteInt16(ApiVersion);
        writer.WriteInt32(CorrelationId);
        writer.WriteString(ClientId, compact: false);
        if (MessageCatalog.IsFlexible(ApiKey, ApiVersion))
        {
            writer.WriteVarUInt(0);
        }
    }
}
