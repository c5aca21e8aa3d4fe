using SchemaRegistry.Core.JsonSchema.Text;

namespace SchemaRegistry.Core.JsonSchema.Comparison;

/// <summary>A keyword that bounds something by a number, with the names of what may happen to it.</summary>
internal sealed record BoundDifferences(
    string Keyword, DifferenceType Added, DifferenceType Removed, DifferenceType Increased, DifferenceType Decreased)
{
    public void Compare(DifferenceList differences, ExactDecimal? original, ExactDecimal? update)
    {
        if (original == update)
        {
            return;
        }

        differences.Add(
            Keyword,
            original is not { } o ? Added
            : update is not { } u ? Removed
            : u.CompareTo(o) > 0 ? Increased
            : Decreased);
    }
}
