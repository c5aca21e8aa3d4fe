using SchemaRegistry.Core.JsonSchema.Model;

namespace SchemaRegistry.Core.JsonSchema.Comparison;

/// <summary>What may happen to what is said about further properties or items.</summary>
internal sealed record RestDifferences(string Keyword, DifferenceType Added, DifferenceType Removed, DifferenceType Extended, DifferenceType Narrowed)
{
    /// <summary>additionalProperties, additionalItems: permitted at all, and if so with which schema.</summary>
    public void CompareAdditional(
        SchemaComparison comparison,
        DifferenceList differences,
        (bool Permits, Schema? Schema) original,
        (bool Permits, Schema? Schema) update)
    {
        if (original.Permits != update.Permits)
        {
            differences.Add(Keyword, update.Permits ? Added : Removed);
        }
        else if (original.Schema is null != update.Schema is null)
        {
            differences.Add(Keyword, original.Schema is null ? Narrowed : Extended);
        }
        else
        {
            differences.Add(Keyword, comparison.Compare(original.Schema, update.Schema));
        }
    }

    /// <summary>unevaluatedProperties, unevaluatedItems: absent, true, false or another schema.</summary>
    public void CompareUnevaluated(SchemaComparison comparison, DifferenceList differences, Schema? original, Schema? update)
    {
        var (o, u) = (original?.Target, update?.Target);
        if (o is null && u is null)
        {
            return;
        }

        var type = (o, u) switch
        {
            (null, FalseSchema) => Removed,
            (null, _) => Narrowed,
            (FalseSchema, null) => Added,
            (_, null) => Extended,
            (FalseSchema, not FalseSchema) => Added,
            (not FalseSchema, FalseSchema) => Removed,
            (TrueSchema, not TrueSchema) => Narrowed,
            (not TrueSchema, TrueSchema) => Extended,
            _ => null,
        };
        if (type is not null)
        {
            differences.Add(Keyword, type);
        }
        else
        {
            differences.Add(Keyword, comparison.Compare(o, u));
        }
    }
}
