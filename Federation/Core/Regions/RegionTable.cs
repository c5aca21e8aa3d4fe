using System.Collections.Immutable;
using Kernel.Ids;

namespace Federation.Core.Regions;

/// <summary>One region, as the front doors of all regions know it.</summary>
/// <param name="Control">Where the region's control API listens, behind its front door.</param>
/// <param name="Registry">Where its schema registry listens; null when it has none.</param>
public sealed record RegionEntry(RegionId Region, Uri Control, Uri? Registry);

/// <summary>
/// The regions with their addresses, and which of them writes the schema registry's log. Decides in what order a front door asks registries.
/// Immutable; the owner swaps it whole.
/// </summary>
/// <param name="Regions">In the operator's order; no region twice.</param>
/// <param name="RegistryHome">The region whose registry writes; null while nobody knows.</param>
public sealed record RegionTable(ImmutableArray<RegionEntry> Regions, RegionId? RegistryHome)
{
    /// <summary>No regions.</summary>
    public static readonly RegionTable Empty = new([], null);

    /// <summary>A region; null when the table does not have it.</summary>
    public RegionEntry? Find(RegionId region)
    {
        foreach (var entry in Regions)
        {
            if (entry.Region == region)
            {
                return entry;
            }
        }

        return null;
    }

    /// <summary>
    /// The regions that have a registry, in the order in which a door asks them: its own region's, then the home's, which has every write
    /// first, then the others as the operator names them.
    /// </summary>
    public IReadOnlyList<RegionEntry> RegistriesFrom(RegionId local) =>
        [.. Regions.Where(entry => entry.Registry is not null).OrderBy(entry => entry.Region == local ? 0 : entry.Region == RegistryHome ? 1 : 2)];

    /// <summary>The same regions, addresses and home.</summary>
    public bool Equals(RegionTable? other) => other is not null && RegistryHome == other.RegistryHome && Regions.SequenceEqual(other.Regions);

    /// <summary>By size alone: tables are compared, never looked up.</summary>
    public override int GetHashCode() => Regions.Length;
}

/// <summary>Where a front door reads the present table. The owner swaps it; readers come from any thread.</summary>
public interface IRegionView
{
    /// <summary>The newest table.</summary>
    RegionTable Table { get; }

    /// <summary>Raised after <see cref="Table"/> was swapped. Handlers return at once and do not throw.</summary>
    event Action? Changed;
}
