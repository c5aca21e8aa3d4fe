using System.Globalization;
using System.Text;
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
    private static readonly IReadOnlyList<Finding> Compatible = [];

    private readonly Dictionary<(AvroType Reader, AvroType Writer), IReadOnlyList<Finding>> _seen = [];
    private int _budget = Limits.MaxSchemaComparisons;
    private int _depth;

    /// <summary>Empty when every datum of the writer's schema can be read.</summary>
    /// <exception cref="AvroFault">The comparison cannot be made.</exception>
    public static IReadOnlyList<Finding> Compare(AvroType reader, AvroType writer) =>
        new AvroCompatibility().Compare(new Location(null, ""), reader, writer);

    private IReadOnlyList<Finding> Compare(Location at, AvroType reader, AvroType writer)
    {
        Spend(1);
        if (_seen.TryGetValue((reader, writer), out var known))
        {
            return known;
        }

        if (++_depth > Limits.MaxSchemaDepth)
        {
            throw new AvroFault($"the schemas are nested more than {Limits.MaxSchemaDepth} levels deep");
        }

        // While it is under way, the pair counts as compatible: that ends the recursion of types.
        _seen.Add((reader, writer), Compatible);
        var result = Calculate(at, reader, writer);
        _seen[(reader, writer)] = result;
        _depth--;
        return result;
    }

    private IReadOnlyList<Finding> Calculate(Location at, AvroType reader, AvroType writer)
    {
        switch (reader, writer)
        {
            case (AvroUnion r, AvroUnion w):
                return BothUnions(at, r, w);
            case (_, AvroUnion w):
                return WriterUnion(at, reader, w);
            case (AvroUnion r, _):
                return IsReadByBranch(r, writer) ? Compatible : [AvroFindings.MissingBranch(Pointer(at), writer.Kind)];
            case (AvroArray r, AvroArray w):
                return Compare(at.To("items"), r.Items, w.Items);
            case (AvroMap r, AvroMap w):
                return Compare(at.To("values"), r.Values, w.Values);
            case (AvroFixed r, AvroFixed w):
                return FixedSizes(at, r, w);
            case (AvroEnum r, AvroEnum w):
                return Symbols(at, r, w);
            case (AvroRecord r, AvroRecord w):
                return Fields(at, r, w);
            default:
                return IsPromoted(reader.Kind, writer.Kind) ? Compatible : [AvroFindings.TypeMismatch(Pointer(at), reader.Kind, writer.Kind)];
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

    private Findings BothUnions(Location at, AvroUnion reader, AvroUnion writer)
    {
        var result = new Findings();
        for (var i = 0; i < writer.Count; i++)
        {
            // A branch is looked at from a root of its own: that is the place which the memory keeps.
            if (Compare(new Location(null, ""), reader, writer[i]).Count > 0)
            {
                result.Add(AvroFindings.MissingBranch(Pointer(at.To(i)), writer[i].Kind));
            }
        }

        return result;
    }

    private Findings WriterUnion(Location at, AvroType reader, AvroUnion writer)
    {
        var result = new Findings();
        for (var i = 0; i < writer.Count; i++)
        {
            Merge(result, Compare(at.To(i), reader, writer[i]));
        }

        return result;
    }

    private bool IsReadByBranch(AvroUnion reader, AvroType writer)
    {
        for (var i = 0; i < reader.Count; i++)
        {
            if (Compare(new Location(null, ""), reader[i], writer).Count == 0)
            {
                return true;
            }
        }

        return false;
    }

    private Findings Names(Location at, AvroNamed reader, AvroNamed writer)
    {
        Spend(reader.Aliases.Count);
        var result = new Findings();
        if (!reader.Answers(writer))
        {
            result.Add(AvroFindings.NameMismatch(Pointer(at.To("name")), writer.Name.Full));
        }

        return result;
    }

    private Findings FixedSizes(Location at, AvroFixed reader, AvroFixed writer)
    {
        var result = Names(at, reader, writer);
        if (reader.Size != writer.Size)
        {
            result.Add(AvroFindings.FixedSize(Pointer(at.To("size")), reader.Size, writer.Size));
        }

        return result;
    }

    private Findings Symbols(Location at, AvroEnum reader, AvroEnum writer)
    {
        var result = Names(at, reader, writer);
        Spend(writer.Symbols.Count);
        if (reader.Default is not null && reader.Has(reader.Default))
        {
            return result;
        }

        var missing = writer.Symbols.Where(symbol => !reader.Has(symbol)).Order(StringComparer.Ordinal).ToList();
        if (missing.Count > 0)
        {
            result.Add(AvroFindings.MissingSymbols(Pointer(at.To("symbols")), missing));
        }

        return result;
    }

    private Findings Fields(Location at, AvroRecord reader, AvroRecord writer)
    {
        var result = Names(at, reader, writer);
        var fields = at.To("fields");
        for (var i = 0; i < reader.Fields.Count; i++)
        {
            var field = reader.Fields[i];
            var place = fields.To(i);
            Spend(1 + field.Aliases.Count);
            if (WriterField(writer, field) is { } written)
            {
                Merge(result, Compare(place.To("type"), field.Type, written.Type));
            }
            else if (field.Default is not null)
            {
                continue;
            }
            else if (field.Type is AvroEnum { Default: not null })
            {
                // Java compares the enum with the whole record here, which never fits.
                Merge(result, Compare(place.To("type"), field.Type, writer));
            }
            else
            {
                result.Add(AvroFindings.MissingDefault(Pointer(place), field.Name));
            }
        }

        return result;
    }

    /// <summary>The one that has the field's name or an alias of it; null for none.</summary>
    private static AvroField? WriterField(AvroRecord writer, AvroField field)
    {
        var found = writer.Field(field.Name);
        foreach (var alias in field.Aliases)
        {
            if (writer.Field(alias) is { } other)
            {
                found = found is null
                    ? other
                    : throw new AvroFault(
                        $"Reader record field {field.Name} type:{AvroText.Capitals(field.Type.Kind)} matches multiple fields in writer record schema {writer.Name.Full}");
            }
        }

        return found;
    }

    private void Merge(Findings result, IReadOnlyList<Finding> more)
    {
        Spend(more.Count);
        result.AddRange(more.Take(Limits.MaxSchemaFindings - result.Count));
    }

    private string Pointer(Location at)
    {
        Spend(at.Depth);
        return at.Pointer;
    }

    private void Spend(int steps)
    {
        _budget -= steps;
        if (_budget < 0)
        {
            throw new AvroFault($"the schemas are too large to be compared: more than {Limits.MaxSchemaComparisons} steps");
        }
    }

    /// <summary>A list that ends: a type that is used twice at each of n levels would report its findings 2ⁿ times.</summary>
    private sealed class Findings : List<Finding>
    {
        public new void Add(Finding finding)
        {
            if (Count < Limits.MaxSchemaFindings)
            {
                base.Add(finding);
            }
        }
    }

    /// <summary>A step from the root of the walk; the root's own word does not show.</summary>
    private sealed class Location(Location? parent, string word)
    {
        private readonly Location? _parent = parent;
        private readonly string _word = word;

        public int Depth { get; } = parent is null ? 0 : parent.Depth + 1;

        public string Pointer
        {
            get
            {
                var words = new List<string>();
                for (var at = this; at._parent is not null; at = at._parent)
                {
                    words.Add(at._word);
                }

                words.Reverse();
                var text = new StringBuilder("/");
                return text.AppendJoin('/', words.Select(w => w.Replace("~", "~0").Replace("/", "~1"))).ToString();
            }
        }

        public Location To(string word) => new(this, word);

        public Location To(int index) => new(this, index.ToString(CultureInfo.InvariantCulture));
    }
}
