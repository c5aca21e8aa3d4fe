using System.Globalization;
using SchemaRegistry.Core.Languages;

namespace SchemaRegistry.Core.Subjects;

/// <summary>
/// A finding as the API says it. The three languages quote differently, JSON Schema with a quote that does not match: clients' tests compare
/// the texts, so they are kept.
/// </summary>
public static class FindingText
{
    /// <param name="reader">"new" or "old": the schema that reads.</param>
    /// <param name="writer">The other one.</param>
    public static string Of(SchemaType type, Finding finding, string reader, string writer)
    {
        var description = finding.Description.Replace("{0}", reader, StringComparison.Ordinal).Replace("{1}", writer, StringComparison.Ordinal);
        return type switch
        {
            SchemaType.Avro => string.Create(CultureInfo.InvariantCulture,
                $"{{errorType:'{finding.Type}', description:'{description}', additionalInfo:'{finding.Detail}'}}"),
            SchemaType.Protobuf => $"{{errorType:\"{finding.Type}\", description:\"{description}\"}}",
            _ => $"{{errorType:\"{finding.Type}\", description:\"{description}'}}",
        };
    }
}
