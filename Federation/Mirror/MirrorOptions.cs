using System.Net;
using Federation.Core.Homes;
using Federation.Core.Mirroring;
using Hosting;
using Kernel.Ids;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Federation.Mirror;

/// <summary>What an operator, or the process that embeds it, says of a mirror node.</summary>
public sealed record MirrorOptions
{
    /// <summary>The region that the node stands in.</summary>
    public required RegionId Region { get; init; }

    /// <summary>A broker of the region's own cluster: read for others, and written with their topics. Copies need our broker (private APIs); the source may be any.</summary>
    public required string BootstrapHost { get; init; }

    public required int BootstrapPort { get; init; }

    /// <summary>Where other regions find this one's topics; port 0 takes a free one.</summary>
    public required IPEndPoint LinkBind { get; init; }

    /// <summary>Where another region's link server is, as http://host:port; null while it is not known.</summary>
    public required Func<RegionId, Uri?> LinkOf { get; init; }

    /// <summary>What the federation's topics are.</summary>
    public required IFederationView View { get; init; }

    public Clock Clock { get; init; } = Clock.System;

    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Windows, intervals and back-offs.</summary>
    public MirrorSettings Settings { get; init; } = new();
}
