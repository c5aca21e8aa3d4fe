using SchemaRegistry.Core.JsonSchema.Text;

namespace SchemaRegistry.Core.JsonSchema.Model;

/// <summary>The keywords of arrays. contains itself is not compared, only how often.</summary>
internal sealed class ArraySchema : Schema
{
    /// <summary>One schema for all items.</summary>
    public Schema? AllItems { get; init; }

    /// <summary>One schema for each of the first items (items as an array, or prefixItems).</summary>
    public IReadOnlyList<Schema> Items { get; init; } = [];

    /// <summary>Items beyond <see cref="Items"/> may be there.</summary>
    public bool PermitsAdditional { get; init; } = true;

    /// <summary>What they must be then.</summary>
    public Schema? Additional { get; init; }

    /// <summary>unevaluatedItems, also true and false; null when absent and before draft 2019-09.</summary>
    public Schema? Unevaluated { get; init; }

    public ExactDecimal? MaxItems { get; init; }

    public ExactDecimal? MinItems { get; init; }

    public bool UniqueItems { get; init; }

    /// <summary>Null before draft 2019-09.</summary>
    public ExactDecimal? MaxContains { get; init; }

    /// <summary>1 unless given where contains is present; null without it and before draft 2019-09.</summary>
    public ExactDecimal? MinContains { get; init; }

    /// <summary>Any further item is valid.</summary>
    public bool IsOpen => PermitsAdditional && Additional is null && (Unevaluated?.Target is null or TrueSchema);
}
