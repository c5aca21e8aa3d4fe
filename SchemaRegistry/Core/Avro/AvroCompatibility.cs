using System.Globalization;
using Kernel;
using SchemaRegistry.Core.Languages;

namespace SchemaRegistry.Core.Avro;

/// <summary>
/// Whether data of a writer's schema can be read with a reader's: Java's SchemaCompatibility, with its order, its places and its memory. A pair
/// under way counts as compatible, and a pair seen before repeats its first places. Unlike Java's it ends: in pairs, depth and findings.
/// For one comparison.
/// </summary>
internal sealed class AvroCompatibility
{
    private static readonly IReadOnlyList<AvroDifference> Compatible = [];
    private static readonly AvroLocation Root = new(null, "");

    // A pair that was seen before costs a look into a dictionary, a new one several entries and objects.
    private const int StepsOfPair = 5;

    private readonly Dictionary<(int Reader, int Writer), IReadOnlyList<AvroDifference>> _seen = [];
    private readonly Dictionary<int, AvroBranches> _branches = [];
    private int _budget = Limits.MaxSchemaAvroComparisons;
    private int _depth;

    /// <summary>Empty when every datum of the writer's schema can be read.</summary>
    /// <exception cref="AvroFault">The comparison cannot be made.</exception>
    public static IReadOnlyList<Finding> Compare(AvroType reader, AvroType writer)
    {
        var comparison = new AvroCompatibility();
        var differences = comparison.Compare(Root, reader, writer);
        var findings = new List<Finding>(differences.Count);
        foreach (var difference in differences)
        {
            comparison.Spend(difference.At.Depth);
            findings.Add(difference.Tell());
        }

        return findings;
    }

    private IReadOnlyList<AvroDifference> Compare(AvroLocation at, AvroType reader, AvroType writer)
    {
        Spend(1);
        var pair = (reader.Id, writer.Id);
        if (_seen.TryGetValue(pair, out var known))
        {
            return known;
        }

        Spend(StepsOfPair - 1);

        if (++_depth > Limits.MaxSchemaAvroDepth)
        {
            throw new AvroFault($"the schemas are nested more than {Limits.MaxSchemaAvroDepth} levels deep");
        }

        // While it is under way, the pair counts as compatible: that ends the recursion of types.
        _seen.Add(pair, Compatible);
        var result = Calculate(at, reader, writer);
        if (result.Count > 0)
        {
            _seen[pair] = result;
        }

        _depth--;
        return result;
    }

    private IReadOnlyList<AvroDifference> Calculate(AvroLocation at, AvroType reader, AvroType writer)
    {
        switch (reader, writer)
        {
            case (AvroUnion r, AvroUnion w):
                return BothUnions(at, r, w);
            case (_, AvroUnion w):
                return WriterUnion(at, reader, w);
            case (AvroUnion r, _):
                return IsReadByBranch(r, writer) ? Compatible : [new AvroDifference(AvroDifferenceKind.Branch, at, reader, writer)];
            case (AvroArray r, AvroArray w):
                return Compare(at.To("items"), r.Items, w.Items);
            case (AvroMap r, AvroMap w):
                return Compare(at.To("values"), r.Values, w.Values);
            case (AvroFixed r, AvroFixed w):
                return FixedSizes(at, r, w) ?? Compatible;
            case (AvroEnum r, AvroEnum w):
                return Symbols(at, r, w) ?? Compatible;
            case (AvroRecord r, AvroRecord w):
                return Fields(at, r, w) ?? Compatible;
            default:
                return IsPromoted(reader.Kind, writer.Kind)
                    ? Compatible
                    : [new AvroDifference(AvroDifferenceKind.Type, at, reader, writer)];
        }
    }

    /// <summary>The same, or a type that holds all values of the other.</summary>
    private static bool IsPromoted(AvroKind reader, AvroKind writer) => (reader == writer) || (reader, writer) switch
    {
        (AvroKind.Long, AvroKind.Int) => true,
        (AvroKind.Float, AvroKind.Int or AvroKind.Long) => true,
        (AvroKind.Double, AvroKind.Int or AvroKind.Long or AvroKind.Float) => true,
        (AvroKind.Bytes, AvroKind.String) => true,
        (AvroKind.String, AvroKind.Bytes) => true,
        _ => false,
    };

    private IReadOnlyList<AvroDifference> BothUnions(AvroLocation at, AvroUnion reader, AvroUnion writer)
    {
        List<AvroDifference>? result = null;
        for (var i = 0; i < writer.Count; i++)
        {
            // A branch is looked at from a root of its own: that is the place which the memory keeps.
            var branch = writer[i];
            if (Compare(Root, reader, branch).Count > 0)
            {
                Add(ref result, new AvroDifference(AvroDifferenceKind.Branch, at.To(i), reader, branch));
            }
        }

        return result ?? Compatible;
    }

    private IReadOnlyList<AvroDifference> WriterUnion(AvroLocation at, AvroType reader, AvroUnion writer)
    {
        List<AvroDifference>? result = null;
        for (var i = 0; i < writer.Count; i++)
        {
            AddAll(ref result, Compare(at.To(i), reader, writer[i]));
        }

        return result ?? Compatible;
    }

    private bool IsReadByBranch(AvroUnion reader, AvroType writer)
    {
        if (reader.Count > AvroBranches.TriedInOrder)
        {
            return IsReadByBranchOfMany(reader, writer);
        }

        for (var i = 0; i < reader.Count; i++)
        {
            if (Compare(Root, reader[i], writer).Count == 0)
            {
                return true;
            }
        }

        return false;
    }

    private bool IsReadByBranchOfMany(AvroUnion reader, AvroType writer)
    {
        if (!_branches.TryGetValue(reader.Id, out var branches))
        {
            branches = new AvroBranches(reader);
            Spend(branches.Names);
            _branches.Add(reader.Id, branches);
        }

        foreach (var i in branches.For(writer))
        {
            if (Compare(Root, reader[i], writer).Count == 0)
            {
                return true;
            }
        }

        return false;
    }

    private List<AvroDifference>? Names(AvroLocation at, AvroNamed reader, AvroNamed writer)
    {
        Spend(reader.Aliases.Count);
        return reader.Answers(writer) ? null : new List<AvroDifference>(1) { new(AvroDifferenceKind.Name, at, reader, writer) };
    }

    private List<AvroDifference>? FixedSizes(AvroLocation at, AvroFixed reader, AvroFixed writer)
    {
        var result = Names(at, reader, writer);
        if (reader.Size != writer.Size)
        {
            Add(ref result, new AvroDifference(AvroDifferenceKind.Size, at, reader, writer));
        }

        return result;
    }

    private List<AvroDifference>? Symbols(AvroLocation at, AvroEnum reader, AvroEnum writer)
    {
        var result = Names(at, reader, writer);
        Spend(writer.Symbols.Count);
        if (reader.Default is not null && reader.Has(reader.Default))
        {
            return result;
        }

        if (writer.Symbols.Any(symbol => !reader.Has(symbol)))
        {
            Add(ref result, new AvroDifference(AvroDifferenceKind.Symbols, at, reader, writer));
        }

        return result;
    }

    private List<AvroDifference>? Fields(AvroLocation at, AvroRecord reader, AvroRecord writer)
    {
        var result = Names(at, reader, writer);
        var fields = at.To("fields");
        for (var i = 0; i < reader.Fields.Count; i++)
        {
            var field = reader.Fields[i];
            Spend(1 + field.Aliases.Count);
            if (WriterField(writer, reader, i) is { } written)
            {
                AddAll(ref result, Compare(fields.To(i).To("type"), field.Type, written.Type));
            }
            else if (field.Default is not null)
            {
                continue;
            }
            else if (field.Type is AvroEnum { Default: not null })
            {
                // Java compares the enum with the whole record here, which never fits.
                AddAll(ref result, Compare(fields.To(i).To("type"), field.Type, writer));
            }
            else
            {
                Add(ref result, new AvroDifference(AvroDifferenceKind.Default, fields.To(i), reader, writer, field.Name));
            }
        }

        return result;
    }

    /// <summary>The one that has the field's name or an alias of it; null for none.</summary>
    private static AvroField? WriterField(AvroRecord writer, AvroRecord reader, int i)
    {
        var field = reader.Fields[i];
        var found = writer.Field(field.Name);
        foreach (var alias in field.Aliases)
        {
            if (writer.Field(alias) is { } other)
            {
                found = found is null ? other : throw Ambiguous(writer, field, i);
            }
        }

        return found;
    }

    private static AvroFault Ambiguous(AvroRecord writer, AvroField field, int i)
    {
        var words = $"{field.Name} type:{AvroText.Capitals(field.Type.Kind)} pos:{i.ToString(CultureInfo.InvariantCulture)}";
        return new AvroFault($"Reader record field {words} matches multiple fields in writer record schema {AvroPrinter.Print(writer, [])}");
    }

    private void Spend(int steps)
    {
        _budget -= steps;
        if (_budget < 0)
        {
            throw new AvroFault($"the schemas are too large to be compared: more than {Limits.MaxSchemaAvroComparisons} steps");
        }
    }

    /// <summary>The list ends: a type that is used twice at each of n levels would repeat its differences 2ⁿ times.</summary>
    private static void Add(ref List<AvroDifference>? result, AvroDifference difference)
    {
        result ??= [];
        if (result.Count < Limits.MaxSchemaAvroFindings)
        {
            result.Add(difference);
        }
    }

    private void AddAll(ref List<AvroDifference>? result, IReadOnlyList<AvroDifference> more)
    {
        Spend(more.Count);
        for (var i = 0; i < more.Count; i++)
        {
            Add(ref result, more[i]);
        }
    }
}
