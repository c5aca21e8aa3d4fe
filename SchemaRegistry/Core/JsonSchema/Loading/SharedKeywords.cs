using SchemaRegistry.Core.JsonSchema.Model;
using SchemaRegistry.Core.JsonSchema.Text;

namespace SchemaRegistry.Core.JsonSchema.Loading;

/// <summary>What the loaders of both generations of drafts read alike.</summary>
internal abstract class SharedKeywords(SchemaLoader loader)
{
    protected static readonly Dictionary<string, Criterion> Criteria = new(StringComparer.Ordinal)
    {
        ["allOf"] = Criterion.AllOf,
        ["anyOf"] = Criterion.AnyOf,
        ["oneOf"] = Criterion.OneOf,
    };

    protected SchemaLoader Loader { get; } = loader;

    /// <summary>One part is the schema; several are an allOf that the text does not have.</summary>
    protected Schema Combine(List<Schema> parts, JsonObject o, SchemaDraft draft)
    {
        var schema = parts.Count switch
        {
            0 => new EmptySchema(),
            1 => parts[0],
            _ => new CombinedSchema(Criterion.AllOf, parts, isGenerated: true),
        };
        schema.Id = draft.IsModern() ? null : Loader.Families.Text(o, draft.IdKeyword());
        schema.Title = Loader.Families.Text(o, "title");
        schema.Description = Loader.Families.Text(o, "description");
        schema.Default = o.Get("default");
        schema.IsConnectBytes = o.Get("connect.type") is JsonString { Value: "bytes" };
        return schema;
    }

    protected EnumSchema Enum(JsonValue value)
    {
        var values = value as JsonArray ?? throw Loader.Bad("enum", "an array", value);
        return new EnumSchema(ValueKeys.OfAll(values.Items));
    }

    protected static ConstSchema Const(JsonValue value) => new(ValueKeys.Of(value));

    protected NotSchema Not(JsonValue value, JsonObject o) => new(Loader.Below(value, o, "not"));

    protected CombinedSchema Combined(string keyword, JsonValue value, JsonObject o, bool flattensGenerated)
    {
        var items = (value as JsonArray ?? throw Loader.Bad(keyword, "an array", value)).Items;
        var members = new List<Schema>(items.Count);
        var texts = new HashSet<JsonValue>(items.Count, ValueEquality.Instance);
        for (var i = 0; i < items.Count; i++)
        {
            // Of members with equal texts one is kept, but each is read for its errors.
            var isNew = items.Count == 1 || texts.Add(items[i]);
            var member = Loader.Below(items[i], o, keyword, KeywordFamilies.Index(i));
            if (isNew && flattensGenerated && member is CombinedSchema { IsGenerated: true, Criterion: Criterion.AllOf } generated)
            {
                members.AddRange(generated.Members);
            }
            else if (isNew)
            {
                members.Add(member);
            }
        }

        return new CombinedSchema(Criteria[keyword], members, isGenerated: false);
    }

    protected Schema OfType(string type, JsonObject o, SchemaDraft draft) => type switch
    {
        "string" => Loader.Families.String(o),
        "number" => Loader.Families.Number(o, draft, requiresInteger: false),
        "integer" => Loader.Families.Number(o, draft, requiresInteger: true),
        "object" => Loader.Families.Object(o, draft),
        "array" => draft.IsModern() ? Loader.Families.ModernArray(o, draft) : Loader.Families.ClassicArray(o, draft),
        "boolean" => new BooleanSchema(),
        "null" => new NullSchema(),
        _ => throw Loader.Bad("type", $"unknown type: {type}"),
    };

    protected Schema OfFamily(KeywordFamily family, JsonObject o, SchemaDraft draft) => OfType(
        family switch
        {
            KeywordFamily.String => "string",
            KeywordFamily.Number => "number",
            KeywordFamily.Object => "object",
            _ => "array",
        },
        o,
        draft);

    /// <summary>The types that a schema names, one or a list.</summary>
    protected List<string> Types(JsonValue value) => value switch
    {
        JsonString one => [one.Value],
        JsonArray list => [.. list.Items.Select(i => i is JsonString one ? one.Value : throw Loader.Bad("type", "a string", i))],
        _ => throw Loader.Bad("type", "a string or an array of strings", value),
    };

    protected static KeywordFamily FamiliesOfTypes(List<string> types)
    {
        var families = KeywordFamily.None;
        foreach (var type in types)
        {
            families |= FamilyOfType(type);
        }

        return families;
    }

    private static KeywordFamily FamilyOfType(string type) => type switch
    {
        "string" => KeywordFamily.String,
        "number" or "integer" => KeywordFamily.Number,
        "object" => KeywordFamily.Object,
        "array" => KeywordFamily.Array,
        _ => KeywordFamily.None,
    };

    /// <summary>A list of types: anyOf of one schema for each.</summary>
    protected CombinedSchema AnyType(IEnumerable<string> types, JsonObject o, SchemaDraft draft) =>
        new(Criterion.AnyOf, [.. types.Distinct(StringComparer.Ordinal).Select(t => OfType(t, o, draft))], isGenerated: draft.IsModern());
}
