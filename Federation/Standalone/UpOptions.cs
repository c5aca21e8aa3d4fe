using Broker.Node;
using Kernel.Ids;

namespace Federation.Standalone;

/// <summary>What `fed up` was asked for.</summary>
public sealed record UpOptions
{
    /// <summary>The regions, in the order in which ports are given.</summary>
    public required IReadOnlyList<RegionId> Regions { get; init; }

    /// <summary>Where everything is kept.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Added to every port.</summary>
    public int PortOffset { get; init; }

    /// <summary>When a record counts as written.</summary>
    public FlushMode Flush { get; init; } = FlushMode.Batch;

    /// <summary>File with the schema registry's tenants, credentials and rights; null: the development tenant, open to all.</summary>
    public string? TenantsFile { get; init; }

    /// <summary>Kafka's broker properties, for the brokers of all regions.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();
}
