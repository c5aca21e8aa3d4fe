using Microsoft.Extensions.Logging;

namespace SchemaRegistry.Service.State;

/// <summary>Log lines of <see cref="TenantRegistry"/>.</summary>
internal static partial class WriteLog
{
    [LoggerMessage(1, LogLevel.Warning, "Tenant {Tenant}: a write failed, it may have happened all the same")]
    public static partial void Failed(ILogger logger, string tenant, Exception failure);

    [LoggerMessage(2, LogLevel.Error, "Tenant {Tenant}: the schema log was cut or made anew; it is read from its beginning")]
    public static partial void Lost(ILogger logger, string tenant, Exception failure);

    [LoggerMessage(3, LogLevel.Warning, "Tenant {Tenant}: the schema log cannot be read now: {Reason}")]
    public static partial void NotReadable(ILogger logger, string tenant, string reason, Exception? failure);

    [LoggerMessage(4, LogLevel.Warning, "Tenant {Tenant}: no snapshot was written")]
    public static partial void NoSnapshot(ILogger logger, string tenant, Exception failure);
}
