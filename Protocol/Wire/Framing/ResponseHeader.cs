using Protocol.Wire.Codec;

namespace Protocol.Wire.Framing;

/// <summary>The head of an answer: the correlation id, and tagged fields where the answer is flexible (never for ApiVersions).</summary>
public static class ResponseHeader
{
    /// <summary>Writes the header, behind the frame's length.</summary>
    public static void Write(FrameWriter writer, ApiKey key, short version, int correlationId) => throw new NotImplementedException();

    /// <summary>Reads the header and leaves the reader at the body.</summary>
    public static int ReadCorrelationId(ref WireReader reader, ApiKey key, short version) => throw new NotImplementedException();
}
