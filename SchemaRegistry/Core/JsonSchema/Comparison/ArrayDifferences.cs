namespace SchemaRegistry.Core.JsonSchema.Comparison;

/// <summary>Differences of arrays, by the registry's names.</summary>
internal static class ArrayDifferences
{
    public static readonly DifferenceType AdditionalItemsAdded = DifferenceType.Harmless("ADDITIONAL_ITEMS_ADDED");
    public static readonly DifferenceType AdditionalItemsExtended = DifferenceType.Harmless("ADDITIONAL_ITEMS_EXTENDED");
    public static readonly DifferenceType AdditionalItemsNarrowed = new("ADDITIONAL_ITEMS_NARROWED", DifferenceSentence.FewerElements);
    public static readonly DifferenceType AdditionalItemsRemoved = new("ADDITIONAL_ITEMS_REMOVED", DifferenceSentence.KeywordAdded);
    public static readonly DifferenceType ItemAddedIsCoveredByPartiallyOpenContentModel =
        DifferenceType.Harmless("ITEM_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL");
    public static readonly DifferenceType ItemAddedNotCoveredByPartiallyOpenContentModel =
        new("ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", DifferenceSentence.AddedNotCovered);
    public static readonly DifferenceType ItemAddedToClosedContentModel = DifferenceType.Harmless("ITEM_ADDED_TO_CLOSED_CONTENT_MODEL");
    public static readonly DifferenceType ItemAddedToOpenContentModel =
        new("ITEM_ADDED_TO_OPEN_CONTENT_MODEL", DifferenceSentence.AddedToOpen);
    public static readonly DifferenceType ItemRemovedFromClosedContentModel =
        new("ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL", DifferenceSentence.RemovedFromClosed);
    public static readonly DifferenceType ItemRemovedFromOpenContentModel = DifferenceType.Harmless("ITEM_REMOVED_FROM_OPEN_CONTENT_MODEL");
    public static readonly DifferenceType ItemRemovedIsCoveredByPartiallyOpenContentModel =
        DifferenceType.Harmless("ITEM_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL");
    public static readonly DifferenceType ItemRemovedNotCoveredByPartiallyOpenContentModel =
        new("ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", DifferenceSentence.RemovedNotCovered);
    public static readonly DifferenceType ItemWithEmptySchemaAddedToOpenContentModel =
        DifferenceType.Harmless("ITEM_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL");
    public static readonly DifferenceType ItemWithFalseRemovedFromClosedContentModel =
        DifferenceType.Harmless("ITEM_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL");
    public static readonly DifferenceType MaxContainsAdded = new("MAX_CONTAINS_ADDED", DifferenceSentence.KeywordAdded);
    public static readonly DifferenceType MaxContainsDecreased = new("MAX_CONTAINS_DECREASED", DifferenceSentence.ValueLess);
    public static readonly DifferenceType MaxContainsIncreased = DifferenceType.Harmless("MAX_CONTAINS_INCREASED");
    public static readonly DifferenceType MaxContainsRemoved = DifferenceType.Harmless("MAX_CONTAINS_REMOVED");
    public static readonly DifferenceType MaxItemsAdded = new("MAX_ITEMS_ADDED", DifferenceSentence.KeywordAdded);
    public static readonly DifferenceType MaxItemsDecreased = new("MAX_ITEMS_DECREASED", DifferenceSentence.ValueLess);
    public static readonly DifferenceType MaxItemsIncreased = DifferenceType.Harmless("MAX_ITEMS_INCREASED");
    public static readonly DifferenceType MaxItemsRemoved = DifferenceType.Harmless("MAX_ITEMS_REMOVED");
    public static readonly DifferenceType MinContainsAdded = new("MIN_CONTAINS_ADDED", DifferenceSentence.KeywordAdded);
    public static readonly DifferenceType MinContainsDecreased = DifferenceType.Harmless("MIN_CONTAINS_DECREASED");
    public static readonly DifferenceType MinContainsIncreased = new("MIN_CONTAINS_INCREASED", DifferenceSentence.ValueMore);
    public static readonly DifferenceType MinContainsRemoved = DifferenceType.Harmless("MIN_CONTAINS_REMOVED");
    public static readonly DifferenceType MinItemsAdded = new("MIN_ITEMS_ADDED", DifferenceSentence.KeywordAdded);
    public static readonly DifferenceType MinItemsDecreased = DifferenceType.Harmless("MIN_ITEMS_DECREASED");
    public static readonly DifferenceType MinItemsIncreased = new("MIN_ITEMS_INCREASED", DifferenceSentence.ValueMore);
    public static readonly DifferenceType MinItemsRemoved = DifferenceType.Harmless("MIN_ITEMS_REMOVED");
    public static readonly DifferenceType UnevaluatedItemsAdded = DifferenceType.Harmless("UNEVALUATED_ITEMS_ADDED");
    public static readonly DifferenceType UnevaluatedItemsExtended = DifferenceType.Harmless("UNEVALUATED_ITEMS_EXTENDED");
    public static readonly DifferenceType UnevaluatedItemsNarrowed = new("UNEVALUATED_ITEMS_NARROWED", DifferenceSentence.FewerElements);
    public static readonly DifferenceType UnevaluatedItemsRemoved = new("UNEVALUATED_ITEMS_REMOVED", DifferenceSentence.KeywordAdded);
    public static readonly DifferenceType UniqueItemsAdded = new("UNIQUE_ITEMS_ADDED", DifferenceSentence.KeywordAdded);
    public static readonly DifferenceType UniqueItemsRemoved = DifferenceType.Harmless("UNIQUE_ITEMS_REMOVED");
}
