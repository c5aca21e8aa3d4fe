using Microsoft.Extensions.Logging;

namespace SchemaRegistry.Service.Http;

/// <summary>Log lines of <see cref="RegistryHttp"/>.</summary>
internal static partial class HttpLog
{
    [LoggerMessage(10, LogLevel.Error, "A {Method} request failed")]
    public static partial void Failed(ILogger logger, string method, Exception failure);
}
