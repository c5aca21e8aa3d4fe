namespace Federation.Core.Mirroring;

/// <summary>A topic cannot be mirrored here before a person has done something; the message says what is wrong.</summary>
public sealed class MirrorFailedException(string message) : Exception(message);
