using System.Text.Json;
using Kernel;
using SchemaRegistry.Core.Subjects;
using SchemaRegistry.Core.Subjects.Contracts;
using SchemaRegistry.Core.Subjects.Decisions;
using SchemaRegistry.Service.Http;
using SchemaRegistry.Service.Tenants;

namespace SchemaRegistry.Service.Api;

/// <summary>Reads the bodies of requests. What does not fit their shapes is error 422.</summary>
internal static class RequestBodies
{
    // A character is six bytes at most, as \u0041.
    private const int EscapedBytes = 6;

    /// <summary>
    /// A schema to be registered, looked up or compared. One that is too long for the registry in any spelling is refused before anything is made of
    /// it: what reads JSON rents memory by the megabyte, which the pools of all threads keep.
    /// </summary>
    /// <param name="tooLong">The error for that.</param>
    public static async ValueTask<SchemaRequest> SchemaAsync(Call call, RegistryError tooLong)
    {
        var longest = (long)EscapedBytes * call.Registry.Ledger.Settings.MaxSchemaChars;
        if (IsLong(await call.BodyBytesAsync(), longest))
        {
            throw new RegistryException(tooLong);
        }

        using var body = await call.BodyAsync();
        return Allowed(call, Read(body.RootElement, Schema), call.Subject().Context);
    }

    /// <summary>Two schemas to be compared, each as in a registration, and whether changes that a lenient reader takes are harmless.</summary>
    public static async ValueTask<(SchemaRequest Old, SchemaRequest New, bool IsLenient)> PairAsync(Call call)
    {
        using var body = await call.BodyAsync();
        var (old, newer, policy) = Read(body.RootElement, static json => (Member(json, "old"), Member(json, "new"), ContractsJson.Text(json, "compatibilityPolicy")));
        return (Allowed(call, old, call.Context), Allowed(call, newer, call.Context), policy == "LENIENT");

        static SchemaRequest Member(JsonElement json, string name) =>
            ContractsJson.TryMember(json, name, out var schema) ? Schema(schema) : throw new JsonException($"'{name}' is missing");
    }

    private static SchemaRequest Schema(JsonElement json)
    {
        var metadata = ContractsJson.ReadMetadata(json, "metadata");
        return new SchemaRequest
        {
            Text = ContractsJson.Text(json, "schema"),
            Type = ContractsJson.Text(json, "schemaType"),
            References = ContractsJson.TryMember(json, "references", out var references) ? ContractsJson.ReadReferences(references) : [],
            Metadata = Tagging.WithTags(metadata, Tags(json, "schemaTagsToAdd"), Tags(json, "schemaTagsToRemove")),
            Rules = ContractsJson.ReadRules(json, "ruleSet"),
            Id = ContractsJson.Number(json, "id"),
            Version = ContractsJson.Number(json, "version"),
        };
    }

    /// <summary>What a schema refers to becomes readable in its resolved form.</summary>
    private static SchemaRequest Allowed(Call call, SchemaRequest schema, string context)
    {
        foreach (var reference in schema.References)
        {
            call.Demand(RegistryOperation.SubjectRead, SubjectName.ParseWithin(reference.Subject, context));
        }

        return schema;
    }

    /// <summary>What is said of a schema that nobody can have registered.</summary>
    public static RegistryError TooLong(Call call) =>
        RegistryError.InvalidSchema($"The schema is longer than {call.Registry.Ledger.Settings.MaxSchemaChars} characters");

    public static async ValueTask<TagRequest> TagsAsync(Call call)
    {
        using var body = await call.BodyAsync();
        return Read(body.RootElement, static json => new TagRequest
        {
            NewVersion = ContractsJson.Number(json, "newVersion"),
            Add = Tags(json, "tagsToAdd"),
            Remove = Tags(json, "tagsToRemove"),
            Metadata = ContractsJson.ReadMetadata(json, "metadata"),
            Rules = ContractsJson.ReadRules(json, "ruleSet"),
            RulesToMerge = ContractsJson.ReadRules(json, "rulesToMerge"),
            RulesToRemove = ContractsJson.TryMember(json, "rulesToRemove", out var names) ? ContractsJson.Texts(names) : [],
        });
    }

    public static async ValueTask<ConfigUpdate> ConfigAsync(Call call)
    {
        using var body = await call.BodyAsync();
        return Read(body.RootElement, ConfigJson.ReadUpdate);
    }

    public static async ValueTask<string?> ModeAsync(Call call)
    {
        using var body = await call.BodyAsync();
        return Read(body.RootElement, static json => ContractsJson.Text(json, "mode"));
    }

    /// <summary>Reads a body. Throws <see cref="RegistryException"/> 422 for what has another shape.</summary>
    public static T Read<T>(JsonElement json, Func<JsonElement, T> read)
    {
        try
        {
            return read(json);
        }
        catch (Exception bad) when (bad is JsonException or InvalidOperationException)
        {
            throw new RegistryException(HttpErrors.Unprocessable($"The body cannot be read: {bad.Message}"));
        }
    }

    /// <summary>Whether the text of the schema has more bytes than this. False for what is no such JSON: whoever reads it will say so.</summary>
    private static bool IsLong(ReadOnlyMemory<byte> body, long bytes)
    {
        if (body.Length <= bytes)
        {
            return false;
        }

        var reader = new Utf8JsonReader(body.Span, new JsonReaderOptions { MaxDepth = Limits.MaxSchemaRequestDepth });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1)
                {
                    var isSchema = reader.ValueTextEquals("schema"u8);
                    if (reader.Read() && isSchema && reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length > bytes)
                    {
                        return true;
                    }

                    reader.Skip();
                }
            }
        }
        catch (JsonException)
        {
            return false;
        }

        return false;
    }

    private static List<PathTags> Tags(JsonElement json, string member)
    {
        var tags = new List<PathTags>();
        if (!ContractsJson.TryMember(json, member, out var list))
        {
            return tags;
        }

        foreach (var item in list.EnumerateArray())
        {
            if (ContractsJson.TryMember(item, "schemaEntity", out var entity) && ContractsJson.Text(entity, "entityPath") is { } path)
            {
                tags.Add(new PathTags(path, ContractsJson.TryMember(item, "tags", out var names) ? ContractsJson.Texts(names) : []));
            }
        }

        return tags;
    }
}
