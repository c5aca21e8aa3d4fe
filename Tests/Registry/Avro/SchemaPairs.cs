using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using SchemaRegistry.Core.Languages;

namespace Tests.Registry.Avro;

/// <summary>
/// Pairs of a reader's and a writer's schema that are near enough to each other for the verdict to be a question: one is the other with changes.
/// </summary>
internal static class SchemaPairs
{
    public readonly record struct Pair(string Reader, string Writer);

    /// <summary>What a field (or an enum or fixed) is called after a change of its name; its alias is the old one, sometimes.</summary>
    public const string NewFieldName = "q";

    private static readonly string[] Primitives = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"];

    public static Gen<Pair> Gen { get; } = CsCheck.Gen.Int[0, int.MaxValue - 1].Select(seed => Of(seed, SchemaGenerator.Style.All));

    public static Gen<Pair> Plain { get; } = CsCheck.Gen.Int[0, int.MaxValue - 1].Select(seed => Of(seed, SchemaGenerator.Style.Plain));

    private static Pair Of(int seed, SchemaGenerator.Style style)
    {
        var chance = new Random(seed);
        var original = new SchemaGenerator(chance, style).Schema();
        var changed = original;
        for (var i = chance.Next(3); i >= 0; i--)
        {
            var next = Change(changed, chance);
            if (Schemas.Language.Parse(SchemaSource.Of(next), ParseRules.Register).Schema is not null)
            {
                changed = next;
            }
        }

        return chance.Next(2) == 0 ? new Pair(original, changed) : new Pair(changed, original);
    }

    private static string Change(string schema, Random chance)
    {
        var root = JsonNode.Parse(schema)!;
        var nodes = SchemaGenerator.Walk(root).ToList();
        var node = nodes[chance.Next(nodes.Count)];
        switch (node)
        {
            case JsonObject o when o["fields"] is JsonArray fields && chance.Next(3) > 0:
                ChangeFields(fields, chance);
                break;
            case JsonObject o when o["symbols"] is JsonArray symbols:
                // Java does not see a default that is no symbol, but its readers fail: those are not what is asked here.
                if (Defaults(nodes).Any(symbols.Select(s => s!.GetValue<string>()).Contains))
                {
                    break;
                }

                ChangeList(symbols, [.. new[] { "A", "B", "C", "D", "E" }.Select(s => JsonValue.Create(s))], chance);
                break;
            case JsonObject o when o["size"] is not null && chance.Next(2) == 0:
                o["size"] = chance.Next(1, 4);
                break;
            case JsonObject o when o["fields"] is not null && chance.Next(2) == 0:
                o["namespace"] = "other";
                break;
            case JsonObject o when o["name"] is JsonValue name && chance.Next(2) == 0:
                if (chance.Next(3) == 0)
                {
                    o["aliases"] = new JsonArray(name.GetValue<string>());
                }

                o["name"] = o.ContainsKey("type") && o.ContainsKey("fields") ? "Q" : NewFieldName;
                break;
            case JsonArray union when union.Parent is not JsonObject { } parent || parent["type"] == union:
                ChangeList(union, [.. Primitives.Select(p => JsonValue.Create(p))], chance);
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String && Primitives.Contains(value.GetValue<string>()):
                JsonNode other = chance.Next(4) == 0
                    ? new JsonArray("null", value.GetValue<string>())
                    : JsonValue.Create(Primitives[chance.Next(Primitives.Length)]);
                root = Replace(root, value, other);
                break;
        }

        return root.ToJsonString();
    }

    /// <summary>All strings in defaults.</summary>
    private static IEnumerable<string> Defaults(List<JsonNode> nodes) => nodes.OfType<JsonObject>()
        .Select(o => o["default"])
        .OfType<JsonNode>()
        .SelectMany(SchemaGenerator.Walk)
        .OfType<JsonValue>()
        .Where(value => value.GetValueKind() == JsonValueKind.String)
        .Select(value => value.GetValue<string>());

    private static JsonNode Replace(JsonNode root, JsonNode old, JsonNode with)
    {
        if (old == root)
        {
            return with;
        }

        old.ReplaceWith(with);
        return root;
    }

    private static void ChangeFields(JsonArray fields, Random chance)
    {
        if (fields.Count > 0 && chance.Next(2) == 0)
        {
            fields.RemoveAt(chance.Next(fields.Count));
            return;
        }

        var field = new JsonObject { ["name"] = "g", ["type"] = "int" };
        if (chance.Next(2) == 0)
        {
            field["default"] = 1;
        }

        fields.Insert(chance.Next(fields.Count + 1), field);
    }

    private static void ChangeList(JsonArray list, JsonNode[] pool, Random chance)
    {
        if (list.Count > 1 && chance.Next(2) == 0)
        {
            list.RemoveAt(chance.Next(list.Count));
        }
        else
        {
            list.Insert(chance.Next(list.Count + 1), pool[chance.Next(pool.Length)]);
        }
    }
}
