using System.Text.Json;

namespace Loadtests.Registry;

/// <summary>Avro records as services have them: a dozen fields, some 900 bytes. Five versions a subject, each adding a field with a default. Pure.</summary>
internal static class SchemaSet
{
    public const int VersionsPerSubject = 5;

    public static string Subject(int schema) => $"orders-{schema / VersionsPerSubject}-value";

    /// <summary>The text of a schema by its number, from 0. Different numbers are different schemas.</summary>
    public static string Text(int schema) => Text(schema / VersionsPerSubject, schema % VersionsPerSubject);

    /// <summary>The next version of the subject after those that <see cref="Text(int)"/> gives; compatible with all of them.</summary>
    public static string Next(int schema) => Text(schema / VersionsPerSubject, VersionsPerSubject);

    /// <summary>The request's body.</summary>
    public static string Body(string text) => JsonSerializer.Serialize(new { schema = text });

    private static string Text(int subject, int version)
    {
        var added = string.Concat(Enumerable.Range(0, version).Select(v =>
            $$""",{"name":"added_{{v}}","type":["null","string"],"default":null,"doc":"Added in version {{v + 2}}"}"""));
        return $$$$"""
            {"type":"record","name":"Order{{{{subject}}}}","namespace":"com.example.orders","doc":"An order of a customer","fields":[
            {"name":"order_id","type":"string"},{"name":"customer_id","type":"string"},
            {"name":"created_at","type":{"type":"long","logicalType":"timestamp-millis"}},
            {"name":"amount","type":{"type":"bytes","logicalType":"decimal","precision":12,"scale":2}},
            {"name":"currency","type":{"type":"enum","name":"Currency","symbols":["EUR","USD","GBP"]}},
            {"name":"lines","type":{"type":"array","items":{"type":"record","name":"Line","fields":[
            {"name":"sku","type":"string"},{"name":"quantity","type":"int"},{"name":"price","type":"double"}]}}},
            {"name":"tags","type":{"type":"map","values":"string"}},{"name":"note","type":["null","string"],"default":null}
            {{{{added}}}}
            ]}
            """;
    }
}
