using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Kernel;
using SchemaRegistry.Core.Languages;
using SchemaRegistry.Core.Subjects.Contracts;

namespace SchemaRegistry.Core.Subjects.Records;

/// <summary>
/// Records in the format of Confluent's <c>_schemas</c> topic. Keys are read by meaning, in any order and without the members that later
/// releases added; they are written in Confluent's order of members, which is what compaction goes by.
/// </summary>
public static class RecordCodec
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = Limits.MaxSchemaRequestDepth, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>Writes a record's key.</summary>
    public static byte[] EncodeKey(RegistryRecord record) => Encode(writer => WriteKey(writer, record));

    /// <summary>Writes a record's value; null for one that deletes.</summary>
    public static byte[]? EncodeValue(RegistryRecord record) => record switch
    {
        SchemaRecord { Schema: { } schema } => Encode(writer => WriteSchema(writer, schema)),
        ConfigRecord { Config: { } config } settings => Encode(writer =>
        {
            ContractsJson.WriteText(writer, "subject", settings.Subject);
            ConfigJson.Write(writer, config, ConfigJson.StoredLevel);
        }),
        ModeRecord { Mode: { } mode } scope => Encode(writer =>
        {
            ContractsJson.WriteText(writer, "subject", scope.Subject);
            writer.WriteString("mode"u8, mode.Name());
        }),
        DeleteSubjectRecord delete => Encode(writer =>
        {
            writer.WriteString("subject"u8, delete.Subject);
            writer.WriteNumber("version"u8, delete.Version);
        }),
        ClearSubjectRecord clear => Encode(writer => writer.WriteString("subject"u8, clear.Subject)),
        ContextRecord { Exists: true } context => Encode(writer =>
        {
            writer.WriteString("tenant"u8, DefaultTenant);
            writer.WriteString("context"u8, context.Context);
        }),
        HighestIdRecord highest => Encode(writer =>
        {
            writer.WriteString("context"u8, highest.Context);
            writer.WriteNumber("id"u8, highest.Id);
        }),
        ExporterProgressRecord { Progress: { } progress } => Encode(writer =>
        {
            writer.WriteString("name"u8, progress.Name);
            writer.WriteNumber("generation"u8, progress.Generation);
            writer.WriteNumber("offset"u8, progress.Offset);
            writer.WriteNumber("ts"u8, progress.TimestampMs);
        }),
        ExporterRecord { Exporter: { } exporter } => Encode(writer => ExporterJson.Write(writer, exporter)),
        _ => null,
    };

    /// <summary>Whether a record ends its key: after it there is nothing under the key, and compaction takes both away in time.</summary>
    public static bool IsEnd(RegistryRecord record) => record is
        SchemaRecord { Schema: null } or ConfigRecord { Config: null } or ModeRecord { Mode: null } or ContextRecord { Exists: false }
        or ExporterRecord { Exporter: null };

    /// <summary>Reads a record; null for one that changes nothing here (NOOP, associations, what later releases add, what cannot be read).</summary>
    /// <param name="timestampMs">The record's own time.</param>
    public static RegistryRecord? Decode(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte>? value, long timestampMs)
    {
        try
        {
            using var keyJson = JsonDocument.Parse(key, Reading);
            using var valueJson = value is { Length: > 0 } bytes ? JsonDocument.Parse(bytes, Reading) : null;
            return Decode(keyJson.RootElement, valueJson?.RootElement, timestampMs);
        }
        catch (JsonException)
        {
            return null;
        }
        catch (InvalidOperationException)
        {
            // A text with half a surrogate pair.
            return null;
        }
    }

    private const string DefaultTenant = "default";

    private static RegistryRecord? Decode(JsonElement key, JsonElement? value, long timestampMs)
    {
        var subject = ContractsJson.Text(key, "subject");
        if (value is { ValueKind: JsonValueKind.Null })
        {
            value = null;
        }

        switch (ContractsJson.Text(key, "keytype"))
        {
            case "SCHEMA":
                var version = ContractsJson.Number(key, "version");
                return subject is null || version is null ? null
                    : value is { } schema ? ReadSchema(subject, version.Value, schema, timestampMs)
                    : new SchemaRecord(SubjectName.Parse(subject).ToString(), version.Value, null);
            case "CONFIG":
                return new ConfigRecord(subject, value is { } config ? ConfigJson.Read(config, ConfigJson.StoredLevel) : null);
            case "MODE":
                return value is { } scope
                    ? RegistryModes.TryParse(ContractsJson.Text(scope, "mode"), out var mode) ? new ModeRecord(subject, mode) : null
                    : new ModeRecord(subject, null);
            case "DELETE_SUBJECT":
                return subject is not null && value is { } delete ? new DeleteSubjectRecord(subject, ContractsJson.Number(delete, "version") ?? 0) : null;
            case "CLEAR_SUBJECT":
                return subject is not null && value is not null ? new ClearSubjectRecord(subject) : null;
            case "CONTEXT":
                return ContractsJson.Text(key, "context") is { } context ? new ContextRecord(context, value is not null) : null;
            case "HIGHEST_ID":
                return value is { } highest && ContractsJson.Text(key, "context") is { } owner
                    ? new HighestIdRecord(owner, ContractsJson.Number(highest, "id") ?? 0)
                    : null;
            case "EXPORTER":
                return ContractsJson.Text(key, "name") is { } name
                    ? new ExporterRecord(name, value is { } exporter ? ExporterJson.Read(name, exporter) : null)
                    : null;
            case "EXPORTER_STATUS":
                return ContractsJson.Text(key, "name") is { } copied
                    ? new ExporterProgressRecord(copied, value is { } status ? ReadProgress(copied, status) : null)
                    : null;
            default:
                return null;
        }
    }

    private static ExporterProgress ReadProgress(string name, JsonElement json) => new(
        name, ContractsJson.Number(json, "generation") ?? 0, ContractsJson.LongNumber(json, "offset") ?? -1, ContractsJson.LongNumber(json, "ts") ?? 0);

    private static SchemaRecord? ReadSchema(string subject, int version, JsonElement json, long timestampMs)
    {
        var id = ContractsJson.Number(json, "id");
        if (id is null || !SchemaTypes.TryParse(ContractsJson.Text(json, "schemaType"), out var type))
        {
            return null;
        }

        subject = SubjectName.Parse(subject).ToString();
        var text = ContractsJson.Text(json, "schema") ?? "";
        var references = ContractsJson.TryMember(json, "references", out var list) ? ContractsJson.ReadReferences(list) : [];
        var metadata = ContractsJson.ReadMetadata(json, "metadata");
        var rules = ContractsJson.ReadRules(json, "ruleSet");
        var guid = ReadGuid(json) ?? SchemaIdentity.Of(text, references, metadata, rules);
        var isDeleted = ContractsJson.Flag(json, "deleted") == true;
        return new SchemaRecord(subject, version,
            new StoredSchema(subject, version, id.Value, guid, type, references, metadata, rules, text, isDeleted, timestampMs));
    }

    private static Guid? ReadGuid(JsonElement json) =>
        ContractsJson.TryMember(json, "md5", out var md5) && md5.ValueKind == JsonValueKind.String
        && md5.TryGetBytesFromBase64(out var bytes) && bytes.Length == 16
            ? new Guid(bytes, bigEndian: true)
            : null;

    private static void WriteKey(Utf8JsonWriter writer, RegistryRecord record)
    {
        switch (record)
        {
            case SchemaRecord schema:
                writer.WriteString("keytype"u8, "SCHEMA"u8);
                writer.WriteString("subject"u8, schema.Subject);
                writer.WriteNumber("version"u8, schema.Version);
                writer.WriteNumber("magic"u8, 1);
                break;
            case ConfigRecord config:
                WriteSubjectKey(writer, "CONFIG"u8, config.Subject);
                break;
            case ModeRecord mode:
                WriteSubjectKey(writer, "MODE"u8, mode.Subject);
                break;
            case DeleteSubjectRecord delete:
                WriteSubjectKey(writer, "DELETE_SUBJECT"u8, delete.Subject);
                break;
            case ClearSubjectRecord clear:
                WriteSubjectKey(writer, "CLEAR_SUBJECT"u8, clear.Subject);
                break;
            case ContextRecord context:
                writer.WriteString("keytype"u8, "CONTEXT"u8);
                writer.WriteString("tenant"u8, DefaultTenant);
                writer.WriteString("context"u8, context.Context);
                writer.WriteNumber("magic"u8, 0);
                break;
            case HighestIdRecord highest:
                writer.WriteString("keytype"u8, "HIGHEST_ID"u8);
                writer.WriteString("context"u8, highest.Context);
                writer.WriteNumber("magic"u8, 0);
                break;
            case ExporterProgressRecord progress:
                writer.WriteString("keytype"u8, "EXPORTER_STATUS"u8);
                writer.WriteString("name"u8, progress.Name);
                writer.WriteNumber("magic"u8, 0);
                break;
            case ExporterRecord exporter:
                writer.WriteString("keytype"u8, "EXPORTER"u8);
                writer.WriteString("name"u8, exporter.Name);
                writer.WriteNumber("magic"u8, 0);
                break;
            default:
                throw new ArgumentException($"{record.GetType().Name} has no key");
        }
    }

    private static void WriteSubjectKey(Utf8JsonWriter writer, ReadOnlySpan<byte> type, string? subject)
    {
        writer.WriteString("keytype"u8, type);
        writer.WriteString("subject"u8, subject);
        writer.WriteNumber("magic"u8, 0);
    }

    private static void WriteSchema(Utf8JsonWriter writer, StoredSchema schema)
    {
        Span<byte> md5 = stackalloc byte[16];
        schema.Guid.TryWriteBytes(md5, bigEndian: true, out _);
        writer.WriteString("subject"u8, schema.Subject);
        writer.WriteNumber("version"u8, schema.Version);
        writer.WriteNumber("id"u8, schema.Id);
        writer.WriteBase64String("md5"u8, md5);
        if (schema.Type != SchemaType.Avro)
        {
            writer.WriteString("schemaType"u8, schema.Type.Name());
        }

        ContractsJson.Write(writer, schema.References);
        ContractsJson.Write(writer, "metadata", schema.Metadata);
        ContractsJson.Write(writer, "ruleSet", schema.Rules);
        writer.WriteString("schema"u8, schema.Text);
        writer.WriteBoolean("deleted"u8, schema.IsDeleted);
    }

    private static byte[] Encode(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Writing))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
