namespace SchemaRegistry.Core.JsonSchema.Comparison;

/// <summary>
/// The sentences of the API. Its messages name the schemas "new" and "old": {0} is the reader's, {1} the writer's, and {2} the path.
/// </summary>
internal static class DifferenceSentence
{
    public const string KeywordAdded = "The keyword at path '{2}' in the {0} schema is not present in the {1} schema";

    public const string ValueMore = "The value at path '{2}' in the {0} schema is more than its value in the {1} schema";

    public const string ValueLess = "The value at path '{2}' in the {0} schema is less than its value in the {1} schema";

    public const string ValueDiffers = "The value at path '{2}' is different between the {0} and {1} schema";

    public const string FewerElements = "An array or combined type at path '{2}' has fewer elements in the {0} schema than the {1} schema";

    public const string MoreElements = "An array or combined type at path '{2}' has more elements in the {0} schema than the {1} schema";

    public const string TypeDiffers = "A type at path '{2}' is different between the {0} schema and the {1} schema";

    public const string AddedToOpen =
        "The {0} schema has an open content model and has a property or item at path '{2}' which is missing in the {1} schema";

    public const string RequiredAddedToUnopen =
        "The {0} schema has an unopen content model and has a required property at path '{2}' which is missing in the {1} schema";

    public const string RemovedFromClosed =
        "The {0} has a closed content model and is missing a property or item present at path '{2}' in the {1} schema";

    public const string RemovedNotCovered =
        "A property or item is missing in the {0} schema but present at path '{2}' in the {1} schema and is not "
        + "covered by its partially open content model";

    public const string AddedNotCovered =
        "The {0} schema has a property or item at path '{2}' which is missing in the {1} schema and is not covered by "
        + "its partially open content model";
}
