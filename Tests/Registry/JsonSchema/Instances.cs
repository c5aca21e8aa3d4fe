using System.Text.Json.Nodes;

namespace Tests.Registry.JsonSchema;

/// <summary>Makes instances that have a good chance to be valid under a schema, and to stand at its bounds.</summary>
internal sealed class Instances(Random random)
{
    private static readonly string[] Names = ["a", "b", "c", "d", "e"];

    public JsonNode? Make(JsonNode? schema, int depth = 0)
    {
        if (schema is not JsonObject o || random.Next(20) == 0)
        {
            return Any(depth);
        }

        if (o["enum"] is JsonArray values)
        {
            return values[random.Next(values.Count)]?.DeepClone();
        }

        if (o.ContainsKey("const"))
        {
            return o["const"]?.DeepClone();
        }

        foreach (var keyword in (string[])["anyOf", "allOf"])
        {
            if (o[keyword] is JsonArray { Count: > 0 } members)
            {
                return Make(members[random.Next(members.Count)], depth);
            }
        }

        var type = o["type"] is JsonArray types ? (string)types[random.Next(types.Count)]! : (string?)o["type"];
        return type switch
        {
            "string" => Text(o),
            "number" or "integer" => Number(o, type == "integer"),
            "boolean" => JsonValue.Create(random.Next(2) == 0),
            "null" => null,
            "object" => Object(o, depth),
            "array" => Array(o, depth),
            _ => Any(depth),
        };
    }

    private JsonNode? Any(int depth) => random.Next(depth > 3 ? 4 : 6) switch
    {
        0 => JsonValue.Create(random.Next(8)),
        1 => JsonValue.Create("ab"[..random.Next(3)]),
        2 => JsonValue.Create(random.Next(2) == 0),
        3 => null,
        4 => new JsonArray([.. Enumerable.Range(0, random.Next(3)).Select(_ => Any(depth + 1))]),
        _ => new JsonObject(Names.Where(_ => random.Next(3) == 0).Select(n => KeyValuePair.Create(n, Any(depth + 1)))),
    };

    private JsonValue Text(JsonObject o)
    {
        var length = Between(o, "minLength", "maxLength", 5);
        return JsonValue.Create(new string([.. Enumerable.Range(0, length).Select(i => i == 0 ? 'a' : "abc"[random.Next(3)])]));
    }

    private JsonValue Number(JsonObject o, bool isInteger)
    {
        var number = (decimal)Between(o, "minimum", "maximum", 10);
        if (InstanceValidator.Number(o["multipleOf"]) is { } factor && random.Next(4) > 0)
        {
            number = decimal.Round(number / factor) * factor;
        }
        else if (!isInteger && random.Next(3) == 0)
        {
            number += 0.5m;
        }

        return JsonValue.Create(number);
    }

    private JsonObject Object(JsonObject o, int depth)
    {
        var made = new JsonObject();
        var required = (o["required"] as JsonArray ?? []).Select(n => (string)n!).ToHashSet();
        foreach (var (name, schema) in o["properties"] as JsonObject ?? [])
        {
            if (required.Contains(name) || random.Next(2) == 0)
            {
                made[name] = Make(schema, depth + 1);
            }
        }

        foreach (var name in Names)
        {
            if (!made.ContainsKey(name) && o["properties"]?[name] is null && o["additionalProperties"] is not JsonValue && random.Next(3) == 0)
            {
                made[name] = Make(o["additionalProperties"], depth + 1);
            }
        }

        return made;
    }

    private JsonArray Array(JsonObject o, int depth)
    {
        var tuple = o["items"] as JsonArray;
        return new JsonArray([.. Enumerable.Range(0, Between(o, "minItems", "maxItems", 4))
            .Select(i => Make(tuple is null ? o["items"] : i < tuple.Count ? tuple[i] : o["additionalItems"], depth + 1))]);
    }

    private int Between(JsonObject o, string least, string most, int unless)
    {
        var from = (int)(InstanceValidator.Number(o[least]) ?? 0);
        var to = (int)(InstanceValidator.Number(o[most]) ?? Math.Max(from, unless));
        return random.Next(from, Math.Max(from, to) + 1);
    }
}
