namespace SchemaRegistry.Core.JsonSchema.Comparison;

/// <summary>
/// What a comparison of two schemas found, with paths relative to them, so that it can stand wherever the two meet again. Grows while the two are
/// compared. A tree that is used at many places is one object: counts are of what writing all out would give.
/// </summary>
internal sealed class DifferenceTree
{
    /// <summary>Equal schemas.</summary>
    public static readonly DifferenceTree None = new();

    /// <summary>A pair that is known to be incompatible and is being compared further up, where it is reported.</summary>
    public static readonly DifferenceTree Incompatible = new() { IsCompatible = false };

    private readonly List<Entry> _entries = [];

    public bool IsCompatible { get; private set; } = true;

    /// <summary>Differences below, counted up to <see cref="int.MaxValue"/>.</summary>
    public int Count { get; private set; }

    public IReadOnlyList<Entry> Entries => _entries;

    public void Add(string path, DifferenceType type, bool isLenient)
    {
        _entries.Add(new Entry(path, type, null));
        IsCompatible &= type.IsHarmless(isLenient);
        Count = Sum(Count, 1);
    }

    public void Add(string path, DifferenceTree below)
    {
        IsCompatible &= below.IsCompatible;
        if (below.Count > 0 || !below.IsCompatible)
        {
            _entries.Add(new Entry(path, null, below));
            Count = Sum(Count, below.Count);
        }
    }

    private static int Sum(int a, int b) => (int)Math.Min((long)a + b, int.MaxValue);

    /// <summary>One difference, or those of a schema below.</summary>
    /// <param name="Path">Segments with slashes between them; empty for the schemas themselves.</param>
    public readonly record struct Entry(string Path, DifferenceType? Type, DifferenceTree? Below);
}
