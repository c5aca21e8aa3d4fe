namespace SchemaRegistry.Core.JsonSchema.Comparison;

/// <summary>Differences of objects, by the registry's names.</summary>
internal static class ObjectDifferences
{
    public static readonly DifferenceType AdditionalPropertiesAdded = DifferenceType.Harmless("ADDITIONAL_PROPERTIES_ADDED");
    public static readonly DifferenceType AdditionalPropertiesExtended = DifferenceType.Harmless("ADDITIONAL_PROPERTIES_EXTENDED");
    public static readonly DifferenceType AdditionalPropertiesNarrowed =
        new("ADDITIONAL_PROPERTIES_NARROWED", DifferenceSentence.FewerElements, isHarmlessWhenLenient: true);
    public static readonly DifferenceType AdditionalPropertiesRemoved =
        new("ADDITIONAL_PROPERTIES_REMOVED", DifferenceSentence.KeywordAdded, isHarmlessWhenLenient: true);
    public static readonly DifferenceType DependencyArrayAdded = new("DEPENDENCY_ARRAY_ADDED", DifferenceSentence.KeywordAdded);
    public static readonly DifferenceType DependencyArrayChanged = new("DEPENDENCY_ARRAY_CHANGED", DifferenceSentence.ValueDiffers);
    public static readonly DifferenceType DependencyArrayExtended = new("DEPENDENCY_ARRAY_EXTENDED", DifferenceSentence.MoreElements);
    public static readonly DifferenceType DependencyArrayNarrowed = DifferenceType.Harmless("DEPENDENCY_ARRAY_NARROWED");
    public static readonly DifferenceType DependencyArrayRemoved = DifferenceType.Harmless("DEPENDENCY_ARRAY_REMOVED");
    public static readonly DifferenceType DependencySchemaAdded = new("DEPENDENCY_SCHEMA_ADDED", DifferenceSentence.KeywordAdded);
    public static readonly DifferenceType DependencySchemaRemoved = DifferenceType.Harmless("DEPENDENCY_SCHEMA_REMOVED");
    public static readonly DifferenceType MaxPropertiesAdded = new("MAX_PROPERTIES_ADDED", DifferenceSentence.KeywordAdded);
    public static readonly DifferenceType MaxPropertiesDecreased = new("MAX_PROPERTIES_DECREASED", DifferenceSentence.ValueLess);
    public static readonly DifferenceType MaxPropertiesIncreased = DifferenceType.Harmless("MAX_PROPERTIES_INCREASED");
    public static readonly DifferenceType MaxPropertiesRemoved = DifferenceType.Harmless("MAX_PROPERTIES_REMOVED");
    public static readonly DifferenceType MinPropertiesAdded = new("MIN_PROPERTIES_ADDED", DifferenceSentence.KeywordAdded);
    public static readonly DifferenceType MinPropertiesDecreased = DifferenceType.Harmless("MIN_PROPERTIES_DECREASED");
    public static readonly DifferenceType MinPropertiesIncreased = new("MIN_PROPERTIES_INCREASED", DifferenceSentence.ValueMore);
    public static readonly DifferenceType MinPropertiesRemoved = DifferenceType.Harmless("MIN_PROPERTIES_REMOVED");
    public static readonly DifferenceType OptionalPropertyAddedToOpenContentModel =
        new("OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", DifferenceSentence.AddedToOpen, isHarmlessWhenLenient: true);
    public static readonly DifferenceType OptionalPropertyAddedToUnopenContentModel =
        DifferenceType.Harmless("OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL");
    public static readonly DifferenceType PropertyAddedIsCoveredByPartiallyOpenContentModel =
        DifferenceType.Harmless("PROPERTY_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL");
    public static readonly DifferenceType PropertyAddedNotCoveredByPartiallyOpenContentModel =
        new("PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", DifferenceSentence.AddedNotCovered, isHarmlessWhenLenient: true);
    public static readonly DifferenceType PropertyRemovedFromClosedContentModel =
        new("PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL", DifferenceSentence.RemovedFromClosed, isHarmlessWhenLenient: true);
    public static readonly DifferenceType PropertyRemovedFromOpenContentModel =
        DifferenceType.Harmless("PROPERTY_REMOVED_FROM_OPEN_CONTENT_MODEL");
    public static readonly DifferenceType PropertyRemovedIsCoveredByPartiallyOpenContentModel =
        DifferenceType.Harmless("PROPERTY_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL");
    public static readonly DifferenceType PropertyRemovedNotCoveredByPartiallyOpenContentModel =
        new(
            "PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL",
            DifferenceSentence.RemovedNotCovered, isHarmlessWhenLenient: true);
    public static readonly DifferenceType PropertyWithEmptySchemaAddedToOpenContentModel =
        DifferenceType.Harmless("PROPERTY_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL");
    public static readonly DifferenceType PropertyWithFalseRemovedFromClosedContentModel =
        DifferenceType.Harmless("PROPERTY_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL");
    public static readonly DifferenceType RequiredAttributeAdded = new("REQUIRED_ATTRIBUTE_ADDED", DifferenceSentence.KeywordAdded);
    public static readonly DifferenceType RequiredAttributeRemoved = DifferenceType.Harmless("REQUIRED_ATTRIBUTE_REMOVED");
    public static readonly DifferenceType RequiredAttributeWithDefaultAdded =
        DifferenceType.Harmless("REQUIRED_ATTRIBUTE_WITH_DEFAULT_ADDED");
    public static readonly DifferenceType RequiredPropertyAddedToOpenContentModel =
        new("REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", DifferenceSentence.AddedToOpen);
    public static readonly DifferenceType RequiredPropertyAddedToUnopenContentModel =
        new("REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL", DifferenceSentence.RequiredAddedToUnopen);
    public static readonly DifferenceType RequiredPropertyWithDefaultAddedToOpenContentModel =
        new("REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL", DifferenceSentence.AddedToOpen, isHarmlessWhenLenient: true);
    public static readonly DifferenceType RequiredPropertyWithDefaultAddedToUnopenContentModel =
        DifferenceType.Harmless("REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_UNOPEN_CONTENT_MODEL");
    public static readonly DifferenceType UnevaluatedPropertiesAdded = DifferenceType.Harmless("UNEVALUATED_PROPERTIES_ADDED");
    public static readonly DifferenceType UnevaluatedPropertiesExtended = DifferenceType.Harmless("UNEVALUATED_PROPERTIES_EXTENDED");
    public static readonly DifferenceType UnevaluatedPropertiesNarrowed =
        new("UNEVALUATED_PROPERTIES_NARROWED", DifferenceSentence.FewerElements, isHarmlessWhenLenient: true);
    public static readonly DifferenceType UnevaluatedPropertiesRemoved =
        new("UNEVALUATED_PROPERTIES_REMOVED", DifferenceSentence.KeywordAdded, isHarmlessWhenLenient: true);
}
