using SchemaRegistry.Core.JsonSchema.Model;
using SchemaRegistry.Core.JsonSchema.Text;

namespace SchemaRegistry.Core.JsonSchema.Loading;

/// <summary>
/// Makes the compared model from a schema's texts. Recurses by the depth of the text; what references lead to waits in a queue, so that chains
/// and cycles of them cost no stack. Throws <see cref="InvalidSchemaException"/>. One owner, for one load.
/// </summary>
internal sealed class SchemaLoader
{
    private readonly SchemaDocuments _documents;
    private readonly List<ReferenceSchema> _references = [];
    private readonly List<string> _place = [];
    private readonly ClassicKeywords _classic;
    private readonly ModernKeywords _modern;
    private string _start = "#";

    private SchemaLoader(SchemaDocuments documents)
    {
        _documents = documents;
        Families = new KeywordFamilies(this);
        _classic = new ClassicKeywords(this);
        _modern = new ModernKeywords(this);
    }

    public KeywordFamilies Families { get; }

    public SchemaPatterns Patterns { get; } = new();

    public static Schema Load(SchemaDocuments documents) => new SchemaLoader(documents).LoadAll();

    /// <summary>The schema of a value below the present one.</summary>
    public Schema Below(JsonValue value, JsonObject parent, string keyword, string? name = null)
    {
        _place.Add(keyword);
        if (name is not null)
        {
            _place.Add(name);
        }

        var schema = At(value, parent.Resource!.Document.Draft);
        _place.RemoveRange(_place.Count - (name is null ? 1 : 2), name is null ? 1 : 2);
        return schema;
    }

    /// <summary>A reference, to be followed when the rest is loaded.</summary>
    public ReferenceSchema Refer(JsonObject at, string keyword)
    {
        var reference = at.Get(keyword) is JsonString text ? text.Value : throw Bad(keyword, "a string", at.Get(keyword)!);
        JsonValue node;
        try
        {
            node = keyword switch
            {
                "$dynamicRef" => _documents.ResolveDynamic(reference, at.Resource!),
                "$recursiveRef" => _documents.ResolveRecursive(reference, at.Resource!),
                _ => _documents.Resolve(reference, at.Resource!),
            };
        }
        catch (InvalidSchemaException e)
        {
            throw new InvalidSchemaException($"{Place(keyword)}: {e.Message}", e.IsExternal);
        }

        var schema = new ReferenceSchema(reference, node);
        _references.Add(schema);
        return schema;
    }

    public InvalidSchemaException Bad(string keyword, string expected, JsonValue found) => Bad(keyword, $"expected {expected}, found {found.What}");

    public InvalidSchemaException Bad(string keyword, string message) => new($"{Place(keyword)}: {message}");

    private Schema LoadAll()
    {
        var root = At(_documents.Root.Root, _documents.Root.Draft);

        // The list grows while it is walked: what a reference leads to has references of its own.
        for (var i = 0; i < _references.Count; i++)
        {
            var reference = _references[i];
            _start = reference.Reference;
            reference.Next = At(reference.Node, (reference.Node as JsonObject)?.Resource?.Document.Draft ?? _documents.Root.Draft);
        }

        foreach (var reference in _references)
        {
            Follow(reference);
        }

        return root;
    }

    private static void Follow(ReferenceSchema reference)
    {
        var passed = new HashSet<ReferenceSchema>();
        Schema at = reference;
        while (at is ReferenceSchema { HasTarget: false } next)
        {
            if (!passed.Add(next))
            {
                throw new InvalidSchemaException($"the reference {reference.Reference} leads back to itself");
            }

            at = next.Next!;
        }

        foreach (var one in passed)
        {
            one.SetTarget(at.Target);
        }
    }

    private Schema At(JsonValue value, SchemaDraft draft)
    {
        if (value.Schema is { } known)
        {
            return known;
        }

        Schema schema;
        if (value is JsonObject o)
        {
            var own = o.Resource!.Document.Draft;
            schema = own.IsModern() ? _modern.Load(o, own) : _classic.Load(o, own);
        }
        else if (value is JsonLiteral { IsBoolean: true } literal && draft != SchemaDraft.Draft4)
        {
            schema = literal.IsTrue ? new TrueSchema() : new FalseSchema();
        }
        else
        {
            var expected = draft == SchemaDraft.Draft4 ? "an object" : "an object or a boolean";
            throw new InvalidSchemaException($"{Place(null)}: expected a schema, which is {expected}, found {value.What}");
        }

        value.Schema = schema;
        return schema;
    }

    private string Place(string? keyword)
    {
        // Long names are cut: the message is for people, and a name may have a megabyte.
        const int MaxChars = 500;
        var place = string.Join('/', [_start, .. _place, .. keyword is null ? Array.Empty<string>() : [keyword]]);
        return place.Length <= MaxChars ? place : string.Concat(place.AsSpan(0, MaxChars), "…");
    }
}
