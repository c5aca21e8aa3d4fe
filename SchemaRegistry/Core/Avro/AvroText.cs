namespace SchemaRegistry.Core.Avro;

/// <summary>Words of the language.</summary>
internal static class AvroText
{
    /// <summary>As schemas write the type.</summary>
    public static string Name(AvroKind kind) => kind switch
    {
        AvroKind.Null => "null",
        AvroKind.Boolean => "boolean",
        AvroKind.Int => "int",
        AvroKind.Long => "long",
        AvroKind.Float => "float",
        AvroKind.Double => "double",
        AvroKind.Bytes => "bytes",
        AvroKind.String => "string",
        AvroKind.Array => "array",
        AvroKind.Map => "map",
        AvroKind.Union => "union",
        AvroKind.Fixed => "fixed",
        AvroKind.Enum => "enum",
        _ => "record",
    };

    /// <summary>As messages write the type: INT.</summary>
    public static string Capitals(AvroKind kind) => Name(kind).ToUpperInvariant();

    public static string Name(AvroOrder order) => order switch
    {
        AvroOrder.Ascending => "ascending",
        AvroOrder.Descending => "descending",
        _ => "ignore",
    };
}
