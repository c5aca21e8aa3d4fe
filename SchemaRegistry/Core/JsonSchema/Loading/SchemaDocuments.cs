using Kernel;
using SchemaRegistry.Core.JsonSchema.Text;
using SchemaRegistry.Core.Languages;

namespace SchemaRegistry.Core.JsonSchema.Loading;

/// <summary>
/// All texts of one schema: its own, those that the registry's references name, and the drafts' meta-schemas. Finds what a $ref leads to among
/// them and nowhere else. One owner, for one load.
/// </summary>
internal sealed class SchemaDocuments
{
    private readonly JsonTextReader _reader;
    private readonly Dictionary<string, SchemaResource> _byUri = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SchemaDocument> _byName = new(StringComparer.Ordinal);
    private readonly AddressBudget _addresses = new();

    private SchemaDocuments(JsonTextReader reader, SchemaDocument root)
    {
        _reader = reader;
        Root = root;
    }

    public SchemaDocument Root { get; }

    /// <summary>Reads the references of a schema, whose own text has been read already. Throws <see cref="InvalidSchemaException"/>.</summary>
    public static SchemaDocuments Open(JsonTextReader reader, JsonValue root, SchemaSource source)
    {
        var documents = new SchemaDocuments(reader, new SchemaDocument(root, SchemaDrafts.Of(root, SchemaDraft.Draft7)));
        documents.Scan(documents.Root, "");
        documents.OpenReferences(source);
        return documents;
    }

    /// <summary>What a reference leads to, seen from where it stands. Throws <see cref="InvalidSchemaException"/> when that is nowhere.</summary>
    public JsonValue Resolve(string reference, SchemaResource from)
    {
        var (uri, fragment) = UriReference.Split(reference);
        SchemaResource? resource = from;
        if (uri.Length > 0 && !from.Found.TryGetValue(uri, out resource))
        {
            from.Found.Add(uri, resource = FindResource(uri, from));
        }

        if (resource is null)
        {
            throw UriReference.Scheme(_addresses.Resolve(from.BaseUri, uri)) is not null and not "urn"
                ? new InvalidSchemaException(
                    $"unsupported external reference {reference}: it is none of the schema's references, and nothing is fetched",
                    isExternal: true)
                : new InvalidSchemaException($"unresolved reference {reference}");
        }

        return Locate(resource, fragment) ?? throw new InvalidSchemaException($"unresolved reference {reference}");
    }

    /// <summary>$dynamicRef: as $ref, unless the place it leads to and the whole schema have a dynamic anchor of the same name; then the latter.</summary>
    public JsonValue ResolveDynamic(string reference, SchemaResource from)
    {
        var found = Resolve(reference, from);
        return UriReference.Split(reference).Fragment is { Length: > 0 } anchor
            && (found as JsonObject)?.Resource?.DynamicAnchors.GetValueOrDefault(anchor) == found
            && Root.Resource.DynamicAnchors.TryGetValue(anchor, out var outermost)
            ? outermost
            : found;
    }

    /// <summary>$recursiveRef: as $ref, unless the place it leads to and the whole schema are recursive anchors; then the latter.</summary>
    public JsonValue ResolveRecursive(string reference, SchemaResource from)
    {
        var found = Resolve(reference, from);
        return (found as JsonObject)?.Resource is { IsRecursiveAnchor: true } && Root.Resource.IsRecursiveAnchor ? Root.Root : found;
    }

    private SchemaResource? FindResource(string uri, SchemaResource from)
    {
        var absolute = _addresses.Resolve(from.BaseUri, uri);
        var names = from.Document.Names;
        if (names.TryGetValue(uri, out var named) || names.TryGetValue(absolute, out named))
        {
            return named.Resource;
        }

        if (_byUri.TryGetValue(absolute, out var resource))
        {
            return resource;
        }

        if (_byName.TryGetValue(uri, out named) || _byName.TryGetValue(absolute, out named))
        {
            return named.Resource;
        }

        if (MetaSchemas.Find(absolute) is not { } text)
        {
            return null;
        }

        var root = _reader.Read(text, out var error) ?? throw new InvalidSchemaException(error!);
        var meta = new SchemaDocument(root, SchemaDrafts.Of(root, Root.Draft));
        Scan(meta, absolute);
        _byUri.TryAdd(absolute, meta.Resource);
        return meta.Resource;
    }

    private static JsonValue? Locate(SchemaResource resource, string? fragment)
    {
        if (string.IsNullOrEmpty(fragment))
        {
            return resource.Root;
        }

        var whole = resource.Document.Resource;
        if (fragment[0] == '/')
        {
            return Walk(resource.Root, fragment) ?? WalkRenamed(resource.Root, fragment) ?? (whole == resource ? null : Walk(whole.Root, fragment));
        }

        var anchor = Uri.UnescapeDataString(fragment);
        return resource.Anchors.GetValueOrDefault(anchor) ?? whole.Anchors.GetValueOrDefault(anchor);
    }

    /// <summary>Definitions that are not under the later of their two keywords are looked for under the earlier one.</summary>
    private static JsonValue? WalkRenamed(JsonValue root, string pointer)
    {
        const string Later = "/$defs/";
        return pointer.StartsWith(Later, StringComparison.Ordinal) ? Walk(root, "/definitions/" + pointer[Later.Length..]) : null;
    }

    /// <summary>A JSON pointer, percent signs included as it stands in a fragment.</summary>
    private static JsonValue? Walk(JsonValue root, string pointer)
    {
        JsonValue? at = root;
        foreach (var part in pointer[1..].Split('/'))
        {
            var name = part.Contains('%', StringComparison.Ordinal) ? Uri.UnescapeDataString(part) : part;
            name = name.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            at = at switch
            {
                JsonObject o => o.Get(name),
                JsonArray array when int.TryParse(name, out var index) && index >= 0 && index < array.Items.Count => array.Items[index],
                _ => null,
            };
            if (at is null)
            {
                return null;
            }
        }

        return at;
    }

    private void OpenReferences(SchemaSource source)
    {
        var opened = new Dictionary<SchemaSource, SchemaDocument>(ReferenceEqualityComparer.Instance) { [source] = Root };
        var waiting = new Queue<SchemaSource>();
        waiting.Enqueue(source);
        while (waiting.TryDequeue(out var next))
        {
            foreach (var reference in next.References)
            {
                if (!opened.TryGetValue(reference.Source, out var document))
                {
                    if (opened.Count > Limits.MaxSchemaJsonDocuments)
                    {
                        throw new InvalidSchemaException($"the schema refers to more than {Limits.MaxSchemaJsonDocuments} others");
                    }

                    var root = _reader.Read(reference.Source.Text, out var error)
                        ?? throw new InvalidSchemaException($"reference {reference.Name}: invalid JSON: {error}");
                    document = new SchemaDocument(root, SchemaDrafts.Of(root, Root.Draft));
                    Scan(document, _addresses.Resolve(Root.Resource.BaseUri, UriReference.Split(reference.Name).Uri));
                    opened.Add(reference.Source, document);
                    waiting.Enqueue(reference.Source);
                }

                Name(opened[next], document, UriReference.Split(reference.Name).Uri);
            }
        }
    }

    private void Name(SchemaDocument referring, SchemaDocument document, string name)
    {
        referring.Names.TryAdd(name, document);
        referring.Names.TryAdd(_addresses.Resolve(referring.Resource.BaseUri, name), document);
        _byName.TryAdd(name, document);
        _byName.TryAdd(_addresses.Resolve(Root.Resource.BaseUri, name), document);
    }

    private void Scan(SchemaDocument document, string baseUri) =>
        ResourceScan.Run(document, baseUri, _addresses, resource => _byUri.TryAdd(resource.BaseUri, resource));
}
