using Protocol.Wire.Codec;

namespace Protocol.Wire.Framing;

/// <summary>The head of a request. Header version 2 (tagged fields) goes with flexible request versions, version 1 with the others.</summary>
public readonly record struct RequestHeader(short ApiKey, short ApiVersion, int CorrelationId, string? ClientId)
{
    /// <summary>Reads the header and leaves the reader at the body.</summary>
    public static RequestHeader Read(ref WireReader reader) => throw new NotImplementedException();

    /// <summary>Writes the header, behind the frame's length.</summary>
    public void Write(FrameWriter writer) => throw new NotImplementedException();
}
