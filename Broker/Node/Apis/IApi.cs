using Protocol.Transport;
using Protocol.Wire;

namespace Broker.Node.Apis;

/// <summary>Answers the requests of one API key. One instance per node, called by all connections at once; it holds no state of a request.</summary>
public interface IApi
{
    /// <summary>The key that is served.</summary>
    ApiKey Key { get; }

    /// <summary>The versions that are served; what clients are told is this range within the one that the wire protocol knows.</summary>
    VersionRange Versions { get; }

    /// <summary>
    /// Handles one request whose header has been read and whose version is served. What must happen in arrival order happens before the
    /// call returns. Takes over <see cref="RequestContext.Frame"/>. A <see cref="Protocol.Wire.Codec.WireFormatException"/> closes the connection.
    /// </summary>
    ValueTask<Answer> HandleAsync(RequestContext context);
}
