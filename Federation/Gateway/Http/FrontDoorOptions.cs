using System.Net;
using Federation.Core.Regions;
using Kernel.Ids;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Federation.Gateway.Http;

/// <summary>What an operator says of a region's HTTP front door.</summary>
public sealed record FrontDoorOptions
{
    /// <summary>Whose door it is: this region's services are asked first.</summary>
    public required RegionId Region { get; init; }

    /// <summary>Where to listen; port 0 takes a free one.</summary>
    public required IPEndPoint Bind { get; init; }

    /// <summary>The regions and their addresses. What changes there changes the routes, without a restart.</summary>
    public required IRegionView Regions { get; init; }

    /// <summary>
    /// How often each registry is asked whether it is well. One that came back is used again after at most this and
    /// <see cref="ProbeTimeout"/>.
    /// </summary>
    public TimeSpan ProbeInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long that answer may take. One region's silence delays the verdict on the others by as much.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Failed probes in a row that take a registry out; one alone may be a pause of a busy process.</summary>
    public int ProbeFailures { get; init; } = 2;

    /// <summary>How long a registry that could not be connected to is left alone, unless a probe finds it well before.</summary>
    public TimeSpan ReactivationPeriod { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a connection may take to be accepted: a few round trips between the farthest regions.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long a service may take to answer, or pause within an answer. Creating a topic waits 20 s for all regions, a schema write 10 s for
    /// the log: longer than both.
    /// </summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a stop waits for requests under way. Then their connections are closed: a topic that is being made goes on without whoever asked.
    /// </summary>
    public TimeSpan StopPatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Where its log lines go.</summary>
    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;

    internal ILogger CreateLogger() => Loggers.CreateLogger($"{Region}.door");
}
