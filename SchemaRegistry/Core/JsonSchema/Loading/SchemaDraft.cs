using SchemaRegistry.Core.JsonSchema.Text;

namespace SchemaRegistry.Core.JsonSchema.Loading;

/// <summary>The drafts of JSON Schema, in their order.</summary>
internal enum SchemaDraft
{
    Draft4,
    Draft6,
    Draft7,
    Draft2019,
    Draft2020,
}

internal static class SchemaDrafts
{
    /// <summary>By $schema; the given one when it is absent or unknown.</summary>
    public static SchemaDraft Of(JsonValue root, SchemaDraft unlessSaid)
    {
        if (root is not JsonObject o || o.Get("$schema") is not JsonString { Value: var uri })
        {
            return unlessSaid;
        }

        var schema = uri.TrimEnd('#');
        foreach (var scheme in (ReadOnlySpan<string>)["http://", "https://"])
        {
            if (schema.StartsWith(scheme, StringComparison.Ordinal))
            {
                return schema[scheme.Length..] switch
                {
                    "json-schema.org/draft-04/schema" => SchemaDraft.Draft4,
                    "json-schema.org/draft-06/schema" => SchemaDraft.Draft6,
                    "json-schema.org/draft-07/schema" => SchemaDraft.Draft7,
                    "json-schema.org/draft/2019-09/schema" => SchemaDraft.Draft2019,
                    "json-schema.org/draft/2020-12/schema" => SchemaDraft.Draft2020,
                    _ => unlessSaid,
                };
            }
        }

        return unlessSaid;
    }

    /// <summary>Keywords next to $ref count, and each is a part of its own.</summary>
    public static bool IsModern(this SchemaDraft draft) => draft >= SchemaDraft.Draft2019;

    public static string IdKeyword(this SchemaDraft draft) => draft == SchemaDraft.Draft4 ? "id" : "$id";
}
