using System.Text;
using Kernel;

namespace SchemaRegistry.Core.Avro;

/// <summary>
/// Prints a schema as Java's Schema.toString does: the registry's canonical text. A named type is defined where it is first used, unless it is
/// known already.
/// </summary>
internal sealed class AvroPrinter
{
    /// <summary>JSON levels from a record to its fields' types: the record, the array of fields, the field.</summary>
    public const int RecordLevels = 3;

    private readonly StringBuilder _text = new();
    private readonly HashSet<string> _known;

    private AvroPrinter(IEnumerable<string> known) => _known = new HashSet<string>(known, StringComparer.Ordinal);

    /// <param name="type">The schema.</param>
    /// <param name="known">Full names of types that come from references: printed as names.</param>
    /// <exception cref="AvroFault">It is nested more deeply than it could be read again.</exception>
    public static string Print(AvroType type, IEnumerable<string> known)
    {
        var printer = new AvroPrinter(known);
        printer.Append(type, null, 0);
        return printer._text.ToString();
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
                End(type);
                break;
            case AvroMap map:
                _text.Append("{\"type\":\"map\",\"values\":");
                Append(map.Values, space, depth + 1);
                End(type);
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
                _text.AppendJson(named.Name.In(space));
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
                End(type);
                break;
        }
    }

    private void AppendDefinition(AvroNamed type, string? space, int depth)
    {
        _text.Append("{\"type\":\"").Append(type is AvroRecord { IsError: true } ? "error" : AvroText.Name(type.Kind)).Append('"');
        _text.Append(",\"name\":").AppendJson(type.Name.Name);
        if (type.Name.Space != space)
        {
            _text.Append(",\"namespace\":").AppendJson(type.Name.Space ?? "");
        }

        AppendDoc(type.Doc);
        switch (type)
        {
            case AvroRecord record:
                _text.Append(",\"fields\":[");
                for (var i = 0; i < record.Fields.Count; i++)
                {
                    Comma(i);
                    AppendField(record.Fields[i], type.Name.Space, depth + RecordLevels);
                }

                _text.Append(']');
                break;
            case AvroEnum @enum:
                AppendTexts(",\"symbols\":", @enum.Symbols);
                if (@enum.Default is not null)
                {
                    _text.Append(",\"default\":").AppendJson(@enum.Default);
                }

                break;
            case AvroFixed @fixed:
                _text.Append(",\"size\":").Append(@fixed.Size);
                break;
        }

        AppendProperties(type.Properties);
        if (type.Aliases.Count > 0)
        {
            AppendTexts(",\"aliases\":", [.. type.Aliases.Select(alias => AliasText(alias, type.Name.Space))]);
        }

        _text.Append('}');
    }

    /// <summary>Relative to the type's namespace. An alias without namespace keeps its dot before a type with one: else it would get that.</summary>
    public static string AliasText(AvroName alias, string? space) => alias.Space is null && space is not null ? "." + alias.Name : alias.In(space);

    private void AppendField(AvroField field, string? space, int depth)
    {
        _text.Append("{\"name\":").AppendJson(field.Name).Append(",\"type\":");
        Append(field.Type, space, depth);
        AppendDoc(field.Doc);
        if (field.Default is not null)
        {
            _text.Append(",\"default\":").AppendJson(field.Default);
        }

        if (field.Order != AvroOrder.Ascending)
        {
            _text.Append(",\"order\":").AppendJson(AvroText.Name(field.Order));
        }

        if (field.Aliases.Count > 0)
        {
            AppendTexts(",\"aliases\":", field.Aliases);
        }

        AppendProperties(field.Properties);
        _text.Append('}');
    }

    private void AppendDoc(string? doc)
    {
        if (doc is not null)
        {
            _text.Append(",\"doc\":").AppendJson(doc);
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

    private void AppendProperties(IReadOnlyList<JsonMember> properties)
    {
        foreach (var (name, value) in properties)
        {
            _text.Append(',').AppendJson(name).Append(':').AppendJson(value);
        }
    }

    private void End(AvroType type)
    {
        AppendProperties(type.Properties);
        _text.Append('}');
    }

    private void Comma(int i)
    {
        if (i > 0)
        {
            _text.Append(',');
        }
    }
}
