using SchemaRegistry.Core.JsonSchema.Model;
using SchemaRegistry.Core.JsonSchema.Text;

namespace SchemaRegistry.Core.JsonSchema.Loading;

/// <summary>The families of keywords, each of which concerns values of one type. As a set.</summary>
[Flags]
internal enum KeywordFamily
{
    None = 0,
    String = 1,
    Number = 2,
    Object = 4,
    Array = 8,
}

/// <summary>Reads the keywords of one family into one schema, the same way in all drafts but for arrays and what drafts added.</summary>
internal sealed class KeywordFamilies(SchemaLoader loader)
{
    public StringSchema String(JsonObject o)
    {
        if (Text(o, "pattern") is { } pattern && loader.Patterns.Fault(pattern) is { } fault)
        {
            throw loader.Bad("pattern", fault);
        }

        return new StringSchema { MaxLength = Number(o, "maxLength"), MinLength = Number(o, "minLength"), Pattern = Text(o, "pattern") };
    }

    public NumberSchema Number(JsonObject o, SchemaDraft draft, bool requiresInteger)
    {
        var multipleOf = Number(o, "multipleOf");
        if (multipleOf is { } factor && (factor.IsZero || factor.Negative))
        {
            throw loader.Bad("multipleOf", "must be more than 0");
        }

        var isBoolean = draft == SchemaDraft.Draft4;
        if (isBoolean)
        {
            _ = Flag(o, "exclusiveMaximum");
            _ = Flag(o, "exclusiveMinimum");
        }

        return new NumberSchema
        {
            Maximum = Number(o, "maximum"),
            Minimum = Number(o, "minimum"),
            ExclusiveMaximum = isBoolean ? null : Number(o, "exclusiveMaximum"),
            ExclusiveMinimum = isBoolean ? null : Number(o, "exclusiveMinimum"),
            MultipleOf = multipleOf,
            RequiresInteger = requiresInteger,
        };
    }

    public ObjectSchema Object(JsonObject o, SchemaDraft draft)
    {
        var additional = o.Get("additionalProperties");
        var (permits, schema) = Additional(o, "additionalProperties", additional);
        if (draft >= SchemaDraft.Draft6)
        {
            Discard(o, "propertyNames");
        }

        var (dependentRequired, dependentSchemas) = draft.IsModern()
            ? ReadDependencies(o, "dependentRequired", onlyArrays: true)
            : ReadDependencies(o, "dependencies", onlyArrays: false);
        if (draft.IsModern())
        {
            dependentSchemas = Named(o, "dependentSchemas");
        }

        var patterns = Named(o, "patternProperties");
        foreach (var pattern in patterns.Names)
        {
            if (loader.Patterns.Fault(pattern) is { } fault)
            {
                throw loader.Bad("patternProperties", fault);
            }
        }

        var read = new ObjectSchema
        {
            Properties = Named(o, "properties", draft.IsModern() ? null : draft.IdKeyword()),
            PatternProperties = patterns,
            PermitsAdditional = permits,
            Additional = schema,
            Unevaluated = draft.IsModern() ? Optional(o, "unevaluatedProperties") : null,
            DependentSchemas = dependentSchemas,
            MaxProperties = Number(o, "maxProperties"),
            MinProperties = Number(o, "minProperties"),
        };
        if (o.Get("required") is { } names)
        {
            read.Required = Strings(names, "required");
        }

        if (dependentRequired is not null)
        {
            read.DependentRequired = dependentRequired;
        }

        return read;
    }

    /// <summary>Up to draft 7: items is one schema or an array of them, additionalItems concerns what is beyond the array.</summary>
    public ArraySchema ClassicArray(JsonObject o, SchemaDraft draft)
    {
        if (draft >= SchemaDraft.Draft6)
        {
            Discard(o, "contains");
        }

        var items = o.Get("items");
        var all = items is null or JsonArray ? null : loader.Below(items, o, "items");
        var (permits, schema) = Additional(o, "additionalItems", o.Get("additionalItems"));
        return new ArraySchema
        {
            AllItems = all,
            Items = items is JsonArray tuple ? Tuple(o, "items", tuple) : [],
            PermitsAdditional = permits || all is not null,
            Additional = schema,
            MaxItems = Number(o, "maxItems"),
            MinItems = Number(o, "minItems"),
            UniqueItems = Flag(o, "uniqueItems"),
        };
    }

    /// <summary>
    /// From draft 2019-09 on: the first items are in prefixItems (2019-09: in an array under items), the others under items (additionalItems).
    /// </summary>
    public ArraySchema ModernArray(JsonObject o, SchemaDraft draft)
    {
        var isOldForm = draft == SchemaDraft.Draft2019 && o.Get("items") is JsonArray;
        var tupleKeyword = isOldForm ? "items" : "prefixItems";
        var restKeyword = isOldForm ? "additionalItems" : "items";
        var rest = o.Get(restKeyword);
        var hasTuple = o.Has(tupleKeyword);
        var (permits, schema) = Additional(o, restKeyword, rest);
        Discard(o, "contains");
        return new ArraySchema
        {
            AllItems = !hasTuple && permits && rest is not null ? loader.Below(rest, o, restKeyword) : null,
            Items = o.Get(tupleKeyword) is { } tuple ? Tuple(o, tupleKeyword, tuple) : [],
            PermitsAdditional = permits,
            Additional = hasTuple ? schema : null,
            Unevaluated = Optional(o, "unevaluatedItems"),
            MaxItems = Number(o, "maxItems"),
            MinItems = Number(o, "minItems"),
            UniqueItems = Flag(o, "uniqueItems"),
            MaxContains = Number(o, "maxContains"),
            MinContains = Number(o, "minContains") ?? (o.Has("contains") ? ExactDecimal.One : null),
        };
    }

    /// <summary>Loads a schema for its errors alone: the registry does not compare it.</summary>
    public void Discard(JsonObject o, string keyword) => _ = Optional(o, keyword);

    public string? Text(JsonObject o, string keyword) => o.Get(keyword) switch
    {
        null => null,
        JsonString text => text.Value,
        var other => throw loader.Bad(keyword, "a string", other),
    };

    private ExactDecimal? Number(JsonObject o, string keyword) => o.Get(keyword) switch
    {
        null => null,
        JsonNumber number => number.Value,
        var other => throw loader.Bad(keyword, "a number", other),
    };

    private bool Flag(JsonObject o, string keyword) => o.Get(keyword) switch
    {
        null => false,
        JsonLiteral { IsBoolean: true } literal => literal.IsTrue,
        var other => throw loader.Bad(keyword, "a boolean", other),
    };

    private Schema? Optional(JsonObject o, string keyword) => o.Get(keyword) is { } value ? loader.Below(value, o, keyword) : null;

    private (bool Permits, Schema? Schema) Additional(JsonObject o, string keyword, JsonValue? value) => value switch
    {
        null => (true, null),
        JsonLiteral { IsBoolean: true } literal => (literal.IsTrue, null),
        _ => (true, loader.Below(value, o, keyword)),
    };

    private List<Schema> Tuple(JsonObject o, string keyword, JsonValue value)
    {
        var items = (value as JsonArray ?? throw loader.Bad(keyword, "an array", value)).Items;
        var schemas = new List<Schema>(items.Count);
        for (var i = 0; i < items.Count; i++)
        {
            schemas.Add(loader.Below(items[i], o, keyword, Index(i)));
        }

        return schemas;
    }

    private NamedSchemas Named(JsonObject o, string keyword, string? idKeyword = null)
    {
        if (o.Get(keyword) is not { } value)
        {
            return NamedSchemas.None;
        }

        var named = new NamedSchemas();
        foreach (var (name, member) in (value as JsonObject ?? throw loader.Bad(keyword, "an object", value)).Members)
        {
            // An $id among the properties that is no schema was meant for the object around them.
            if (name != idKeyword || member is JsonObject)
            {
                named.Add(name, loader.Below(member, o, keyword, name));
            }
        }

        return named;
    }

    private (Dictionary<string, HashSet<string>>? Required, NamedSchemas Schemas) ReadDependencies(JsonObject o, string keyword, bool onlyArrays)
    {
        if (o.Get(keyword) is not { } value)
        {
            return (null, NamedSchemas.None);
        }

        var required = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        var schemas = new NamedSchemas();
        foreach (var (name, member) in (value as JsonObject ?? throw loader.Bad(keyword, "an object", value)).Members)
        {
            if (onlyArrays || member is JsonArray)
            {
                required.Add(name, Strings(member, keyword));
            }
            else
            {
                schemas.Add(name, loader.Below(member, o, keyword, name));
            }
        }

        return (required, schemas);
    }

    private HashSet<string> Strings(JsonValue value, string keyword)
    {
        var strings = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in (value as JsonArray ?? throw loader.Bad(keyword, "an array of strings", value)).Items)
        {
            strings.Add((item as JsonString ?? throw loader.Bad(keyword, "an array of strings", item)).Value);
        }

        return strings;
    }

    public static string Index(int i) => i.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
