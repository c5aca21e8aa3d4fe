using SchemaRegistry.Core.JsonSchema.Model;
using SchemaRegistry.Core.JsonSchema.Text;

namespace SchemaRegistry.Core.JsonSchema.Loading;

/// <summary>
/// Drafts 2019-09 and 2020-12: each keyword counts by itself, also next to $ref; those of one family are one part, at the place of the first.
/// </summary>
internal sealed class ModernKeywords(SchemaLoader loader) : SharedKeywords(loader)
{
    public Schema Load(JsonObject o, SchemaDraft draft)
    {
        var types = o.Get("type") is { } type ? Types(type) : [];
        var isList = o.Get("type") is JsonArray;
        var typed = FamiliesOfTypes(types);
        var done = KeywordFamily.None;
        var parts = new List<Schema>();
        foreach (var (name, value) in o.Members)
        {
            var family = name == "type" && !isList ? typed : FamilyOf(name, value);
            if (family != 0)
            {
                // A list of types has its own part, which takes the keywords of its families with it.
                var isTyped = (typed & family) != 0;
                if ((done & family) == 0 && !(isList && isTyped))
                {
                    parts.Add(isTyped ? OfType(types[0], o, draft) : OfFamily(family, o, draft));
                }

                done |= family;
            }
            else if (name == "type" && isList)
            {
                parts.Add(AnyType(types, o, draft));
            }
            else if (name == "type")
            {
                parts.Add(OfType(types[0], o, draft));
            }
            else if (Part(name, value, o) is { } part)
            {
                parts.Add(part);
            }
        }

        return Combine(parts, o, draft);
    }

    private Schema? Part(string name, JsonValue value, JsonObject o)
    {
        switch (name)
        {
            case "$ref" or "$dynamicRef" or "$recursiveRef":
                return Loader.Refer(o, name);
            case "allOf" or "anyOf" or "oneOf":
                return Combined(name, value, o, flattensGenerated: true);
            case "enum":
                return Enum(value);
            case "const":
                return Const(value);
            case "not":
                return Not(value, o);
            case "if":
                Loader.Families.Discard(o, "if");
                Loader.Families.Discard(o, "then");
                Loader.Families.Discard(o, "else");
                return new ConditionalSchema();
            default:
                return null;
        }
    }

    private static KeywordFamily FamilyOf(string keyword, JsonValue value) => keyword switch
    {
        "properties" or "patternProperties" when value is JsonObject { Members.Count: 0 } => KeywordFamily.None,
        "properties" or "patternProperties" or "required" or "minProperties" or "maxProperties" or "dependentRequired" or "dependentSchemas"
            or "additionalProperties" or "propertyNames" or "unevaluatedProperties" => KeywordFamily.Object,
        "items" or "prefixItems" or "additionalItems" or "minItems" or "maxItems" or "uniqueItems" or "contains" or "minContains" or "maxContains"
            or "unevaluatedItems" => KeywordFamily.Array,
        "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum" or "multipleOf" => KeywordFamily.Number,
        "minLength" or "maxLength" or "pattern" => KeywordFamily.String,
        _ => KeywordFamily.None,
    };
}
