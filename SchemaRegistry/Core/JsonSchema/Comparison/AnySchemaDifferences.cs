namespace SchemaRegistry.Core.JsonSchema.Comparison;

/// <summary>Differences that schemas of any kind may have, and those of enum and not, by the registry's names.</summary>
internal static class AnySchemaDifferences
{
    public static readonly DifferenceType DefaultChanged = DifferenceType.Harmless("DEFAULT_CHANGED");
    public static readonly DifferenceType DescriptionChanged = DifferenceType.Harmless("DESCRIPTION_CHANGED");
    public static readonly DifferenceType EnumArrayChanged = new("ENUM_ARRAY_CHANGED", DifferenceSentence.TypeDiffers);
    public static readonly DifferenceType EnumArrayExtended = DifferenceType.Harmless("ENUM_ARRAY_EXTENDED");
    public static readonly DifferenceType EnumArrayNarrowed = new("ENUM_ARRAY_NARROWED", DifferenceSentence.FewerElements);
    public static readonly DifferenceType IdChanged = DifferenceType.Harmless("ID_CHANGED");
    public static readonly DifferenceType NotTypeExtended = new("NOT_TYPE_EXTENDED", DifferenceSentence.MoreElements);
    public static readonly DifferenceType NotTypeNarrowed = DifferenceType.Harmless("NOT_TYPE_NARROWED");
    public static readonly DifferenceType SchemaAdded = new("SCHEMA_ADDED", "");
    public static readonly DifferenceType SchemaRemoved = DifferenceType.Harmless("SCHEMA_REMOVED");
    public static readonly DifferenceType TitleChanged = DifferenceType.Harmless("TITLE_CHANGED");
    public static readonly DifferenceType TypeChanged = new("TYPE_CHANGED", DifferenceSentence.TypeDiffers);
}
