using SchemaRegistry.Core.JsonSchema.Loading;
using SchemaRegistry.Core.JsonSchema.Model;
using SchemaRegistry.Core.JsonSchema.Text;
using SchemaRegistry.Core.Languages;

namespace SchemaRegistry.Core.JsonSchema;

/// <summary>
/// A JSON Schema as the registry holds it: its text, printed again, and the model that is compared. The model is made when it is first asked for,
/// which registering does at once and a look-up never; making it twice at the same time gives the same.
/// </summary>
internal sealed class ParsedJsonSchema : IParsedSchema
{
    private readonly JsonValue _root;
    private readonly SchemaSource _source;
    private string? _normalized;
    private LoadResult? _loaded;

    public ParsedJsonSchema(JsonValue root, SchemaSource source)
    {
        _root = root;
        _source = source;
        CanonicalText = JsonPrinter.Print(root);
    }

    public SchemaType Type => SchemaType.Json;

    public string CanonicalText { get; }

    public string NormalizedText => _normalized ??= JsonPrinter.PrintSorted(_root);

    /// <summary>The title.</summary>
    public string? Name => _root is JsonObject o && o.Get("title") is JsonString title ? title.Value : null;

    /// <summary>Whether the outermost object names a property so. A reserved name must not be one.</summary>
    public bool HasField(string name) => _root is JsonObject o && o.Get("properties") is JsonObject properties && properties.Has(name);

    public string? Format(string format) => null;

    /// <summary>The model, or why the text has none.</summary>
    public LoadResult Load()
    {
        if (_loaded is null)
        {
            // Loading writes into the values that it reads (which resource they stand in), and two may load at the same time.
            var reader = new JsonTextReader();
            var root = reader.Read(CanonicalText, out var error);
            _loaded = root is null ? new LoadResult(null, error, IsExternal: false) : LoadFrom(reader, root, _source);
        }

        return _loaded;
    }

    /// <summary>The same at once, before anybody else has the schema, with the reader that has just read it.</summary>
    public LoadResult LoadFirst(JsonTextReader reader) => _loaded = LoadFrom(reader, _root, _source);

    private static LoadResult LoadFrom(JsonTextReader reader, JsonValue root, SchemaSource source)
    {
        try
        {
            return new LoadResult(SchemaLoader.Load(SchemaDocuments.Open(reader, root, source)), null, IsExternal: false);
        }
        catch (InvalidSchemaException e)
        {
            return new LoadResult(null, e.Message, e.IsExternal);
        }
    }

    /// <summary>A model, or the error that keeps a text from having one.</summary>
    internal sealed record LoadResult(Schema? Schema, string? Error, bool IsExternal);
}
