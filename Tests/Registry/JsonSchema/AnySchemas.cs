using System.Text.Json.Nodes;
using CsCheck;

namespace Tests.Registry.JsonSchema;

/// <summary>Makes schemas of every draft with every keyword, references among their definitions and to themselves included.</summary>
internal sealed class AnySchemas(Random random)
{
    private const int MaxDepth = 4;

    private static readonly string?[] Drafts =
    [
        null,
        "http://json-schema.org/draft-06/schema#",
        "http://json-schema.org/draft-07/schema#",
        "https://json-schema.org/draft/2019-09/schema",
        "https://json-schema.org/draft/2020-12/schema",
    ];

    private static readonly string[] Keywords =
    [
        "type", "types", "enum", "const", "not", "allOf", "anyOf", "oneOf", "minLength", "maxLength", "pattern", "format", "minimum", "maximum",
        "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "items", "tuple", "uniqueItems", "minItems", "maxItems", "contains", "minContains",
        "properties", "required", "patternProperties", "additionalProperties", "propertyNames", "minProperties", "dependencies", "unevaluatedProperties",
        "unevaluatedItems", "if", "title", "description", "default", "$comment", "readOnly",
    ];

    private string? _draft;

    private bool IsModern => _draft?.Contains("/20", StringComparison.Ordinal) == true;

    public static Gen<string> Gen { get; } = CsCheck.Gen.Int.Select(seed => Make(new Random(seed)));

    public static string Make(Random random) => new AnySchemas(random).Root();

    /// <summary>The same values with the members of all objects in another order.</summary>
    public static string Shuffle(string text, int seed)
    {
        var random = new Random(seed);
        return Walk(JsonNode.Parse(text))!.ToJsonString();

        JsonNode? Walk(JsonNode? node) => node switch
        {
            JsonObject o => new JsonObject(o.OrderBy(_ => random.Next()).Select(m => KeyValuePair.Create(m.Key, Walk(m.Value)))),
            JsonArray a => new JsonArray([.. a.Select(Walk)]),
            _ => node?.DeepClone(),
        };
    }

    private string Root()
    {
        _draft = Drafts[random.Next(Drafts.Length)];
        var root = Schema(0) as JsonObject ?? [];
        if (_draft is not null)
        {
            root["$schema"] = _draft;
        }

        // A definition refers only to what it contains, so that no reference is its own target.
        root["definitions"] = new JsonObject { ["x"] = Schema(MaxDepth - 1), ["y"] = Schema(MaxDepth - 1) };
        if (random.Next(3) == 0)
        {
            root["properties"] = new JsonObject { ["again"] = new JsonObject { ["$ref"] = "#" }, ["x"] = Reference() };
        }

        return root.ToJsonString();
    }

    private JsonNode Schema(int depth)
    {
        if (random.Next(12) == 0)
        {
            return random.Next(2) == 0;
        }

        if (depth is > 0 and < MaxDepth - 1 && random.Next(8) == 0)
        {
            return Reference();
        }

        var o = new JsonObject();
        for (var i = random.Next(1, 5); i > 0; i--)
        {
            Add(o, Keywords[random.Next(Keywords.Length)], depth);
        }

        return o;
    }

    private JsonObject Reference() => new() { ["$ref"] = random.Next(2) == 0 ? "#/definitions/x" : "#/$defs/y" };

    private void Add(JsonObject o, string keyword, int depth)
    {
        var isLeaf = depth >= MaxDepth;
        switch (keyword)
        {
            case "type":
                o["type"] = Type();
                break;
            case "types":
                o["type"] = new JsonArray(Type(), "null");
                break;
            case "enum":
                o["enum"] = new JsonArray(random.Next(3), "a", 1.50m);
                break;
            case "const" or "default":
                o[keyword] = random.Next(2) == 0 ? random.Next(3) : new JsonObject { ["b"] = 1, ["a"] = null };
                break;
            case "pattern" or "format" or "title" or "description" or "$comment":
                o[keyword] = random.Next(2) == 0 ? "a" : "b{0}é";
                break;
            case "uniqueItems" or "readOnly":
                o[keyword] = true;
                break;
            case "required":
                o[keyword] = new JsonArray("p");
                break;
            case "dependencies":
                o[IsModern ? "dependentRequired" : "dependencies"] = new JsonObject { ["p"] = new JsonArray("q") };
                break;
            case "tuple" when !isLeaf:
                o[_draft?.Contains("2020", StringComparison.Ordinal) == true ? "prefixItems" : "items"] = new JsonArray(Schema(depth + 1), Schema(depth + 1));
                break;
            case "allOf" or "anyOf" or "oneOf" when !isLeaf:
                o[keyword] = new JsonArray([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Schema(depth + 1))]);
                break;
            case "properties" or "patternProperties" when !isLeaf:
                o[keyword] = new JsonObject { ["p"] = Schema(depth + 1), [random.Next(2) == 0 ? "q" : "r"] = Schema(depth + 1) };
                break;
            case "not" or "items" or "contains" or "additionalProperties" or "propertyNames" or "unevaluatedProperties" or "unevaluatedItems" or "if"
                when !isLeaf:
                o[keyword] = Schema(depth + 1);
                break;
            case var bound when bound.StartsWith('m') || bound.StartsWith("ex", StringComparison.Ordinal):
                o[bound] = random.Next(1, 6);
                break;
        }
    }

    private string Type() => ((string[])["string", "number", "integer", "object", "array", "boolean", "null"])[random.Next(7)];
}
