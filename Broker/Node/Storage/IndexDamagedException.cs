namespace Broker.Node.Storage;

/// <summary>An index file is missing or wrong: it is made anew from the log.</summary>
internal sealed class IndexDamagedException(string message) : IOException(message);
