using SchemaRegistry.Core.JsonSchema.Text;

namespace SchemaRegistry.Core.JsonSchema.Loading;

/// <summary>A document, or a part of one with its own $id: what a reference without a path is relative to.</summary>
internal sealed class SchemaResource(SchemaDocument document, JsonValue root, string baseUri)
{
    public SchemaDocument Document { get; } = document;

    public JsonValue Root { get; } = root;

    /// <summary>Without fragment; empty or relative where the texts say no more.</summary>
    public string BaseUri { get; } = baseUri;

    /// <summary>What the references in it, without their fragments, were found to lead to; null for nowhere.</summary>
    public Dictionary<string, SchemaResource?> Found { get; } = new(StringComparer.Ordinal);

    /// <summary>$anchor, $dynamicAnchor and, up to draft 7, $id with a fragment alone.</summary>
    public Dictionary<string, JsonValue> Anchors { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, JsonValue> DynamicAnchors { get; } = new(StringComparer.Ordinal);

    /// <summary>$recursiveAnchor at the root (2019-09).</summary>
    public bool IsRecursiveAnchor { get; set; }
}

/// <summary>One text with the names that it calls other texts by.</summary>
internal sealed class SchemaDocument(JsonValue root, SchemaDraft draft)
{
    public JsonValue Root { get; } = root;

    public SchemaDraft Draft { get; } = draft;

    /// <summary>The whole document as a resource; set by the scan that follows.</summary>
    public SchemaResource Resource { get; set; } = null!;

    /// <summary>What the registry's references of this text lead to.</summary>
    public Dictionary<string, SchemaDocument> Names { get; } = new(StringComparer.Ordinal);
}
