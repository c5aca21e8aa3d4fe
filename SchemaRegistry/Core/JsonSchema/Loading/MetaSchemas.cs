namespace SchemaRegistry.Core.JsonSchema.Loading;

/// <summary>The schemas of schemas that a text may refer to without registering them.</summary>
internal static partial class MetaSchemas
{
    /// <summary>The text for an absolute URI without fragment, or null.</summary>
    public static string? Find(string uri) => null;
}
