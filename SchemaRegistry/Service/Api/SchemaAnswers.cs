using System.Text.Json;
using SchemaRegistry.Core.Languages;
using SchemaRegistry.Core.Subjects;
using SchemaRegistry.Core.Subjects.Contracts;
using SchemaRegistry.Service.Http;

namespace SchemaRegistry.Service.Api;

/// <summary>
/// Schemas in answers. Older clients compare answers for equality, so guid, ts and deleted are given only to those that said they take unknown
/// properties.
/// </summary>
internal static class SchemaAnswers
{
    /// <summary>How an answer shows a schema.</summary>
    /// <param name="Format">Another form of the text; null for the canonical one.</param>
    /// <param name="WithQualifiedReferences">referenceFormat=qualified.</param>
    public readonly record struct Shape(bool IsFull, string? Format, bool WithQualifiedReferences)
    {
        public static Shape Of(Call call) => new(call.IsFull, call.Query("format") is { Length: > 0 } format ? format : null,
            string.Equals(call.Query("referenceFormat"), "qualified", StringComparison.OrdinalIgnoreCase));

        public bool IsPlain => Format is null && !WithQualifiedReferences;
    }

    /// <summary>The members of a version.</summary>
    public static void WriteVersion(Utf8JsonWriter writer, StoredSchema schema, Shape shape, string text)
    {
        writer.WriteString("subject"u8, schema.Subject);
        writer.WriteNumber("version"u8, schema.Version);
        writer.WriteNumber("id"u8, schema.Id);
        if (shape.IsFull)
        {
            writer.WriteString("guid"u8, schema.Guid);
        }

        writer.WriteString("schemaType"u8, schema.Type.Name());
        WriteContract(writer, schema, shape);
        writer.WriteString("schema"u8, text);
        WriteState(writer, schema, shape);
    }

    /// <summary>The members of a schema found by its id or GUID.</summary>
    public static void WriteById(Utf8JsonWriter writer, StoredSchema schema, Shape shape, string text, int? maxId)
    {
        if (shape.IsFull)
        {
            writer.WriteString("subject"u8, schema.Subject);
            writer.WriteNumber("version"u8, schema.Version);
            writer.WriteString("guid"u8, schema.Guid);
        }

        writer.WriteString("schemaType"u8, schema.Type.Name());
        writer.WriteString("schema"u8, text);
        WriteContract(writer, schema, shape);
        if (maxId is { } highest)
        {
            writer.WriteNumber("maxId"u8, highest);
        }

        WriteState(writer, schema, shape);
    }

    /// <summary>The members of the answer to a registration.</summary>
    public static void WriteRegistered(Utf8JsonWriter writer, StoredSchema schema, Shape shape, string text)
    {
        writer.WriteNumber("id"u8, schema.Id);
        if (!shape.IsFull)
        {
            return;
        }

        writer.WriteNumber("version"u8, schema.Version);
        writer.WriteString("guid"u8, schema.Guid);
        writer.WriteString("schemaType"u8, schema.Type.Name());
        WriteContract(writer, schema, shape);
        writer.WriteString("schema"u8, text);
        WriteState(writer, schema, shape);
    }

    /// <summary>The text in the form that was asked for; the canonical one where the language has no such form.</summary>
    public static string TextOf(Call call, StoredSchema schema, string? format) =>
        format is null ? schema.Text : call.Registry.Ledger.Parser.Parse(call.Image, schema).Format(format) ?? schema.Text;

    private static void WriteContract(Utf8JsonWriter writer, StoredSchema schema, Shape shape)
    {
        if (shape.WithQualifiedReferences)
        {
            var context = SubjectName.Parse(schema.Subject).Context;
            ContractsJson.Write(writer, schema.References, reference => SubjectName.ParseWithin(reference.Subject, context).ToString());
        }
        else
        {
            ContractsJson.Write(writer, schema.References);
        }

        ContractsJson.Write(writer, "metadata", schema.Metadata);
        ContractsJson.Write(writer, "ruleSet", schema.Rules);
    }

    private static void WriteState(Utf8JsonWriter writer, StoredSchema schema, Shape shape)
    {
        if (!shape.IsFull)
        {
            return;
        }

        if (schema.TimestampMs > 0)
        {
            writer.WriteNumber("ts"u8, schema.TimestampMs);
        }

        writer.WriteBoolean("deleted"u8, schema.IsDeleted);
    }
}
