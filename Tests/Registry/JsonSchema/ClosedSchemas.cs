using System.Text.Json.Nodes;

namespace Tests.Registry.JsonSchema;

/// <summary>
/// Makes schemas for which the registry's rules keep what they promise. Left out is what the rules do not compare or judge by custom rather than by
/// meaning: formats, contains, patternProperties, propertyNames, conditions, keywords without their type, required names that are no property,
/// required properties with a default (which the rules call compatible though instances without them are refused), and oneOf (whose members may
/// come to overlap).
/// </summary>
internal sealed class ClosedSchemas(Random random)
{
    private const int MaxDepth = 3;

    private static readonly string[] Names = ["a", "b", "c", "d"];

    public JsonNode Make(int depth = 0)
    {
        return random.Next(depth < MaxDepth ? 12 : 6) switch
        {
            0 or 1 => String(),
            2 or 3 => Number(),
            4 => Enum(),
            5 => random.Next(4) switch
            {
                0 => new JsonObject { ["type"] = "null" },
                1 => new JsonObject { ["const"] = Value() },
                2 => new JsonObject(),
                _ => new JsonObject { ["type"] = "boolean" },
            },
            6 or 7 or 8 => Object(depth),
            9 or 10 => Array(depth),
            _ => Combined(depth),
        };
    }

    /// <summary>A copy that differs in a few places, most of them small.</summary>
    public JsonNode Change(JsonNode schema)
    {
        var copy = schema.DeepClone();
        for (var i = random.Next(3); i >= 0; i--)
        {
            copy = ChangeOnce(copy, 0);
        }

        return copy;
    }

    private JsonNode ChangeOnce(JsonNode node, int depth)
    {
        if (node is not JsonObject o || random.Next(8) == 0)
        {
            return Make(depth);
        }

        var below = Children(o);
        if (below.Count > 0 && random.Next(2) == 0)
        {
            var (container, key) = below[random.Next(below.Count)];
            if (container is JsonObject parent)
            {
                var old = parent[(string)key]!;
                parent[(string)key] = ChangeOnce(old.DeepClone(), depth + 1);
            }
            else
            {
                var array = (JsonArray)container;
                array[(int)key] = ChangeOnce(array[(int)key]!.DeepClone(), depth + 1);
            }

            return o;
        }

        switch (random.Next(7))
        {
            case 0:
                return new JsonObject { ["anyOf"] = new JsonArray(Shuffled(o, Make(depth + 1))) };
            case 1 when o["anyOf"] is JsonArray any:
                any.Insert(random.Next(any.Count + 1), Make(depth + 1));
                return o;
            case 2 when o["enum"] is JsonArray values:
                values.Add(Value());
                return o;
            case 3 when o["properties"] is JsonObject properties:
                ToggleProperty(o, properties, depth);
                return o;
            default:
                ChangeBound(o);
                return o;
        }
    }

    private void ToggleProperty(JsonObject o, JsonObject properties, int depth)
    {
        var name = Names[random.Next(Names.Length)];
        var required = ((JsonArray)o["required"]!).Select(n => (string)n!).Where(n => n != name).ToList();
        if (!properties.Remove(name))
        {
            properties[name] = Make(depth + 1);
            if (random.Next(3) == 0)
            {
                required.Add(name);
            }
        }

        o["required"] = Strings(required);
    }

    private void ChangeBound(JsonObject o)
    {
        var bounds = o.Where(m => m.Value is JsonValue v && v.TryGetValue<int>(out _)).Select(m => m.Key).Where(k => k != "const").ToList();
        if (bounds.Count == 0)
        {
            return;
        }

        var name = bounds[random.Next(bounds.Count)];
        if (random.Next(3) == 0)
        {
            o.Remove(name);
        }
        else
        {
            o[name] = Math.Max(name == "multipleOf" ? 1 : 0, (int)o[name]! + random.Next(-2, 3));
        }
    }

    private static List<(JsonNode Container, object Key)> Children(JsonObject o)
    {
        var children = new List<(JsonNode, object)>();
        foreach (var keyword in (string[])["items", "additionalItems", "additionalProperties", "not"])
        {
            if (o[keyword] is JsonObject)
            {
                children.Add((o, keyword));
            }
        }

        foreach (var keyword in (string[])["items", "anyOf", "allOf"])
        {
            if (o[keyword] is JsonArray list)
            {
                children.AddRange(Enumerable.Range(0, list.Count).Select(i => ((JsonNode)list, (object)i)));
            }
        }

        if (o["properties"] is JsonObject properties)
        {
            children.AddRange(properties.Select(p => ((JsonNode)properties, (object)p.Key)));
        }

        return children;
    }

    private JsonObject String()
    {
        var o = new JsonObject { ["type"] = random.Next(5) == 0 ? new JsonArray("string", "null") : "string" };
        Bound(o, "minLength", 3);
        Bound(o, "maxLength", 5);
        if (random.Next(4) == 0)
        {
            o["pattern"] = random.Next(2) == 0 ? "^a" : "b";
        }

        return o;
    }

    private JsonObject Number()
    {
        var o = new JsonObject { ["type"] = random.Next(2) == 0 ? "integer" : "number" };
        Bound(o, "minimum", 4);
        Bound(o, "maximum", 9);
        Bound(o, "exclusiveMinimum", 4);
        Bound(o, "exclusiveMaximum", 9);
        if (random.Next(4) == 0)
        {
            o["multipleOf"] = random.Next(1, 7);
        }

        return o;
    }

    private JsonObject Enum() => new() { ["enum"] = new JsonArray([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Value())]) };

    private JsonNode Value() => random.Next(4) switch
    {
        0 => JsonValue.Create(random.Next(5)),
        1 => JsonValue.Create("ab"[..random.Next(3)]),
        2 => JsonValue.Create(random.Next(2) == 0),
        _ => new JsonArray(JsonValue.Create(random.Next(3))),
    };

    private JsonObject Object(int depth)
    {
        var names = Names.Where(_ => random.Next(2) == 0).ToList();
        var o = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject(names.Select(n => KeyValuePair.Create(n, (JsonNode?)Make(depth + 1)))),
            ["required"] = Strings(names.Where(_ => random.Next(3) == 0)),
        };
        if (random.Next(5) > 0)
        {
            o["additionalProperties"] = random.Next(3) == 0 ? Make(depth + 1) : false;
        }

        Bound(o, "minProperties", 3);
        Bound(o, "maxProperties", 5);
        if (random.Next(5) == 0)
        {
            o["dependencies"] = new JsonObject { [Names[random.Next(4)]] = new JsonArray(Names[random.Next(4)]) };
        }

        return o;
    }

    private JsonObject Array(int depth)
    {
        var o = new JsonObject { ["type"] = "array" };
        if (random.Next(2) == 0)
        {
            o["items"] = Make(depth + 1);
        }
        else
        {
            o["items"] = new JsonArray([.. Enumerable.Range(0, random.Next(3)).Select(_ => Make(depth + 1))]);
            if (random.Next(4) > 0)
            {
                o["additionalItems"] = random.Next(2) == 0 ? Make(depth + 1) : false;
            }
        }

        Bound(o, "minItems", 3);
        Bound(o, "maxItems", 5);
        if (random.Next(4) == 0)
        {
            o["uniqueItems"] = true;
        }

        return o;
    }

    private JsonObject Combined(int depth) => random.Next(5) switch
    {
        0 => new JsonObject { ["not"] = Make(depth + 1) },
        1 => new JsonObject { ["allOf"] = new JsonArray(Make(depth + 1), Make(depth + 1)) },
        _ => new JsonObject { ["anyOf"] = new JsonArray([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Make(depth + 1))]) },
    };

    private JsonNode[] Shuffled(JsonNode a, JsonNode b) => random.Next(2) == 0 ? [a, b] : [b, a];

    private void Bound(JsonObject o, string keyword, int below)
    {
        if (random.Next(3) == 0)
        {
            o[keyword] = random.Next(below);
        }
    }

    private static JsonArray Strings(IEnumerable<string> names) => new([.. names.Select(n => JsonValue.Create(n))]);
}
