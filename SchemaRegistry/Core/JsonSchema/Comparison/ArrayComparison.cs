using SchemaRegistry.Core.JsonSchema.Loading;
using SchemaRegistry.Core.JsonSchema.Model;

namespace SchemaRegistry.Core.JsonSchema.Comparison;

/// <summary>Compares the keywords of arrays; items that only one schema has a place for are judged by the other's content model.</summary>
internal sealed class ArrayComparison(SchemaComparison comparison, DifferenceList differences, ArraySchema original, ArraySchema update)
{
    private static readonly RestDifferences Additional = new(
        "additionalItems",
        ArrayDifferences.AdditionalItemsAdded,
        ArrayDifferences.AdditionalItemsRemoved,
        ArrayDifferences.AdditionalItemsExtended,
        ArrayDifferences.AdditionalItemsNarrowed);

    private static readonly RestDifferences Unevaluated = new(
        "unevaluatedItems",
        ArrayDifferences.UnevaluatedItemsAdded,
        ArrayDifferences.UnevaluatedItemsRemoved,
        ArrayDifferences.UnevaluatedItemsExtended,
        ArrayDifferences.UnevaluatedItemsNarrowed);

    private static readonly BoundDifferences MaxItems = new(
        "maxItems",
        ArrayDifferences.MaxItemsAdded,
        ArrayDifferences.MaxItemsRemoved,
        ArrayDifferences.MaxItemsIncreased,
        ArrayDifferences.MaxItemsDecreased);

    private static readonly BoundDifferences MinItems = new(
        "minItems",
        ArrayDifferences.MinItemsAdded,
        ArrayDifferences.MinItemsRemoved,
        ArrayDifferences.MinItemsIncreased,
        ArrayDifferences.MinItemsDecreased);

    private static readonly BoundDifferences MaxContains = new(
        "maxContains",
        ArrayDifferences.MaxContainsAdded,
        ArrayDifferences.MaxContainsRemoved,
        ArrayDifferences.MaxContainsIncreased,
        ArrayDifferences.MaxContainsDecreased);

    private static readonly BoundDifferences MinContains = new(
        "minContains",
        ArrayDifferences.MinContainsAdded,
        ArrayDifferences.MinContainsRemoved,
        ArrayDifferences.MinContainsIncreased,
        ArrayDifferences.MinContainsDecreased);

    private const int StepsOfItem = 2;

    public void Run()
    {
        differences.Add("items", comparison.Compare(original.AllItems, update.AllItems));
        CompareTuple();
        Additional.CompareAdditional(
            comparison,
            differences,
            (original.PermitsAdditional, original.Additional),
            (update.PermitsAdditional, update.Additional));
        Unevaluated.CompareUnevaluated(comparison, differences, original.Unevaluated, update.Unevaluated);
        MaxItems.Compare(differences, original.MaxItems, update.MaxItems);
        MinItems.Compare(differences, original.MinItems, update.MinItems);
        if (original.UniqueItems != update.UniqueItems)
        {
            differences.Add("uniqueItems", update.UniqueItems ? ArrayDifferences.UniqueItemsAdded : ArrayDifferences.UniqueItemsRemoved);
        }

        MaxContains.Compare(differences, original.MaxContains, update.MaxContains);
        MinContains.Compare(differences, original.MinContains, update.MinContains);
    }

    private void CompareTuple()
    {
        for (var i = 0; i < Math.Max(original.Items.Count, update.Items.Count) && comparison.Spend(StepsOfItem); i++)
        {
            var path = "items/" + KeywordFamilies.Index(i);
            if (i >= update.Items.Count)
            {
                Removed(path, original.Items[i]);
            }
            else if (i >= original.Items.Count)
            {
                Added(path, update.Items[i]);
            }
            else
            {
                differences.Add(path, comparison.Compare(original.Items[i], update.Items[i]));
            }
        }
    }

    private void Removed(string path, Schema item)
    {
        if (update.IsOpen)
        {
            differences.Add(path, ArrayDifferences.ItemRemovedFromOpenContentModel);
        }
        else if (Cover(update) is { } cover)
        {
            var below = comparison.Compare(item, cover);
            differences.Add(path, below);
            differences.Add(
                path,
                below.IsCompatible ? ArrayDifferences.ItemRemovedIsCoveredByPartiallyOpenContentModel
                : ArrayDifferences.ItemRemovedNotCoveredByPartiallyOpenContentModel);
        }
        else
        {
            differences.Add(
                path,
                item is FalseSchema ? ArrayDifferences.ItemWithFalseRemovedFromClosedContentModel : ArrayDifferences.ItemRemovedFromClosedContentModel);
        }
    }

    private void Added(string path, Schema item)
    {
        if (original.IsOpen)
        {
            differences.Add(
                path,
                item.AcceptsAll ? ArrayDifferences.ItemWithEmptySchemaAddedToOpenContentModel : ArrayDifferences.ItemAddedToOpenContentModel);
        }
        else if (Cover(original) is { } cover)
        {
            var below = comparison.Compare(cover, item);
            differences.Add(path, below);
            differences.Add(
                path,
                below.IsCompatible ? ArrayDifferences.ItemAddedIsCoveredByPartiallyOpenContentModel
                : ArrayDifferences.ItemAddedNotCoveredByPartiallyOpenContentModel);
        }
        else
        {
            differences.Add(path, ArrayDifferences.ItemAddedToClosedContentModel);
        }
    }

    private static Schema? Cover(ArraySchema schema)
    {
        if (!schema.PermitsAdditional || schema.Additional is not null)
        {
            return schema.Additional;
        }

        return schema.Unevaluated?.Target is TrueSchema or FalseSchema ? null : schema.Unevaluated;
    }
}
