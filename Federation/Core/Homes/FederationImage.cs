using System.Collections.Immutable;

namespace Federation.Core.Homes;

/// <summary>All that the control ledger says, at one point of it. Immutable; read by any thread; swapped whole.</summary>
public sealed record FederationImage
{
    /// <summary>Before the first record.</summary>
    public static readonly FederationImage Empty = new();

    /// <summary>How many records led here.</summary>
    public long Version { get; init; }

    /// <summary>The regions that take part, with their slots. A slot is never given twice: it is the high part of a region's producer ids.</summary>
    public ImmutableSortedDictionary<string, int> Regions { get; init; } = ImmutableSortedDictionary.Create<string, int>(StringComparer.Ordinal);

    /// <summary>Topics that were given up and may still stand on some cluster, by the name that they have there. A name is free again when it is in neither list.</summary>
    public ImmutableSortedDictionary<string, FederatedTopic> Leaving { get; init; } = ImmutableSortedDictionary.Create<string, FederatedTopic>(StringComparer.Ordinal);

    /// <summary>All topics, by the name that they have on the clusters.</summary>
    public ImmutableSortedDictionary<string, FederatedTopic> Topics { get; init; } = ImmutableSortedDictionary.Create<string, FederatedTopic>(StringComparer.Ordinal);
}

/// <summary>Where a host reads the present image. The owner (the control host) swaps it; readers come from any thread.</summary>
public interface IFederationView
{
    /// <summary>The newest image.</summary>
    FederationImage Image { get; }

    /// <summary>Raised after <see cref="Image"/> was swapped. Handlers return at once and do not throw.</summary>
    event Action? Changed;
}
