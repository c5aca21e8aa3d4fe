using System.Globalization;
using Kernel;

namespace SchemaRegistry.Core.Avro;

/// <summary>
/// Whether the defaults of fields fit their types, by Java's rule in 1.12: a union's default fits any branch, an enum's or fixed's is any string,
/// a record's may leave out fields that have defaults. Bounded in steps and depth.
/// </summary>
internal sealed class AvroDefaults
{
    private readonly Dictionary<AvroField, bool> _judged = [];
    private int _budget = Limits.MaxSchemaAvroDefaultChecks;

    /// <summary>Throws for the first field whose default does not fit.</summary>
    public void Check(IReadOnlyList<AvroRecord> records)
    {
        foreach (var record in records)
        {
            foreach (var field in record.Fields)
            {
                if (field.Default is not null && !Fits(field, 0))
                {
                    throw new AvroFault(
                        $"Invalid default for field {AvroPlace.Excerpt(field.Name)}: {AvroPlace.Excerpt(field.Default)} not a {Words(field.Type)}");
                }
            }
        }
    }

    private static string Words(AvroType type) => type switch
    {
        AvroNamed named => $"{AvroText.Name(type.Kind)} {AvroPlace.Excerpt(named.Name.Full)}",
        AvroUnion { Count: <= 10 } union => $"[{string.Join(",", Enumerable.Range(0, union.Count).Select(i => $"\"{AvroText.Name(union[i].Kind)}\""))}]",
        _ => $"\"{AvroText.Name(type.Kind)}\"",
    };

    /// <summary>The field's own default. One that needs itself, through fields that it leaves out, has no end.</summary>
    private bool Fits(AvroField field, int depth)
    {
        if (_judged.TryGetValue(field, out var fits))
        {
            return fits;
        }

        // While it is being judged, it fits nothing: a default that contains itself has no end.
        _judged[field] = false;
        fits = field.Default is not null && Fits(field.Type, field.Default, depth + 1);
        _judged[field] = fits;
        return fits;
    }

    private bool Fits(AvroType type, JsonTree value, int depth)
    {
        if (--_budget < 0 || depth > Limits.MaxSchemaAvroDepth)
        {
            throw new AvroFault(_budget < 0 ? "The defaults are too large to be checked" : "The defaults are nested too deeply");
        }

        return type switch
        {
            AvroArray array => FitsArray(array, value, depth),
            AvroMap map => FitsMap(map, value, depth),
            AvroUnion union => FitsBranch(union, value, depth),
            AvroRecord record => FitsRecord(record, value, depth),
            _ => FitsPlain(type.Kind, value),
        };
    }

    private bool FitsArray(AvroArray array, JsonTree value, int depth)
    {
        for (var i = 0; i < value.Items.Count; i++)
        {
            if (!Fits(array.Items, value.Items[i], depth + 1))
            {
                return false;
            }
        }

        return value.Kind == JsonKind.Array;
    }

    private bool FitsMap(AvroMap map, JsonTree value, int depth)
    {
        for (var i = 0; i < value.Members.Count; i++)
        {
            if (!Fits(map.Values, value.Members[i].Value, depth + 1))
            {
                return false;
            }
        }

        return value.Kind == JsonKind.Object;
    }

    private bool FitsBranch(AvroUnion union, JsonTree value, int depth)
    {
        for (var i = 0; i < union.Count; i++)
        {
            if (Fits(union[i], value, depth + 1))
            {
                return true;
            }
        }

        return false;
    }

    private bool FitsRecord(AvroRecord record, JsonTree value, int depth)
    {
        if (value.Kind != JsonKind.Object)
        {
            return false;
        }

        for (var i = 0; i < record.Fields.Count; i++)
        {
            var field = record.Fields[i];
            if (!(value.Find(field.Name) is { } member ? Fits(field.Type, member, depth + 1) : Fits(field, depth)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool FitsPlain(AvroKind kind, JsonTree value) => kind switch
    {
        AvroKind.Null => value.Kind == JsonKind.Null,
        AvroKind.Boolean => value.Kind == JsonKind.Boolean,
        AvroKind.Int => value.Kind == JsonKind.Integer && int.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        AvroKind.Long => value.Kind == JsonKind.Integer && long.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        AvroKind.Float or AvroKind.Double => value.IsNumber,
        _ => value.IsText,
    };
}
