using SchemaRegistry.Core.JsonSchema.Text;

namespace SchemaRegistry.Core.JsonSchema.Loading;

/// <summary>Finds the parts of a document that have names of their own: $id, $anchor, $dynamicAnchor. Does not recurse.</summary>
internal static class ResourceScan
{
    // What is read as a schema's text is told from what only looks like one: a constant may be an object with a member named $id.
    private enum Position
    {
        Schema,
        SchemasByName,
        Data,
    }

    /// <summary>Gives the document its resource, each object the resource that it stands in, and reports every resource with an $id.</summary>
    public static void Run(SchemaDocument document, string baseUri, AddressBudget addresses, Action<SchemaResource> found)
    {
        var own = (document.Root as JsonObject)?.Get(document.Draft.IdKeyword()) as JsonString;
        document.Resource = new SchemaResource(document, document.Root, addresses.Resolve(baseUri, UriReference.Split(own?.Value ?? "").Uri));
        found(document.Resource);
        var waiting = new Stack<(JsonValue Value, SchemaResource Resource, Position Position)>();
        waiting.Push((document.Root, document.Resource, Position.Schema));
        while (waiting.TryPop(out var next))
        {
            if (next.Value is JsonArray array)
            {
                foreach (var item in array.Items)
                {
                    waiting.Push((item, next.Resource, next.Position));
                }
            }
            else if (next.Value is JsonObject o)
            {
                var resource = next.Position == Position.Schema ? Enter(o, next.Resource, addresses, found) : next.Resource;
                o.Resource = resource;
                foreach (var (name, value) in o.Members)
                {
                    waiting.Push((value, resource, Below(next.Position, name)));
                }
            }
        }
    }

    private static Position Below(Position position, string name) => position switch
    {
        Position.Data => Position.Data,
        Position.SchemasByName => Position.Schema,
        _ => name switch
        {
            "properties" or "patternProperties" or "definitions" or "$defs" or "dependencies" or "dependentSchemas" => Position.SchemasByName,
            "enum" or "const" or "default" or "examples" => Position.Data,
            _ => Position.Schema,
        },
    };

    private static SchemaResource Enter(JsonObject o, SchemaResource resource, AddressBudget addresses, Action<SchemaResource> found)
    {
        var draft = resource.Document.Draft;
        if (!draft.IsModern() && o.Has("$ref"))
        {
            return resource;
        }

        if (o.Get(draft.IdKeyword()) is JsonString { Value: var id })
        {
            var (uri, fragment) = UriReference.Split(id);
            if (uri.Length > 0 && o != resource.Root)
            {
                resource = new SchemaResource(resource.Document, o, addresses.Resolve(resource.BaseUri, uri));
                found(resource);
            }

            if (!string.IsNullOrEmpty(fragment) && !draft.IsModern())
            {
                resource.Anchors.TryAdd(fragment, o);
            }
        }

        if (draft.IsModern())
        {
            if (o.Get("$anchor") is JsonString anchor)
            {
                resource.Anchors.TryAdd(anchor.Value, o);
            }

            if (o.Get("$dynamicAnchor") is JsonString dynamic)
            {
                resource.Anchors.TryAdd(dynamic.Value, o);
                resource.DynamicAnchors.TryAdd(dynamic.Value, o);
            }

            if (o == resource.Root && o.Get("$recursiveAnchor") is JsonLiteral { IsTrue: true })
            {
                resource.IsRecursiveAnchor = true;
            }
        }

        return resource;
    }
}
