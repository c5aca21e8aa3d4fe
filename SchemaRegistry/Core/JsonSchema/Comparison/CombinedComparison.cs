using SchemaRegistry.Core.JsonSchema.Loading;
using SchemaRegistry.Core.JsonSchema.Model;

namespace SchemaRegistry.Core.JsonSchema.Comparison;

/// <summary>Compares allOf, anyOf and oneOf with each other and with plain schemas.</summary>
internal static class CombinedComparison
{
    /// <summary>When one of the two is combined and the other is not: the answer if a member decides it, else null.</summary>
    public static DifferenceTree? WithOneCombined(SchemaComparison comparison, Schema original, Schema update) => (original, update) switch
    {
        (not CombinedSchema, CombinedSchema { Members.Count: 1 } u) => IfCompatible(comparison.Compare(original, u.Members[0])),
        (not CombinedSchema, CombinedSchema { Criterion: not Criterion.AllOf } u) =>
            FirstCompatible(comparison, u.Members, member => comparison.Compare(original, member), CombinedDifferences.SumTypeExtended),
        (CombinedSchema { Members.Count: 1 } o, not CombinedSchema) => IfCompatible(comparison.Compare(o.Members[0], update)),
        (CombinedSchema { Criterion: Criterion.AllOf } o, not CombinedSchema) =>
            FirstCompatible(comparison, o.Members, member => comparison.Compare(member, update), CombinedDifferences.ProductTypeNarrowed),
        _ => null,
    };

    public static void Compare(SchemaComparison comparison, DifferenceList differences, CombinedSchema original, CombinedSchema update)
    {
        var (o, u) = (original.Members.Count, update.Members.Count);
        if (original.Criterion != update.Criterion)
        {
            var isExtended = update.Criterion == Criterion.AnyOf
                || (o == 1 && u == 1)
                || (o == 1 && update.Criterion == Criterion.OneOf)
                || (u == 1 && original.Criterion == Criterion.AllOf);
            differences.Add("", isExtended ? CombinedDifferences.CombinedTypeExtended : CombinedDifferences.CombinedTypeChanged);
            if (!isExtended)
            {
                return;
            }
        }

        if (o < u)
        {
            differences.Add("", update.Criterion == Criterion.AllOf ? CombinedDifferences.ProductTypeExtended : CombinedDifferences.SumTypeExtended);
        }
        else if (o > u)
        {
            differences.Add("", original.Criterion == Criterion.AllOf ? CombinedDifferences.ProductTypeNarrowed : CombinedDifferences.SumTypeNarrowed);
        }

        if (!MatchInOrder(comparison, differences, original, update))
        {
            MatchMembers(comparison, differences, original, update);
        }
    }

    /// <summary>
    /// Lists that fit each other member by member need no search, which would find the same partners after comparing each with each: long lists
    /// change at their ends most of the time.
    /// </summary>
    private static bool MatchInOrder(SchemaComparison comparison, DifferenceList differences, CombinedSchema original, CombinedSchema update)
    {
        var found = new List<DifferenceTree>();
        for (var i = 0; i < Math.Min(original.Members.Count, update.Members.Count); i++)
        {
            var below = comparison.Compare(original.Members[i], update.Members[i]);
            if (!below.IsCompatible)
            {
                return false;
            }

            found.Add(below);
        }

        for (var i = 0; i < found.Count; i++)
        {
            differences.Add(original.Keyword + "/" + KeywordFamilies.Index(i), found[i]);
        }

        return true;
    }

    private static void MatchMembers(SchemaComparison comparison, DifferenceList differences, CombinedSchema original, CombinedSchema update)
    {
        var matching = new MemberMatching(update.Members.Count);
        var compatible = new Dictionary<(int Original, int Update), DifferenceTree>();
        for (var i = 0; i < original.Members.Count; i++)
        {
            var fits = new List<int>();
            for (var j = 0; j < update.Members.Count && comparison.Spend(); j++)
            {
                var below = comparison.Compare(original.Members[i], update.Members[j]);
                if (below.IsCompatible)
                {
                    fits.Add(j);
                    compatible.Add((i, j), below);
                }
            }

            matching.Add(fits);
        }

        var partners = matching.Find(steps => comparison.Spend(steps));
        var matched = 0;
        for (var i = 0; i < partners.Length; i++)
        {
            if (partners[i] is { } j)
            {
                matched++;
                differences.Add(original.Keyword + "/" + KeywordFamilies.Index(i), compatible[(i, j)]);
            }
        }

        if (matched < Math.Min(original.Members.Count, update.Members.Count))
        {
            differences.Add("", CombinedDifferences.CombinedTypeSubschemasChanged);
        }
    }

    private static DifferenceTree? IfCompatible(DifferenceTree found) => found.IsCompatible ? found : null;

    private static DifferenceTree? FirstCompatible(
        SchemaComparison comparison, IReadOnlyList<Schema> members, Func<Schema, DifferenceTree> compare, DifferenceType type)
    {
        foreach (var member in members)
        {
            var found = compare(member);
            if (found.IsCompatible)
            {
                var differences = new DifferenceList(comparison.IsLenient);
                differences.Add("", found);
                differences.Add("", type);
                return differences.Tree;
            }
        }

        return null;
    }
}
