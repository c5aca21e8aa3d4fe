using SchemaRegistry.Core.Avro;
using SchemaRegistry.Core.JsonSchema;
using SchemaRegistry.Core.Protobuf;

namespace SchemaRegistry.Core.Languages;

/// <summary>The languages that the registry knows.</summary>
public static class SchemaLanguages
{
    private static readonly AvroLanguage Avro = new();
    private static readonly ProtobufLanguage Protobuf = new();
    private static readonly JsonSchemaLanguage Json = new();

    public static ISchemaLanguage Of(SchemaType type) => type switch
    {
        SchemaType.Avro => Avro,
        SchemaType.Protobuf => Protobuf,
        _ => Json,
    };
}
