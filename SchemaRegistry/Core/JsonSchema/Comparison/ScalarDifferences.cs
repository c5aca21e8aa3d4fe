namespace SchemaRegistry.Core.JsonSchema.Comparison;

/// <summary>Differences of strings and numbers, by the registry's names.</summary>
internal static class ScalarDifferences
{
    public static readonly DifferenceType ExclusiveMaximumAdded = new("EXCLUSIVE_MAXIMUM_ADDED", DifferenceSentence.KeywordAdded);
    public static readonly DifferenceType ExclusiveMaximumDecreased = new("EXCLUSIVE_MAXIMUM_DECREASED", DifferenceSentence.ValueLess);
    public static readonly DifferenceType ExclusiveMaximumIncreased = DifferenceType.Harmless("EXCLUSIVE_MAXIMUM_INCREASED");
    public static readonly DifferenceType ExclusiveMaximumRemoved = DifferenceType.Harmless("EXCLUSIVE_MAXIMUM_REMOVED");
    public static readonly DifferenceType ExclusiveMinimumAdded = new("EXCLUSIVE_MINIMUM_ADDED", DifferenceSentence.KeywordAdded);
    public static readonly DifferenceType ExclusiveMinimumDecreased = DifferenceType.Harmless("EXCLUSIVE_MINIMUM_DECREASED");
    public static readonly DifferenceType ExclusiveMinimumIncreased = new("EXCLUSIVE_MINIMUM_INCREASED", DifferenceSentence.ValueMore);
    public static readonly DifferenceType ExclusiveMinimumRemoved = DifferenceType.Harmless("EXCLUSIVE_MINIMUM_REMOVED");
    public static readonly DifferenceType MaximumAdded = new("MAXIMUM_ADDED", DifferenceSentence.KeywordAdded);
    public static readonly DifferenceType MaximumDecreased = new("MAXIMUM_DECREASED", DifferenceSentence.ValueLess);
    public static readonly DifferenceType MaximumIncreased = DifferenceType.Harmless("MAXIMUM_INCREASED");
    public static readonly DifferenceType MaximumRemoved = DifferenceType.Harmless("MAXIMUM_REMOVED");
    public static readonly DifferenceType MaxLengthAdded = new("MAX_LENGTH_ADDED", DifferenceSentence.KeywordAdded);
    public static readonly DifferenceType MaxLengthDecreased = new("MAX_LENGTH_DECREASED", DifferenceSentence.ValueLess);
    public static readonly DifferenceType MaxLengthIncreased = DifferenceType.Harmless("MAX_LENGTH_INCREASED");
    public static readonly DifferenceType MaxLengthRemoved = DifferenceType.Harmless("MAX_LENGTH_REMOVED");
    public static readonly DifferenceType MinimumAdded = new("MINIMUM_ADDED", DifferenceSentence.KeywordAdded);
    public static readonly DifferenceType MinimumDecreased = DifferenceType.Harmless("MINIMUM_DECREASED");
    public static readonly DifferenceType MinimumIncreased = new("MINIMUM_INCREASED", DifferenceSentence.ValueMore);
    public static readonly DifferenceType MinimumRemoved = DifferenceType.Harmless("MINIMUM_REMOVED");
    public static readonly DifferenceType MinLengthAdded = new("MIN_LENGTH_ADDED", DifferenceSentence.KeywordAdded);
    public static readonly DifferenceType MinLengthDecreased = DifferenceType.Harmless("MIN_LENGTH_DECREASED");
    public static readonly DifferenceType MinLengthIncreased = new("MIN_LENGTH_INCREASED", DifferenceSentence.ValueMore);
    public static readonly DifferenceType MinLengthRemoved = DifferenceType.Harmless("MIN_LENGTH_REMOVED");
    public static readonly DifferenceType MultipleOfAdded = new("MULTIPLE_OF_ADDED", DifferenceSentence.KeywordAdded);
    public static readonly DifferenceType MultipleOfChanged = new("MULTIPLE_OF_CHANGED", DifferenceSentence.ValueDiffers);
    public static readonly DifferenceType MultipleOfExpanded = new("MULTIPLE_OF_EXPANDED", DifferenceSentence.ValueMore);
    public static readonly DifferenceType MultipleOfReduced = DifferenceType.Harmless("MULTIPLE_OF_REDUCED");
    public static readonly DifferenceType MultipleOfRemoved = DifferenceType.Harmless("MULTIPLE_OF_REMOVED");
    public static readonly DifferenceType PatternAdded = new("PATTERN_ADDED", DifferenceSentence.KeywordAdded);
    public static readonly DifferenceType PatternChanged = new("PATTERN_CHANGED", DifferenceSentence.ValueDiffers);
    public static readonly DifferenceType PatternRemoved = DifferenceType.Harmless("PATTERN_REMOVED");
    public static readonly DifferenceType TypeExtended = DifferenceType.Harmless("TYPE_EXTENDED");
    public static readonly DifferenceType TypeNarrowed = new("TYPE_NARROWED", DifferenceSentence.TypeDiffers);
}
