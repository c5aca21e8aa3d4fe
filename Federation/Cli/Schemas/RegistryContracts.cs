using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Federation.Cli.Schemas;

/// <summary>A version of a subject, as a Confluent-compatible registry gives it. Metadata and rules are kept as they come.</summary>
internal sealed record SchemaVersion
{
    public string? Subject { get; init; }
    public int Version { get; init; }
    public int Id { get; init; }

    /// <summary>Absent in answers of old registries for Avro.</summary>
    public string? SchemaType { get; init; }
    public SchemaReference[]? References { get; init; }
    public JsonElement? Metadata { get; init; }
    public JsonElement? RuleSet { get; init; }
    public string? Schema { get; init; }

    /// <summary>Absent in answers of registries that do not know the property.</summary>
    public bool? Deleted { get; init; }
    public string[]? Aliases { get; init; }

    [JsonIgnore]
    public string Type => SchemaType ?? "AVRO";
}

/// <summary>A schema that another one refers to by a name of its own.</summary>
/// <param name="Version">-1: the latest.</param>
internal sealed record SchemaReference(string Name, string Subject, int Version);

/// <summary>Body of a registration, a look-up and a comparison.</summary>
internal sealed record SchemaBody
{
    public required string Schema { get; init; }
    public string? SchemaType { get; init; }
    public SchemaReference[]? References { get; init; }
    public JsonElement? Metadata { get; init; }
    public JsonElement? RuleSet { get; init; }

    /// <summary>In IMPORT mode alone.</summary>
    public int? Id { get; init; }

    /// <summary>In IMPORT mode the version's number.</summary>
    public int? Version { get; init; }
}

/// <summary>Body of `POST /compatibility/schemas`, an endpoint of Federation's own.</summary>
internal sealed record CompareBody(SchemaBody Old, SchemaBody New);

/// <summary>Answer of `POST /compatibility/schemas`.</summary>
internal sealed record Comparison(ComparedSchema Old, ComparedSchema New, ComparedDirection Backward, ComparedDirection Forward);

/// <param name="Schema">Canonical.</param>
internal sealed record ComparedSchema(string SchemaType, string Schema);

/// <summary>One direction: whether data written with one schema can be read with the other.</summary>
/// <param name="Reader">"new" or "old".</param>
internal sealed record ComparedDirection(
    string Reader, string Writer, [property: JsonPropertyName("is_compatible")] bool IsCompatible, ComparedFinding[] Findings);

internal sealed record ComparedFinding(
    string Type, string Path, [property: JsonPropertyName("is_compatible")] bool IsCompatible, string Message, string? Detail);

/// <summary>Answer of Confluent's compatibility check.</summary>
internal sealed record Verdict([property: JsonPropertyName("is_compatible")] bool IsCompatible, string[]? Messages);

internal sealed record RegistryProblem([property: JsonPropertyName("error_code")] int ErrorCode, string? Message);

internal sealed record ModeBody(string Mode);

/// <summary>What `fed schema` reads and writes as JSON.</summary>
[JsonSerializable(typeof(SchemaVersion[]))]
[JsonSerializable(typeof(SchemaBody))]
[JsonSerializable(typeof(CompareBody))]
[JsonSerializable(typeof(Comparison))]
[JsonSerializable(typeof(Verdict))]
[JsonSerializable(typeof(RegistryProblem))]
[JsonSerializable(typeof(ModeBody))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(int[]))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(SubjectRow[]))]
[JsonSerializable(typeof(CheckReport))]
[JsonSerializable(typeof(CheckManifest))]
[JsonSerializable(typeof(DiffReport))]
[JsonSerializable(typeof(ExportLine))]
[JsonSerializable(typeof(ExportReport))]
[JsonSerializable(typeof(ImportReport))]
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class RegistryJson : JsonSerializerContext
{
    /// <summary>Escapes no more than JSON needs, so that schemas in files can be read and searched.</summary>
    public static RegistryJson Plain { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
