namespace Protocol.Wire.Codec;

/// <summary>A frame does not follow the protocol. The connection it came on is closed; nothing else is affected.</summary>
public sealed class WireFormatException(string message) : Exception(message);
