namespace SchemaRegistry.Core.JsonSchema.Comparison;

/// <summary>Collects the differences of two schemas while they are compared; costs nothing as long as there are none.</summary>
internal sealed class DifferenceList(bool isLenient)
{
    private DifferenceTree? _tree;

    public DifferenceTree Tree => _tree ?? DifferenceTree.None;

    /// <summary>A difference at a path below the schemas, or of themselves with an empty one.</summary>
    public void Add(string path, DifferenceType type) => (_tree ??= new DifferenceTree()).Add(path, type, isLenient);

    /// <summary>What was found for two schemas below.</summary>
    public void Add(string path, DifferenceTree below)
    {
        if (below.Count > 0 || !below.IsCompatible)
        {
            (_tree ??= new DifferenceTree()).Add(path, below);
        }
    }
}
