namespace SchemaRegistry.Core.JsonSchema.Comparison;

/// <summary>Differences of allOf, anyOf and oneOf, by the registry's names.</summary>
internal static class CombinedDifferences
{
    public static readonly DifferenceType CombinedTypeChanged = new("COMBINED_TYPE_CHANGED", DifferenceSentence.TypeDiffers);
    public static readonly DifferenceType CombinedTypeExtended = DifferenceType.Harmless("COMBINED_TYPE_EXTENDED");
    public static readonly DifferenceType CombinedTypeSubschemasChanged =
        new("COMBINED_TYPE_SUBSCHEMAS_CHANGED", DifferenceSentence.TypeDiffers);
    public static readonly DifferenceType ProductTypeExtended = new("PRODUCT_TYPE_EXTENDED", DifferenceSentence.MoreElements);
    public static readonly DifferenceType ProductTypeNarrowed = DifferenceType.Harmless("PRODUCT_TYPE_NARROWED");
    public static readonly DifferenceType SumTypeExtended = DifferenceType.Harmless("SUM_TYPE_EXTENDED");
    public static readonly DifferenceType SumTypeNarrowed = new("SUM_TYPE_NARROWED", DifferenceSentence.FewerElements);
}
