using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Tests.Registry.JsonSchema;

/// <summary>Validates instances against the schemas of <see cref="ClosedSchemas"/> (draft 7), from the specification's words: slow and plain.</summary>
internal static class InstanceValidator
{
    public static bool IsValid(JsonNode? schema, JsonNode? instance)
    {
        if (schema is not JsonObject o)
        {
            return (bool)schema!;
        }

        return IsOfType(o["type"], instance)
            && (o["enum"] is not JsonArray values || values.Any(v => AreEqual(v, instance)))
            && (!o.ContainsKey("const") || AreEqual(o["const"], instance))
            && (o["not"] is not { } not || !IsValid(not, instance))
            && (o["allOf"] is not JsonArray all || all.All(s => IsValid(s, instance)))
            && (o["anyOf"] is not JsonArray any || any.Any(s => IsValid(s, instance)))
            && instance switch
            {
                JsonObject own => IsValidObject(o, own),
                JsonArray own => IsValidArray(o, own),
                JsonValue own when own.TryGetValue<string>(out var text) => IsValidString(o, text),
                JsonValue own when Number(own) is { } number => IsValidNumber(o, number),
                _ => true,
            };
    }

    public static decimal? Number(JsonNode? node) =>
        node is JsonValue v ? v.TryGetValue<int>(out var whole) ? whole : v.TryGetValue<decimal>(out var number) ? number : null : null;

    private static bool IsOfType(JsonNode? type, JsonNode? instance) => type switch
    {
        null => true,
        JsonArray list => list.Any(t => IsOfType(t, instance)),
        _ => (string)type! switch
        {
            "null" => instance is null,
            "object" => instance is JsonObject,
            "array" => instance is JsonArray,
            "boolean" => instance is JsonValue v && v.TryGetValue<bool>(out _),
            "string" => instance is JsonValue v && v.TryGetValue<string>(out _),
            "number" => Number(instance) is not null,
            _ => Number(instance) is { } n && n == decimal.Truncate(n),
        },
    };

    private static bool AreEqual(JsonNode? a, JsonNode? b) => Number(a) is { } x && Number(b) is { } y ? x == y : (a, b) switch
    {
        (JsonArray i, JsonArray j) => i.Count == j.Count && i.Zip(j).All(p => AreEqual(p.First, p.Second)),
        (JsonObject i, JsonObject j) => i.Count == j.Count && i.All(m => j.ContainsKey(m.Key) && AreEqual(m.Value, j[m.Key])),
        _ => JsonNode.DeepEquals(a, b),
    };

    private static bool IsValidString(JsonObject o, string text) =>
        Fits(o, "minLength", "maxLength", text.EnumerateRunes().Count()) && (o["pattern"] is not { } pattern || Regex.IsMatch(text, (string)pattern!));

    private static bool IsValidNumber(JsonObject o, decimal number) =>
        Fits(o, "minimum", "maximum", number)
        && !(Number(o["exclusiveMinimum"]) >= number)
        && !(Number(o["exclusiveMaximum"]) <= number)
        && (Number(o["multipleOf"]) is not { } factor || number % factor == 0);

    private static bool IsValidObject(JsonObject o, JsonObject instance)
    {
        var properties = o["properties"] as JsonObject ?? [];
        return Fits(o, "minProperties", "maxProperties", instance.Count)
            && (o["required"] is not JsonArray required || required.All(n => instance.ContainsKey((string)n!)))
            && (o["dependencies"] is not JsonObject dependencies
                || dependencies.All(d => !instance.ContainsKey(d.Key) || ((JsonArray)d.Value!).All(n => instance.ContainsKey((string)n!))))
            && instance.All(m => properties.ContainsKey(m.Key) ? IsValid(properties[m.Key], m.Value)
                : o["additionalProperties"] is not { } additional || IsValid(additional, m.Value));
    }

    private static bool IsValidArray(JsonObject o, JsonArray instance)
    {
        var tuple = o["items"] as JsonArray;
        for (var i = 0; i < instance.Count; i++)
        {
            var schema = tuple is null ? o["items"] : i < tuple.Count ? tuple[i] : o["additionalItems"];
            if (schema is not null && !IsValid(schema, instance[i]))
            {
                return false;
            }
        }

        return Fits(o, "minItems", "maxItems", instance.Count)
            && (!(o["uniqueItems"] is { } unique && (bool)unique) || !instance.Where((a, i) => instance.Take(i).Any(b => AreEqual(a, b))).Any());
    }

    private static bool Fits(JsonObject o, string least, string most, decimal value) => !(Number(o[least]) > value) && !(Number(o[most]) < value);
}
