using System.Text.Json;
using SchemaRegistry.Core.Languages;
using SchemaRegistry.Core.Subjects;
using SchemaRegistry.Service.Http;

namespace SchemaRegistry.Service.Api;

/// <summary>
/// /compatibility/schemas: two texts compared in both directions, without a subject and its level, with findings as data rather than as sentences
/// in a list. Ours, not Confluent's.
/// </summary>
internal static class CompareApi
{
    private const string New = "new";
    private const string Old = "old";

    public static async ValueTask<Answer> Compare(Call call)
    {
        var (oldRequest, newRequest, isLenient) = await RequestBodies.PairAsync(call);
        var ledger = call.Registry.Ledger;
        var old = Parse(oldRequest);
        var newer = Parse(newRequest);
        var policy = isLenient ? CompatibilityPolicy.Lenient : CompatibilityPolicy.Strict;
        var language = ledger.Parser.Language(newer.Type);
        var isSameType = old.Type == newer.Type;
        var backward = isSameType ? language.Compare(newer.Parsed, old.Parsed, policy) : [OtherType(old, newer)];
        var forward = isSameType ? language.Compare(old.Parsed, newer.Parsed, policy) : [OtherType(old, newer)];
        return Answer.Object(writer =>
        {
            WriteSchema(writer, Old, old);
            WriteSchema(writer, New, newer);
            WriteDirection(writer, "backward", language, backward, New, Old);
            WriteDirection(writer, "forward", language, forward, Old, New);
        });

        // Stored schemas have to be comparable, so both are read as leniently as look-ups read.
        Candidate Parse(SchemaRequest request) =>
            ledger.Parser.Parse(call.Image, call.Context, request, normalize: false, ParseRules.Lookup, ledger.Settings.MaxSchemaChars);
    }

    private static Finding OtherType(Candidate old, Candidate newer) =>
        new("SCHEMA_TYPE_CHANGED", "/", IsCompatible: false, $"The schema type has changed from {old.Type.Name()} to {newer.Type.Name()}");

    private static void WriteSchema(Utf8JsonWriter writer, string name, Candidate schema)
    {
        writer.WriteStartObject(name);
        writer.WriteString("schemaType"u8, schema.Type.Name());
        if (schema.Parsed.Name is { } full)
        {
            writer.WriteString("name"u8, full);
        }

        writer.WriteString("schema"u8, schema.Text);
        writer.WriteEndObject();
    }

    private static void WriteDirection(
        Utf8JsonWriter writer, string name, ISchemaLanguage language, IReadOnlyList<Finding> findings, string readerSchema, string writerSchema)
    {
        writer.WriteStartObject(name);
        writer.WriteString("reader"u8, readerSchema);
        writer.WriteString("writer"u8, writerSchema);
        writer.WriteBoolean("is_compatible"u8, findings.All(finding => finding.IsCompatible));
        writer.WriteStartArray("findings"u8);
        foreach (var finding in findings)
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, finding.Type);
            writer.WriteString("path"u8, finding.Path);
            writer.WriteBoolean("is_compatible"u8, finding.IsCompatible);
            writer.WriteString("message"u8, language.Sentence(finding, readerSchema, writerSchema));
            if (finding.Detail is { } detail)
            {
                writer.WriteString("detail"u8, detail);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
