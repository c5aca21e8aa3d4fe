using System.Text;
using Kernel;

namespace SchemaRegistry.Core.Avro;

/// <summary>
/// Prints a schema so that order and spelling do not show: full names, attributes in one order, all others sorted. Near to Avro's Parsing
/// Canonical Form, but with all that has a meaning to people and programs. The text that the registry stores under normalize=true.
/// </summary>
internal sealed class AvroNormalForm
{
    private readonly StringBuilder _text = new();
    private readonly HashSet<string> _known;

    private AvroNormalForm(IEnumerable<string> known) => _known = new HashSet<string>(known, StringComparer.Ordinal);

    /// <param name="type">The schema.</param>
    /// <param name="known">Full names of types that come from references: printed as names.</param>
    /// <exception cref="AvroFault">As <see cref="AvroPrinter.Print"/>, for the same schemas.</exception>
    public static string Print(AvroType type, IEnumerable<string> known)
    {
        var form = new AvroNormalForm(known);
        form.Append(type, null, 0);
        return form._text.ToString();
    }

    private void Append(AvroType type, string? space, int depth)
    {
        if (depth > Limits.MaxSchemaAvroDepth)
        {
            throw new AvroFault($"The schema is nested more than {Limits.MaxSchemaAvroDepth} levels deep");
        }

        switch (type)
        {
            case AvroArray array:
                _text.Append("{\"type\":\"array\",\"items\":");
                Append(array.Items, space, depth + 1);
                AppendSorted(type.Properties);
                _text.Append('}');
                break;
            case AvroMap map:
                _text.Append("{\"type\":\"map\",\"values\":");
                Append(map.Values, space, depth + 1);
                AppendSorted(type.Properties);
                _text.Append('}');
                break;
            case AvroUnion union:
                _text.Append('[');
                for (var i = 0; i < union.Count; i++)
                {
                    Comma(i);
                    Append(union[i], space, depth + 1);
                }

                _text.Append(']');
                break;
            case AvroNamed named when !_known.Add(named.Name.Full):
                _text.AppendJson(named.Name.Full);
                break;
            case AvroNamed named:
                AppendDefinition(named, space, depth);
                break;
            default:
                var name = AvroText.Name(type.Kind);
                if (type.Properties.Count == 0)
                {
                    _text.AppendJson(name);
                    break;
                }

                _text.Append("{\"type\":").AppendJson(name);
                AppendSorted(AppendLogicalType(type));
                _text.Append('}');
                break;
        }
    }

    private void AppendDefinition(AvroNamed type, string? space, int depth)
    {
        _text.Append("{\"name\":").AppendJson(type.Name.Full);
        if (type.Name.Space is null && space is not null)
        {
            // Without it the name would be read as one of the namespace around it.
            _text.Append(",\"namespace\":\"\"");
        }

        _text.Append(",\"type\":").AppendJson(AvroText.Name(type.Kind));
        switch (type)
        {
            case AvroRecord record:
                _text.Append(",\"fields\":[");
                for (var i = 0; i < record.Fields.Count; i++)
                {
                    Comma(i);
                    AppendField(record.Fields[i], type.Name.Space, depth + AvroPrinter.RecordLevels);
                }

                _text.Append(']');
                break;
            case AvroEnum @enum:
                AppendTexts(",\"symbols\":", @enum.Symbols);
                break;
            case AvroFixed @fixed:
                _text.Append(",\"size\":").Append(@fixed.Size);
                break;
        }

        var rest = type is AvroFixed ? AppendLogicalType(type) : type.Properties;
        AppendDoc(type.Doc);
        AppendAliases([.. type.Aliases.Select(alias => alias.Space is null && type.Name.Space is not null ? "." + alias.Name : alias.Full)]);
        if (type is AvroEnum { Default: { } symbol })
        {
            _text.Append(",\"default\":").AppendJson(symbol);
        }

        AppendSorted(rest);
        _text.Append('}');
    }

    private void AppendField(AvroField field, string? space, int depth)
    {
        _text.Append("{\"name\":").AppendJson(field.Name).Append(",\"type\":");
        Append(field.Type, space, depth);
        _text.Append(",\"order\":").AppendJson(AvroText.Name(field.Order));
        AppendDoc(field.Doc);
        AppendAliases(field.Aliases);
        if (field.Default is not null)
        {
            _text.Append(",\"default\":").AppendJson(field.Default, sorted: true);
        }

        AppendSorted(field.Properties);
        _text.Append('}');
    }

    /// <summary>The valid logical type, and what is left of the attributes; all of them when there is none.</summary>
    private IReadOnlyList<JsonMember> AppendLogicalType(AvroType type)
    {
        if (AvroLogicalType.Of(type) is not { } logical)
        {
            return type.Properties;
        }

        _text.Append(",\"logicalType\":").AppendJson(logical.Name);
        var isDecimal = logical.Precision > 0;
        if (isDecimal)
        {
            _text.Append(",\"precision\":").Append(logical.Precision);
            if (logical.Scale != 0)
            {
                _text.Append(",\"scale\":").Append(logical.Scale);
            }
        }

        return [.. type.Properties.Where(p => p.Name != "logicalType" && !(isDecimal && AvroLogicalType.IsDecimalWord(p.Name)))];
    }

    private void AppendDoc(string? doc)
    {
        if (!string.IsNullOrEmpty(doc))
        {
            _text.Append(",\"doc\":").AppendJson(doc);
        }
    }

    private void AppendAliases(IReadOnlyList<string> aliases)
    {
        if (aliases.Count > 0)
        {
            AppendTexts(",\"aliases\":", [.. aliases.Order(StringComparer.Ordinal)]);
        }
    }

    private void AppendTexts(string before, IReadOnlyList<string> texts)
    {
        _text.Append(before).Append('[');
        for (var i = 0; i < texts.Count; i++)
        {
            Comma(i);
            _text.AppendJson(texts[i]);
        }

        _text.Append(']');
    }

    private void AppendSorted(IReadOnlyList<JsonMember> properties)
    {
        foreach (var (name, value) in JsonText.Sorted(properties))
        {
            _text.Append(',').AppendJson(name).Append(':').AppendJson(value, sorted: true);
        }
    }

    private void Comma(int i)
    {
        if (i > 0)
        {
            _text.Append(',');
        }
    }
}
