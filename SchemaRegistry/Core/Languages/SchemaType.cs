namespace SchemaRegistry.Core.Languages;

/// <summary>The language of a schema, by the names that the REST API uses: AVRO, PROTOBUF, JSON.</summary>
public enum SchemaType
{
    Avro,
    Protobuf,
    Json,
}

/// <summary>The names of <see cref="SchemaType"/> on the wire.</summary>
public static class SchemaTypes
{
    /// <summary>AVRO, PROTOBUF or JSON.</summary>
    public static string Name(this SchemaType type) => type switch
    {
        SchemaType.Avro => "AVRO",
        SchemaType.Protobuf => "PROTOBUF",
        _ => "JSON",
    };

    /// <summary>Reads a name, in any case as the API does; null is AVRO. False for an unknown one.</summary>
    public static bool TryParse(string? name, out SchemaType type)
    {
        type = name?.ToUpperInvariant() switch
        {
            null or "" or "AVRO" => SchemaType.Avro,
            "PROTOBUF" => SchemaType.Protobuf,
            "JSON" => SchemaType.Json,
            _ => (SchemaType)(-1),
        };
        return (int)type >= 0;
    }
}
