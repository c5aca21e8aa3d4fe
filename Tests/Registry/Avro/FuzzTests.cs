using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using SchemaRegistry.Core.Languages;
using Xunit;

namespace Tests.Registry.Avro;

/// <summary>
/// Damaged schemas: the parser never throws, and what it takes prints and reads back. FUZZ_SECONDS says how long (2 unless set); the seed of a
/// failure is in its message, SEED begins with it again.
/// </summary>
public class FuzzTests
{
    private const double DefaultSeconds = 2;

    /// <summary>Pieces that mean something to the parser, or to the readers below it.</summary>
    private static readonly string[] Pieces =
    [
        "\"", "{", "}", "[", "]", ",", ":", "null", "\"null\"", "\"int\"", "\"type\"", "\"name\":\"\"", "\"namespace\":\"\"", "\"namespace\":\"a.b\"", ".", "..",
        "\"name\":\".R\"", "\"fields\":[]", "\"symbols\":[\"A\"]", "\"size\":1", "\"items\":\"R\"", "\"values\":\"int\"", "\"aliases\":[\"x\",\".y\",\"n.z\"]",
        "\"default\":\"A\"", "\"default\":{}", "\"default\":1e999", "\"default\":-0", "\"logicalType\":\"decimal\"", "\"precision\":3", "\\u0000", "\\ud800", "\ud800",
        "\ud83d\ude00", "/*", "*/", "//", "\n", "\"order\":\"ignore\"", "\"doc\":\"\\u2028\"", "\"type\":\"error\"", "\"R\"", "\"S\"", "\"n.R\"", "1.5e-7", "99999999999999999999",
    ];

    private static readonly string[] Attributes =
    [
        "name", "namespace", "type", "items", "values", "fields", "symbols", "default", "aliases", "doc", "size", "order", "logicalType",
    ];

    private static readonly string[] Odd =
    [
        "", ".", "..", ".R", "R", "S", "n.R", "m.o.S", "a.b.", ".a.R", "int", "n.int", "record", "n.record", "null", "a b", "\u00e9", "\"", "A", "{0}",
    ];

    [Fact]
    public void Damaged_schemas()
    {
        var seconds = double.TryParse(Environment.GetEnvironmentVariable("FUZZ_SECONDS"), out var given) ? given : DefaultSeconds;
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SEED"), out var chosen) ? chosen : Random.Shared.Next(1_000_000_000);
        var clock = Stopwatch.StartNew();
        var (runs, taken) = (0, 0);
        do
        {
            var chance = new Random(seed);
            var original = new SchemaGenerator(chance).Schema();
            var text = chance.Next(2) == 0 ? Damaged(original, chance) : Twisted(original, chance);
            try
            {
                taken += Judge(text, original) ? 1 : 0;
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"SEED={seed} finds it at once, in {text}: {e.Message}", e);
            }

            seed++;
            runs++;
        }
        while (clock.Elapsed.TotalSeconds < seconds);

        TestContext.Current.TestOutputHelper?.WriteLine($"{runs} runs, {taken} schemas taken");
        Assert.True(runs < 1000 || taken > runs / 50, "Nearly nothing is taken: the damage is too great to find anything");
    }

    private static bool Judge(string text, string original)
    {
        var source = SchemaSource.Of(text);
        var strict = Schemas.Language.Parse(source, ParseRules.Register);
        var lenient = Schemas.Language.Parse(source, ParseRules.Lookup);
        Assert.True((strict.Schema is null) == (strict.Error is not null) && (lenient.Schema is null) == (lenient.Error is not null));
        Assert.False(strict.Schema is not null && lenient.Schema is null, "What may be registered may be looked up");
        if (lenient.Schema is not { } schema)
        {
            return false;
        }

        Assert.Equal(schema.CanonicalText, Schemas.Parse(schema.CanonicalText, ParseRules.Lookup).CanonicalText);
        Assert.Equal(schema.NormalizedText, Schemas.Parse(schema.NormalizedText, ParseRules.Lookup).NormalizedText);
        if (strict.Schema is not null)
        {
            Assert.Equal(strict.Schema.CanonicalText, schema.CanonicalText);
            Schemas.Parse(schema.CanonicalText, ParseRules.Register);
        }

        var other = Schemas.Parse(original, ParseRules.Lookup);
        var backward = Schemas.Language.Compare(schema, other, CompatibilityPolicy.Strict);
        var forward = Schemas.Language.Compare(other, schema, CompatibilityPolicy.Strict);
        foreach (var finding in backward.Concat(forward))
        {
            Assert.NotEmpty(Schemas.Language.Describe(finding, "new", "old"));
        }

        return true;
    }

    /// <summary>Still JSON, and still much like a schema: odd names, members that are elsewhere, types for types.</summary>
    private static string Twisted(string text, Random chance)
    {
        var root = new JsonArray(JsonNode.Parse(text));
        for (var i = 1 + chance.Next(4); i > 0; i--)
        {
            var nodes = SchemaGenerator.Walk(root).Skip(1).ToList();
            if (nodes.Count == 0)
            {
                break;
            }

            var node = nodes[chance.Next(nodes.Count)];
            switch (node)
            {
                case JsonObject o when chance.Next(3) > 0:
                    o[Attributes[chance.Next(Attributes.Length)]] = chance.Next(2) == 0
                        ? Odd[chance.Next(Odd.Length)]
                        : nodes[chance.Next(nodes.Count)].DeepClone();
                    break;
                case JsonValue when chance.Next(2) == 0:
                    node.ReplaceWith(Odd[chance.Next(Odd.Length)]);
                    break;
                default:
                    node.ReplaceWith(nodes[chance.Next(nodes.Count)].DeepClone());
                    break;
            }
        }

        return root.Count == 0 || root[0] is null ? "null" : root[0]!.ToJsonString();
    }

    private static string Damaged(string text, Random chance)
    {
        var damaged = new StringBuilder(text);
        for (var i = 1 + chance.Next(4); i > 0 && damaged.Length > 0; i--)
        {
            var at = chance.Next(damaged.Length);
            switch (chance.Next(6))
            {
                case 0:
                    damaged[at] = (char)chance.Next(chance.Next(2) == 0 ? 128 : char.MaxValue);
                    break;
                case 1:
                    damaged.Remove(at, Math.Min(damaged.Length - at, 1 + chance.Next(8)));
                    break;
                case 2:
                    damaged.Insert(at, Pieces[chance.Next(Pieces.Length)]);
                    break;
                case 3:
                    // A member where members are.
                    var brace = damaged.ToString().IndexOf('{', at);
                    damaged.Insert(brace < 0 ? 0 : brace + 1, Pieces[chance.Next(Pieces.Length)] + ",");
                    break;
                case 4:
                    // One string for another: names meet names.
                    var parts = damaged.ToString().Split('"');
                    (parts[chance.Next(parts.Length)], parts[chance.Next(parts.Length)]) = (parts[chance.Next(parts.Length)], parts[chance.Next(parts.Length)]);
                    damaged = new StringBuilder(string.Join('"', parts));
                    break;
                default:
                    var length = chance.Next(Math.Min(damaged.Length - at, 64));
                    damaged.Insert(chance.Next(damaged.Length), damaged.ToString(at, length));
                    break;
            }
        }

        return damaged.ToString();
    }
}
