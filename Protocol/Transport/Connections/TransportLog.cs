using System.Net;
using Microsoft.Extensions.Logging;

namespace Protocol.Transport.Connections;

/// <summary>The log lines of the transport.</summary>
internal static partial class TransportLog
{
    [LoggerMessage(1, LogLevel.Warning, "Connection {Remote} closed: it sent {What}")]
    public static partial void LengthRefused(ILogger log, IPEndPoint remote, string what);

    [LoggerMessage(2, LogLevel.Error, "Connection {Remote} closed: handling a request failed")]
    public static partial void ConnectionFailed(ILogger log, IPEndPoint remote, Exception failure);

    [LoggerMessage(3, LogLevel.Error, "Connection {Remote}: cleaning up failed")]
    public static partial void CloseFailed(ILogger log, IPEndPoint remote, Exception failure);

    [LoggerMessage(4, LogLevel.Warning, "Connection {Remote} refused: {Limit} connections are open already")]
    public static partial void TooManyConnections(ILogger log, IPEndPoint remote, int limit);

    [LoggerMessage(5, LogLevel.Error, "Connection {Remote} refused: its handler could not be made")]
    public static partial void AcceptFailed(ILogger log, IPEndPoint remote, Exception failure);

    [LoggerMessage(6, LogLevel.Error, "{EndPoint} accepts nobody for a while: the process is out of descriptors or memory")]
    public static partial void OutOfDescriptors(ILogger log, IPEndPoint endPoint);
}
