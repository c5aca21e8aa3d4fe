using System.Runtime.CompilerServices;
using Kernel;
using SchemaRegistry.Core.JsonSchema.Loading;
using SchemaRegistry.Core.JsonSchema.Model;

namespace SchemaRegistry.Core.JsonSchema.Comparison;

/// <summary>
/// Compares the writer's schema (the original) with the reader's (the update). Each pair of schemas is compared once; a pair that is reached
/// again while it is being compared counts as compatible, and when that was wrong all is compared again with what is known by then. The number of
/// pairs and their depth are bounded. One owner, for one comparison.
/// </summary>
internal sealed class SchemaComparison
{
    // Objects and arrays have a dozen keywords that are looked at, members apart.
    private const int StepsOfFamily = 2;

    private readonly Dictionary<(Schema, Schema), DifferenceTree> _compared = [];
    private readonly HashSet<(Schema, Schema)> _open = [];
    private readonly HashSet<(Schema, Schema)> _assumed = [];
    private readonly HashSet<(Schema, Schema)> _incompatible = [];
    private int _steps;
    private int _depth;

    private SchemaComparison(bool isLenient) => IsLenient = isLenient;

    public bool IsLenient { get; }

    public SchemaPatterns Patterns { get; } = new();

    /// <summary>Why there is no answer: the bound that was reached.</summary>
    public string? Exhausted { get; private set; }

    /// <summary>The differences, or null and why the schemas are too much to compare.</summary>
    public static DifferenceTree? Run(Schema original, Schema update, bool isLenient, out string? exhausted)
    {
        var comparison = new SchemaComparison(isLenient);
        DifferenceTree tree;
        do
        {
            comparison._compared.Clear();
            comparison._assumed.Clear();
            tree = comparison.Compare(original, update);
        }
        while (comparison.Exhausted is null && comparison.AddWronglyAssumed());
        exhausted = comparison.Exhausted;
        return exhausted is null ? tree : null;
    }

    /// <summary>Takes part of the work that the comparison may do. False when there is none left: the result is void then, and loops end.</summary>
    public bool Spend(int steps = 1)
    {
        _steps += Math.Min(steps, Limits.MaxSchemaJsonCompareSteps);
        if (_steps > Limits.MaxSchemaJsonCompareSteps)
        {
            _steps = Limits.MaxSchemaJsonCompareSteps;
            Exhausted ??= $"the schemas need more than {Limits.MaxSchemaJsonCompareSteps} comparisons";
        }

        return Exhausted is null;
    }

    /// <summary>Takes the work of looking at so many characters.</summary>
    public bool SpendChars(long chars) =>
        chars < Limits.SchemaJsonCharsPerStep ? Exhausted is null : Spend((int)Math.Min(chars / Limits.SchemaJsonCharsPerStep, int.MaxValue));

    public DifferenceTree Compare(Schema? original, Schema? update)
    {
        if (original is null || update is null)
        {
            return original is null && update is null ? DifferenceTree.None
                : Single(original is null ? AnySchemaDifferences.SchemaAdded : AnySchemaDifferences.SchemaRemoved);
        }

        var pair = (original.Target, update.Target);
        if (!Spend())
        {
            return DifferenceTree.None;
        }

        if (_compared.TryGetValue(pair, out var known))
        {
            return known;
        }

        if (!_open.Add(pair))
        {
            if (_incompatible.Contains(pair))
            {
                return DifferenceTree.Incompatible;
            }

            _assumed.Add(pair);
            return DifferenceTree.None;
        }

        if (++_depth > Limits.MaxSchemaJsonCompareDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            Exhausted ??= $"the schemas refer to each other more than {Limits.MaxSchemaJsonCompareDepth} levels deep";
        }

        var found = Exhausted is null ? ComparePair(pair.Item1, pair.Item2) : DifferenceTree.None;
        _depth--;
        _open.Remove(pair);
        _compared[pair] = found;
        return found;
    }

    private bool AddWronglyAssumed()
    {
        var before = _incompatible.Count;
        _incompatible.UnionWith(_assumed.Where(pair => !_compared[pair].IsCompatible));
        return _incompatible.Count > before;
    }

    private DifferenceTree Single(DifferenceType type)
    {
        var tree = new DifferenceTree();
        tree.Add("", type, IsLenient);
        return tree;
    }

    private DifferenceTree ComparePair(Schema original, Schema update)
    {
        if (CombinedComparison.WithOneCombined(this, original, update) is { } found)
        {
            return found;
        }

        if (original.GetType() != update.GetType())
        {
            return original is FalseSchema || update.AcceptsAll || (original.IsConnectBytes && update.IsConnectBytes)
                ? DifferenceTree.None
                : Single(AnySchemaDifferences.TypeChanged);
        }

        var differences = new DifferenceList(IsLenient);
        CompareAnnotations(differences, original, update);
        switch (original, update)
        {
            case (StringSchema o, StringSchema u):
                ScalarComparison.Compare(differences, o, u);
                break;
            case (NumberSchema o, NumberSchema u):
                ScalarComparison.Compare(this, differences, o, u);
                break;
            case (EnumSchema o, EnumSchema u):
                CompareEnum(differences, o, u);
                break;
            case (ConstSchema o, ConstSchema u):
                if (!AreSame(o.Value, u.Value))
                {
                    differences.Add("const", AnySchemaDifferences.EnumArrayChanged);
                }

                break;
            case (NotSchema o, NotSchema u):
                // What must not be: the reader may forbid less, so the schemas change places.
                differences.Add(
                    "not",
                    Compare(u.Negated, o.Negated).IsCompatible ? AnySchemaDifferences.NotTypeNarrowed : AnySchemaDifferences.NotTypeExtended);
                break;
            case (ObjectSchema o, ObjectSchema u):
                Spend(StepsOfFamily);
                new ObjectComparison(this, differences, o, u).Run();
                break;
            case (ArraySchema o, ArraySchema u):
                Spend(StepsOfFamily);
                new ArrayComparison(this, differences, o, u).Run();
                break;
            case (CombinedSchema o, CombinedSchema u):
                CombinedComparison.Compare(this, differences, o, u);
                break;
        }

        return differences.Tree;
    }

    private void CompareAnnotations(DifferenceList differences, Schema original, Schema update)
    {
        AddIf(!AreSame(original.Id, update.Id), "id", AnySchemaDifferences.IdChanged);
        AddIf(!AreSame(original.Title, update.Title), "title", AnySchemaDifferences.TitleChanged);
        AddIf(!AreSame(original.Description, update.Description), "description", AnySchemaDifferences.DescriptionChanged);
        AddIf(!AreSame(original.DefaultKey, update.DefaultKey), "default", AnySchemaDifferences.DefaultChanged);

        void AddIf(bool differs, string keyword, DifferenceType type)
        {
            if (differs)
            {
                differences.Add(keyword, type);
            }
        }
    }

    /// <summary>Texts of one length may have to be read to their ends: that is work.</summary>
    private bool AreSame(string? a, string? b)
    {
        if (a is null || b is null || a.Length != b.Length || ReferenceEquals(a, b))
        {
            return ReferenceEquals(a, b);
        }

        SpendChars(a.Length);
        return a == b;
    }

    private void CompareEnum(DifferenceList differences, EnumSchema original, EnumSchema update)
    {
        if (!Spend(original.Values.Count + update.Values.Count) || !SpendChars(original.Chars + update.Chars))
        {
            return;
        }

        if (!original.Values.SetEquals(update.Values))
        {
            differences.Add(
                "enum",
                update.Values.IsSupersetOf(original.Values) ? AnySchemaDifferences.EnumArrayExtended
                : update.Values.IsSubsetOf(original.Values) ? AnySchemaDifferences.EnumArrayNarrowed
                : AnySchemaDifferences.EnumArrayChanged);
        }
    }
}
