using System.Net;
using Kernel.Ids;
using Microsoft.Extensions.Logging;

namespace Federation.Control.Http;

/// <summary>A region's control API over HTTP.</summary>
public sealed record RegionHttpOptions
{
    public required RegionId Region { get; init; }

    /// <summary>Where to listen.</summary>
    public required IPEndPoint Bind { get; init; }

    public required ControlNode Control { get; init; }

    /// <summary>Whether there is a tenant of this name. Asked per request, from any thread; answers at once.</summary>
    public required Func<string, bool> IsTenant { get; init; }

    /// <summary>Writes the region's metrics in Prometheus' text format.</summary>
    public required Action<TextWriter> WriteMetrics { get; init; }

    /// <summary>Everything in the region serves.</summary>
    public required Func<bool> IsReady { get; init; }

    public required ILoggerFactory Loggers { get; init; }
}
