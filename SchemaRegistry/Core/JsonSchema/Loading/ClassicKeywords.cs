using SchemaRegistry.Core.JsonSchema.Model;
using SchemaRegistry.Core.JsonSchema.Text;

namespace SchemaRegistry.Core.JsonSchema.Loading;

/// <summary>
/// Drafts 4, 6 and 7: $ref stands alone; a type takes all keywords of its family, and keywords of other families make further parts.
/// </summary>
internal sealed class ClassicKeywords(SchemaLoader loader) : SharedKeywords(loader)
{
    public Schema Load(JsonObject o, SchemaDraft draft)
    {
        var parts = new List<Schema>();
        if (o.Has("$ref"))
        {
            parts.Add(Loader.Refer(o, "$ref"));
            return Combine(parts, o, draft);
        }

        if (o.Get("enum") is { } values)
        {
            parts.Add(Enum(values));
        }

        foreach (var (name, value) in o.Members)
        {
            if (Criteria.ContainsKey(name))
            {
                parts.Add(Combined(name, value, o, flattensGenerated: false));
            }
        }

        if (o.Get("not") is { } negated)
        {
            parts.Add(Not(negated, o));
        }

        if (draft >= SchemaDraft.Draft6 && o.Get("const") is { } constant)
        {
            parts.Add(Const(constant));
        }

        var typed = KeywordFamily.None;
        if (o.Get("type") is { } type)
        {
            var types = Types(type);
            parts.Add(type is JsonArray ? AnyType(types, o, draft) : OfType(types[0], o, draft));
            typed = FamiliesOfTypes(types);
        }

        var untyped = KeywordFamily.None;
        foreach (var (name, _) in o.Members)
        {
            untyped |= FamilyOf(name, draft) & ~typed;
        }

        foreach (var family in (ReadOnlySpan<KeywordFamily>)[KeywordFamily.Array, KeywordFamily.Object, KeywordFamily.Number, KeywordFamily.String])
        {
            if ((untyped & family) != 0)
            {
                parts.Add(OfFamily(family, o, draft));
            }
        }

        if (draft >= SchemaDraft.Draft7 && (o.Has("if") || o.Has("then") || o.Has("else")))
        {
            Loader.Families.Discard(o, "if");
            Loader.Families.Discard(o, "then");
            Loader.Families.Discard(o, "else");
            parts.Add(new ConditionalSchema());
        }

        return Combine(parts, o, draft);
    }

    private static KeywordFamily FamilyOf(string keyword, SchemaDraft draft) => keyword switch
    {
        "items" or "additionalItems" or "minItems" or "maxItems" or "uniqueItems" => KeywordFamily.Array,
        "contains" when draft >= SchemaDraft.Draft6 => KeywordFamily.Array,
        "properties" or "required" or "minProperties" or "maxProperties" or "dependencies" or "patternProperties" or "additionalProperties" =>
            KeywordFamily.Object,
        "propertyNames" when draft >= SchemaDraft.Draft6 => KeywordFamily.Object,
        "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum" or "multipleOf" => KeywordFamily.Number,
        "minLength" or "maxLength" or "pattern" or "format" => KeywordFamily.String,
        _ => KeywordFamily.None,
    };
}
