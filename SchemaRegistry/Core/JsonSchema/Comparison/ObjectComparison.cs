using SchemaRegistry.Core.JsonSchema.Model;

namespace SchemaRegistry.Core.JsonSchema.Comparison;

/// <summary>
/// Compares the keywords of objects. What a property that only one schema names means depends on the other's content model: open (anything else is
/// valid), partially open (a pattern or a schema covers it) or closed.
/// </summary>
internal sealed class ObjectComparison(SchemaComparison comparison, DifferenceList differences, ObjectSchema original, ObjectSchema update)
{
    private static readonly RestDifferences Additional = new(
        "additionalProperties",
        ObjectDifferences.AdditionalPropertiesAdded,
        ObjectDifferences.AdditionalPropertiesRemoved,
        ObjectDifferences.AdditionalPropertiesExtended,
        ObjectDifferences.AdditionalPropertiesNarrowed);

    private static readonly RestDifferences Unevaluated = new(
        "unevaluatedProperties",
        ObjectDifferences.UnevaluatedPropertiesAdded,
        ObjectDifferences.UnevaluatedPropertiesRemoved,
        ObjectDifferences.UnevaluatedPropertiesExtended,
        ObjectDifferences.UnevaluatedPropertiesNarrowed);

    private static readonly BoundDifferences MaxProperties = new(
        "maxProperties",
        ObjectDifferences.MaxPropertiesAdded,
        ObjectDifferences.MaxPropertiesRemoved,
        ObjectDifferences.MaxPropertiesIncreased,
        ObjectDifferences.MaxPropertiesDecreased);

    private static readonly BoundDifferences MinProperties = new(
        "minProperties",
        ObjectDifferences.MinPropertiesAdded,
        ObjectDifferences.MinPropertiesRemoved,
        ObjectDifferences.MinPropertiesIncreased,
        ObjectDifferences.MinPropertiesDecreased);

    // Names are put into Java's order, and paths are made of them.
    private const int StepsOfName = 3;

    public void Run()
    {
        CompareRequired();
        CompareProperties();
        CompareDependencies();
        Additional.CompareAdditional(
            comparison,
            differences,
            (original.PermitsAdditional, original.Additional),
            (update.PermitsAdditional, update.Additional));
        Unevaluated.CompareUnevaluated(comparison, differences, original.Unevaluated, update.Unevaluated);
        MaxProperties.Compare(differences, original.MaxProperties, update.MaxProperties);
        MinProperties.Compare(differences, original.MinProperties, update.MinProperties);
    }

    private void CompareRequired()
    {
        if ((original.Required.Count == 0 && update.Required.Count == 0) || !comparison.SpendChars(original.Properties.Chars))
        {
            return;
        }

        foreach (var name in JavaSetOrder.Union(original.Properties.Names, []))
        {
            if (!comparison.Spend(StepsOfName))
            {
                return;
            }

            if (update.Properties[name] is { } property && original.Required.Contains(name) != update.Required.Contains(name))
            {
                differences.Add(
                    "required/" + name,
                    original.Required.Contains(name) ? ObjectDifferences.RequiredAttributeRemoved
                    : property.Default is not null ? ObjectDifferences.RequiredAttributeWithDefaultAdded
                    : ObjectDifferences.RequiredAttributeAdded);
            }
        }
    }

    private void CompareProperties()
    {
        if (!comparison.SpendChars(original.Properties.Chars + update.Properties.Chars))
        {
            return;
        }

        foreach (var name in JavaSetOrder.Union(original.Properties.Names, update.Properties.Names))
        {
            if (!comparison.Spend(StepsOfName))
            {
                return;
            }

            var path = "properties/" + name;
            switch (original.Properties[name], update.Properties[name])
            {
                case ({ } o, { } u):
                    differences.Add(path, comparison.Compare(o, u));
                    break;
                case ({ } o, null):
                    Removed(path, name, o);
                    break;
                case (null, { } u):
                    Added(path, name, u);
                    break;
            }
        }
    }

    private void Removed(string path, string name, Schema property)
    {
        if (update.IsOpen)
        {
            differences.Add(path, ObjectDifferences.PropertyRemovedFromOpenContentModel);
        }
        else if (Cover(update, name) is { } cover)
        {
            var below = comparison.Compare(property, cover);
            differences.Add(path, below);
            differences.Add(
                path,
                below.IsCompatible ? ObjectDifferences.PropertyRemovedIsCoveredByPartiallyOpenContentModel
                : ObjectDifferences.PropertyRemovedNotCoveredByPartiallyOpenContentModel);
        }
        else
        {
            differences.Add(
                path,
                property is FalseSchema ? ObjectDifferences.PropertyWithFalseRemovedFromClosedContentModel
                : ObjectDifferences.PropertyRemovedFromClosedContentModel);
        }
    }

    private void Added(string path, string name, Schema property)
    {
        var isRequired = update.Required.Contains(name);
        if (original.IsOpen)
        {
            differences.Add(
                path,
                property.AcceptsAll ? ObjectDifferences.PropertyWithEmptySchemaAddedToOpenContentModel
                : !isRequired ? ObjectDifferences.OptionalPropertyAddedToOpenContentModel
                : property.Default is not null ? ObjectDifferences.RequiredPropertyWithDefaultAddedToOpenContentModel
                : ObjectDifferences.RequiredPropertyAddedToOpenContentModel);
            return;
        }

        if (Cover(original, name) is { } cover)
        {
            var below = comparison.Compare(cover, property);
            differences.Add(path, below);
            differences.Add(
                path,
                below.IsCompatible ? ObjectDifferences.PropertyAddedIsCoveredByPartiallyOpenContentModel
                : ObjectDifferences.PropertyAddedNotCoveredByPartiallyOpenContentModel);
        }

        differences.Add(
            path,
            !isRequired ? ObjectDifferences.OptionalPropertyAddedToUnopenContentModel
            : property.Default is not null ? ObjectDifferences.RequiredPropertyWithDefaultAddedToUnopenContentModel
            : ObjectDifferences.RequiredPropertyAddedToUnopenContentModel);
    }

    /// <summary>The schema that a property must fit which a partially open object does not name; null when the object is closed to it.</summary>
    private Schema? Cover(ObjectSchema schema, string name)
    {
        foreach (var pattern in schema.PatternProperties.Names)
        {
            if (comparison.Patterns.IsFound(pattern, name, comparison.Spend))
            {
                return schema.PatternProperties[pattern];
            }
        }

        if (!schema.PermitsAdditional || schema.Additional is not null)
        {
            return schema.Additional;
        }

        return schema.Unevaluated?.Target is TrueSchema or FalseSchema ? null : schema.Unevaluated;
    }

    private void CompareDependencies()
    {
        if (!comparison.SpendChars(
            original.DependentRequiredChars + update.DependentRequiredChars + original.DependentSchemas.Chars + update.DependentSchemas.Chars))
        {
            return;
        }

        foreach (var name in JavaSetOrder.Union(original.DependentRequired.Keys, update.DependentRequired.Keys))
        {
            var o = original.DependentRequired.GetValueOrDefault(name);
            var u = update.DependentRequired.GetValueOrDefault(name);
            if (!comparison.Spend(1 + (o?.Count ?? 0) + (u?.Count ?? 0)))
            {
                return;
            }

            if (o is null || u is null || !o.SetEquals(u))
            {
                differences.Add(
                    "dependencies/" + name,
                    u is null ? ObjectDifferences.DependencyArrayRemoved
                    : o is null ? ObjectDifferences.DependencyArrayAdded
                    : u.IsSupersetOf(o) ? ObjectDifferences.DependencyArrayExtended
                    : u.IsSubsetOf(o) ? ObjectDifferences.DependencyArrayNarrowed
                    : ObjectDifferences.DependencyArrayChanged);
            }
        }

        foreach (var name in JavaSetOrder.Union(original.DependentSchemas.Names, update.DependentSchemas.Names))
        {
            if (!comparison.Spend(StepsOfName))
            {
                return;
            }

            var path = "dependencies/" + name;
            switch (original.DependentSchemas[name], update.DependentSchemas[name])
            {
                case ({ } o, { } u):
                    differences.Add(path, comparison.Compare(o, u));
                    break;
                case (null, _):
                    differences.Add(path, ObjectDifferences.DependencySchemaAdded);
                    break;
                default:
                    differences.Add(path, ObjectDifferences.DependencySchemaRemoved);
                    break;
            }
        }
    }
}
