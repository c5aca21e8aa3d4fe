using SchemaRegistry.Core.JsonSchema.Model;
using SchemaRegistry.Core.JsonSchema.Text;

namespace SchemaRegistry.Core.JsonSchema.Comparison;

/// <summary>Compares the keywords of strings and numbers.</summary>
internal static class ScalarComparison
{
    // Dividing numbers of a thousand digits takes some ten microseconds.
    private const int DigitsPerStep = 16;

    private static readonly BoundDifferences MaxLength = new(
        "maxLength",
        ScalarDifferences.MaxLengthAdded,
        ScalarDifferences.MaxLengthRemoved,
        ScalarDifferences.MaxLengthIncreased,
        ScalarDifferences.MaxLengthDecreased);

    private static readonly BoundDifferences MinLength = new(
        "minLength",
        ScalarDifferences.MinLengthAdded,
        ScalarDifferences.MinLengthRemoved,
        ScalarDifferences.MinLengthIncreased,
        ScalarDifferences.MinLengthDecreased);

    private static readonly BoundDifferences Maximum = new(
        "maximum",
        ScalarDifferences.MaximumAdded,
        ScalarDifferences.MaximumRemoved,
        ScalarDifferences.MaximumIncreased,
        ScalarDifferences.MaximumDecreased);

    private static readonly BoundDifferences Minimum = new(
        "minimum",
        ScalarDifferences.MinimumAdded,
        ScalarDifferences.MinimumRemoved,
        ScalarDifferences.MinimumIncreased,
        ScalarDifferences.MinimumDecreased);

    private static readonly BoundDifferences ExclusiveMaximum = new(
        "exclusiveMaximum",
        ScalarDifferences.ExclusiveMaximumAdded,
        ScalarDifferences.ExclusiveMaximumRemoved,
        ScalarDifferences.ExclusiveMaximumIncreased,
        ScalarDifferences.ExclusiveMaximumDecreased);

    private static readonly BoundDifferences ExclusiveMinimum = new(
        "exclusiveMinimum",
        ScalarDifferences.ExclusiveMinimumAdded,
        ScalarDifferences.ExclusiveMinimumRemoved,
        ScalarDifferences.ExclusiveMinimumIncreased,
        ScalarDifferences.ExclusiveMinimumDecreased);

    public static void Compare(DifferenceList differences, StringSchema original, StringSchema update)
    {
        MaxLength.Compare(differences, original.MaxLength, update.MaxLength);
        MinLength.Compare(differences, original.MinLength, update.MinLength);
        if (original.Pattern != update.Pattern)
        {
            differences.Add(
                "pattern",
                original.Pattern is null ? ScalarDifferences.PatternAdded
                : update.Pattern is null ? ScalarDifferences.PatternRemoved
                : ScalarDifferences.PatternChanged);
        }
    }

    public static void Compare(SchemaComparison comparison, DifferenceList differences, NumberSchema original, NumberSchema update)
    {
        Maximum.Compare(differences, original.Maximum, update.Maximum);
        Minimum.Compare(differences, original.Minimum, update.Minimum);
        ExclusiveMaximum.Compare(differences, original.ExclusiveMaximum, update.ExclusiveMaximum);
        ExclusiveMinimum.Compare(differences, original.ExclusiveMinimum, update.ExclusiveMinimum);
        if (original.MultipleOf != update.MultipleOf
            && comparison.Spend(((original.MultipleOf?.Digits.Length ?? 0) + (update.MultipleOf?.Digits.Length ?? 0)) / DigitsPerStep))
        {
            differences.Add("multipleOf", MultipleOf(original.MultipleOf, update.MultipleOf));
        }

        if (original.RequiresInteger != update.RequiresInteger)
        {
            differences.Add("", original.RequiresInteger ? ScalarDifferences.TypeExtended : ScalarDifferences.TypeNarrowed);
        }
    }

    private static DifferenceType MultipleOf(ExactDecimal? original, ExactDecimal? update)
    {
        if (original is not { } o)
        {
            return ScalarDifferences.MultipleOfAdded;
        }

        if (update is not { } u)
        {
            return ScalarDifferences.MultipleOfRemoved;
        }

        return u.IsMultipleOf(o) ? ScalarDifferences.MultipleOfExpanded
            : o.IsMultipleOf(u) ? ScalarDifferences.MultipleOfReduced
            : ScalarDifferences.MultipleOfChanged;
    }
}
