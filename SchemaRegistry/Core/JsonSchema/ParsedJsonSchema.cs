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
    private JsonTextReader? _reader;
    private string? _normalized;
    private LoadResult? _loaded;

    /// <param name="reader">The reader that has read the root: what it may still read is for the schema's references.</param>
    public ParsedJsonSchema(JsonTextReader reader, JsonValue root, SchemaSource source)
    {
        _reader = reader;
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
        if (_loaded is { } loaded)
        {
            return loaded;
        }

        // Loading writes into the values that it reads (which resource they stand in), and two may load at the same time: the first has the values
        // that were read already, any other reads them again.
        if (Interlocked.Exchange(ref _reader, null) is { } first)
        {
            return _loaded = LoadFrom(first, _root, _source);
        }

        var reader = new JsonTextReader();
        var root = reader.Read(CanonicalText, out var error);
        return _loaded = root is null ? new LoadResult(null, error, IsExternal: false) : LoadFrom(reader, root, _source);
    }

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
