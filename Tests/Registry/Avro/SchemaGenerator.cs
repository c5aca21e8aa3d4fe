using System.Text.Json.Nodes;
using CsCheck;

namespace Tests.Registry.Avro;

/// <summary>
/// Makes valid Avro schemas of chance: all kinds of types, namespaces, aliases, defaults, recursion through unions, arrays and maps (so that
/// data of every schema exist), attributes without meaning. Names come from small pools, so that two schemas meet.
/// </summary>
internal sealed class SchemaGenerator(Random chance, SchemaGenerator.Style style = SchemaGenerator.Style.All)
{
    private static readonly string[] Primitives = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"];
    private static readonly string[] Symbols = ["A", "B", "C", "D"];
    private static readonly string[] TypeNames = ["R", "S", "T", "U", "V", "W"];
    private static readonly string[] FieldNames = ["a", "b", "c", "d", "e", "f"];

    private readonly List<(string Full, JsonObject Node)> _defined = [];
    private int _left = 25;

    /// <summary>What schemas may hold.</summary>
    public enum Style
    {
        All,

        /// <summary>
        /// No documents, logical types and attributes, which data do not show; no fixed of no bytes and no whole number as a float's default,
        /// which Apache.Avro refuses.
        /// </summary>
        Plain,
    }

    private bool IsPlain => style == Style.Plain;

    /// <summary>Schemas for properties of one schema.</summary>
    public static Gen<string> Gen { get; } = CsCheck.Gen.Int[0, int.MaxValue - 1].Select(seed => new SchemaGenerator(new Random(seed)).Schema());

    public string Schema() => Type(3, null, isBranch: false).ToJsonString();

    private T Pick<T>(params IReadOnlyList<T> from) => from[chance.Next(from.Count)];

    private bool Chance(double probability) => chance.NextDouble() < probability;

    private JsonNode Type(int depth, string? space, bool isBranch)
    {
        _left--;
        var roll = depth <= 0 || _left <= 0 ? 0 : chance.Next(12);
        return roll switch
        {
            <= 2 => Primitive(),
            3 => Attributes(new JsonObject { ["type"] = "array", ["items"] = Inner(depth, space) }),
            4 => Attributes(new JsonObject { ["type"] = "map", ["values"] = Inner(depth, space) }),
            5 => Named(space, Fixed) ?? Primitive(),
            6 or 7 => Named(space, Enum) ?? Primitive(),
            8 or 9 when !isBranch => Union(depth, space),
            _ => Record(depth, space) ?? Primitive(),
        };
    }

    private JsonNode Primitive()
    {
        if (!IsPlain && Chance(0.15))
        {
            return Attributes(new JsonObject { ["type"] = "long", ["logicalType"] = Pick("timestamp-millis", "date", "x") });
        }

        if (!IsPlain && Chance(0.05))
        {
            return new JsonObject { ["scale"] = chance.Next(4), ["type"] = "bytes", ["precision"] = chance.Next(4), ["logicalType"] = "decimal" };
        }

        return Chance(0.1) ? new JsonObject { ["type"] = Pick(Primitives) } : JsonValue.Create(Pick(Primitives));
    }

    /// <summary>Items and values may also be a name that is known, or the record around: data can end there.</summary>
    private JsonNode Inner(int depth, string? space) =>
        _defined.Count > 0 && Chance(0.4) ? JsonValue.Create(Pick(_defined).Full) : Type(depth - 1, space, isBranch: false);

    private JsonNode Union(int depth, string? space)
    {
        var union = new JsonArray();
        var seen = new HashSet<string>();
        if (Chance(0.6) && seen.Add("null"))
        {
            union.Add("null");
        }

        for (var i = chance.Next(1, 4); i > 0; i--)
        {
            var isKnown = _defined.Count > 0 && seen.Contains("null") && Chance(0.3);
            var branch = isKnown ? JsonValue.Create(Pick(_defined).Full) : Type(depth - 1, space, isBranch: true);
            if (seen.Add(BranchName(branch)))
            {
                union.Add(branch);
            }
            else
            {
                Forget(branch);
            }
        }

        return union;
    }

    private void Forget(JsonNode dropped)
    {
        // The definitions of a branch that is dropped are not there.
        var inside = Walk(dropped).ToHashSet();
        _defined.RemoveAll(d => inside.Contains(d.Node));
    }

    internal static IEnumerable<JsonNode> Walk(JsonNode node)
    {
        yield return node;
        var children = node switch
        {
            JsonObject o => o.Select(m => m.Value),
            JsonArray a => a,
            _ => Enumerable.Empty<JsonNode?>(),
        };
        foreach (var child in children)
        {
            foreach (var inner in child is null ? [] : Walk(child))
            {
                yield return inner;
            }
        }
    }

    private string BranchName(JsonNode branch) => branch is JsonObject o
        ? _defined.FirstOrDefault(d => d.Node == o).Full ?? o["type"]!.GetValue<string>()
        : branch.GetValue<string>();

    private JsonObject? Named(string? space, Action<JsonObject> fill)
    {
        var (node, _) = Start(space);
        if (node is null)
        {
            return null;
        }

        fill(node);
        return Attributes(node);
    }

    private (JsonObject? Node, string? Space) Start(string? space)
    {
        var name = Pick(TypeNames);
        var own = Pick(space, space, "n", "m.o");
        var full = own is null ? name : $"{own}.{name}";
        // A short name of no namespace inside a namespace would be ambiguous in the text where both exist.
        if (_defined.Any(d => d.Full == full || d.Full.Split('.')[^1] == name))
        {
            return (null, null);
        }

        var node = new JsonObject { ["name"] = Chance(0.5) && own is not null ? full : name };
        if (own != space && !node["name"]!.GetValue<string>().Contains('.', StringComparison.Ordinal))
        {
            node["namespace"] = own ?? "";
        }

        if (Chance(0.1))
        {
            node["aliases"] = new JsonArray(Pick(TypeNames), Pick("n.", "") + "Z");
        }

        _defined.Add((full, node));
        return (node, own);
    }

    private void Fixed(JsonObject node)
    {
        node["type"] = "fixed";
        node["size"] = chance.Next(IsPlain ? 1 : 0, 4);
    }

    private void Enum(JsonObject node)
    {
        node["type"] = "enum";
        var symbols = Symbols[..chance.Next(1, Symbols.Length + 1)];
        node["symbols"] = new JsonArray([.. symbols.Select(s => JsonValue.Create(s))]);
        if (Chance(0.2))
        {
            node["default"] = Pick(symbols);
        }
    }

    private JsonObject? Record(int depth, string? space)
    {
        var (node, own) = Start(space);
        if (node is null)
        {
            return null;
        }

        node["type"] = "record";
        var fields = new JsonArray();
        node["fields"] = fields;
        foreach (var name in FieldNames.Take(chance.Next(5)))
        {
            if (!Chance(0.8))
            {
                continue;
            }

            var type = Type(depth - 1, own, isBranch: false);
            var field = new JsonObject { ["name"] = name, ["type"] = type };
            fields.Add(field);
            if (Chance(0.4) && DefaultOf(type, 3) is { } value)
            {
                field["default"] = value.Value;
            }

            if (Chance(0.1))
            {
                field["order"] = Pick("ascending", "descending", "ignore");
            }

            if (Chance(0.08))
            {
                field["aliases"] = new JsonArray(Pick("x", "y", "z"));
            }

            Attributes(field);
        }

        return Attributes(node);
    }

    private JsonObject Attributes(JsonObject node)
    {
        if (!IsPlain && Chance(0.1))
        {
            node["doc"] = Pick("", "text", "ä\"\\\n😀");
        }

        if (!IsPlain && Chance(0.1))
        {
            node["z"] = new JsonObject { ["y"] = 1.50, ["x"] = new JsonArray(null, true, "a") };
            node["p"] = chance.Next(100);
        }

        return node;
    }

    /// <summary>A value that fits; null when there is none of small depth. (A JSON null is a pair with no value.)</summary>
    private Fitting? DefaultOf(JsonNode type, int depth)
    {
        if (depth < 0)
        {
            return null;
        }

        switch (type)
        {
            case JsonArray union:
                return union.Count == 0 ? null : DefaultOf(union[0]!, depth - 1);
            case JsonValue name when _defined.FirstOrDefault(d => d.Full == name.GetValue<string>()).Node is { } node:
                return DefaultOf(node, depth - 1);
            case JsonValue name:
                return Plain(name.GetValue<string>());
            case JsonObject node:
                switch (node["type"]!.GetValue<string>())
                {
                    case "array":
                        return new(DefaultOf(node["items"]!, depth - 1) is { } item ? new JsonArray(item.Value) : new JsonArray());
                    case "map":
                        return new(DefaultOf(node["values"]!, depth - 1) is { } inner
                            ? new JsonObject { ["k"] = inner.Value, ["j"] = inner.Value?.DeepClone() }
                            : new JsonObject());
                    case "fixed":
                        return new(new string('\u00ff', node["size"]!.GetValue<int>()));
                    case "enum":
                        return new(Pick<JsonNode?>([.. node["symbols"]!.AsArray()])!.GetValue<string>());
                    case "record":
                        return RecordDefault(node, depth);
                    case var primitive:
                        return Plain(primitive);
                }

            default:
                return null;
        }
    }

    private Fitting? RecordDefault(JsonObject node, int depth)
    {
        var value = new JsonObject();
        foreach (var field in node["fields"]?.AsArray() ?? [])
        {
            if (field!.AsObject().ContainsKey("default") && Chance(0.5))
            {
                continue;
            }

            if (DefaultOf(field["type"]!, depth - 1) is not { } inner)
            {
                return null;
            }

            value[field["name"]!.GetValue<string>()] = inner.Value;
        }

        // A record that is being made has fields that are not there yet.
        return node["fields"] is null || _defined.Any(d => d.Node == node && node.Parent is null) ? null : new(value);
    }

    private Fitting Plain(string primitive) => primitive switch
    {
        "null" => new(null),
        "boolean" => new(Chance(0.5)),
        "int" or "long" => new(chance.Next(-5, 100)),
        "float" or "double" => !IsPlain && Chance(0.5) ? new(chance.Next(10)) : new(JsonValue.Create(chance.Next(1000) + 0.5)),
        _ => new(Pick("", "x", "yz")),
    };

    private sealed record Fitting(JsonNode? Value);
}
