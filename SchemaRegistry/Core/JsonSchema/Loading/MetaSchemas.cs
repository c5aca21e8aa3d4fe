namespace SchemaRegistry.Core.JsonSchema.Loading;

/// <summary>
/// The schemas of schemas that a text may refer to without registering them: those of the five drafts with their vocabularies, as the JSON Schema
/// project publishes them.
/// </summary>
internal static class MetaSchemas
{
    private const string Folder = "MetaSchemas/";

    private static readonly string[] Sites = ["http://json-schema.org/", "https://json-schema.org/"];

    /// <summary>The text for an absolute URI without fragment, or null.</summary>
    public static string? Find(string uri)
    {
        if (Array.Find(Sites, s => uri.StartsWith(s, StringComparison.Ordinal)) is not { } site)
        {
            return null;
        }

        var path = uri[site.Length..];
        if (path.StartsWith("draft/", StringComparison.Ordinal))
        {
            path = path["draft/".Length..];
        }

        const string Whole = "/schema";
        var name = path.EndsWith(Whole, StringComparison.Ordinal) ? path[..^Whole.Length] : path.Replace('/', '-');
        using var stream = typeof(MetaSchemas).Assembly.GetManifestResourceStream(Folder + name + ".json");
        if (stream is null)
        {
            return null;
        }

        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
