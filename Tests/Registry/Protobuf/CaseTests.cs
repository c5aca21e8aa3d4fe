using System.Text.Json;
using SchemaRegistry.Core.Languages;
using Xunit;

namespace Tests.Registry.Protobuf;

/// <summary>cases.json: pairs of schemas with every difference that the rules give, in order.</summary>
public class CaseTests
{
    /// <summary>The texts of the API, "new" reading "old", with P for the path. What is not here is compatible.</summary>
    private static readonly Dictionary<string, string> Texts = new()
    {
        ["PACKAGE_CHANGED"] = "The package at '#/' in the new schema does not match the package in the old schema",
        ["MESSAGE_REMOVED"] = "The new schema is missing a MESSAGE type at path 'P' in the old schema",
        ["FIELD_KIND_CHANGED"] = "The type of a field at path 'P' in the new schema does not match the old schema",
        ["FIELD_SCALAR_KIND_CHANGED"] = "The kind of a SCALAR field at path 'P' in the new schema does not match its kind in the old schema",
        ["FIELD_NAMED_TYPE_CHANGED"] = "The type of a MESSAGE field at path 'P' in the new schema does not match its type in the old schema",
        ["FIELD_NUMERIC_LABEL_CHANGED"] = "The label for a NUMERIC field at path 'P' in the new schema does not match its label in the old schema",
        ["REQUIRED_FIELD_ADDED"] = "A required field  at path 'P' in the new schema is missing in the old schema",
        ["REQUIRED_FIELD_REMOVED"] = "The new schema is missing a required field at path: 'P' in the old schema",
        ["ONEOF_FIELD_REMOVED"] = "The new schema is missing a oneof field at path 'P' in the old schema",
        ["MULTIPLE_FIELDS_MOVED_TO_ONEOF"] = "Multiple fields in the oneof at path 'P' in the new schema are outside a oneof in the old schema",
        ["FIELD_MOVED_TO_EXISTING_ONEOF"] = "A field in the oneof at path 'P' in the new schema is outside an existing oneof in the old schema",
    };

    private static readonly string[] Compatible =
    [
        "MESSAGE_ADDED", "MESSAGE_MOVED", "ENUM_ADDED", "ENUM_REMOVED", "ENUM_CONST_ADDED", "ENUM_CONST_CHANGED", "ENUM_CONST_REMOVED", "FIELD_ADDED",
        "FIELD_REMOVED", "FIELD_NAME_CHANGED", "FIELD_STRING_OR_BYTES_LABEL_CHANGED", "ONEOF_ADDED", "ONEOF_REMOVED", "ONEOF_FIELD_ADDED",
        "ONEOF_FIELD_MOVED_TO_TOP_LEVEL",
    ];

    [Fact]
    public void Every_case_gives_its_differences_in_order()
    {
        var wrong = new List<string>();
        foreach (var (name, writer, reader, expected) in Cases())
        {
            var found = Protos.Compare(reader, writer);
            if (!found.SequenceEqual(expected))
            {
                wrong.Add($"{name}: expected [{string.Join(", ", expected)}] but found [{string.Join(", ", found)}]");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(Cases().Count() >= 150);
    }

    [Fact]
    public void Every_difference_has_its_verdict_and_text_and_a_case()
    {
        var seen = new HashSet<string>();
        foreach (var (_, writer, reader, _) in Cases())
        {
            foreach (var finding in Protos.Language.Compare(reader, writer, CompatibilityPolicy.Strict))
            {
                seen.Add(finding.Type);
                Assert.Equal(Compatible.Contains(finding.Type), finding.IsCompatible);
                if (!finding.IsCompatible)
                {
                    var text = Texts[finding.Type].Replace("P'", finding.Path + "'", StringComparison.Ordinal);
                    Assert.Equal($"{{errorType:\"{finding.Type}\", description:\"{text}\"}}", Protos.Language.Describe(finding, "new", "old"));
                }
            }
        }

        Assert.Equal([.. Texts.Keys.Concat(Compatible).Order(StringComparer.Ordinal)], seen.Order(StringComparer.Ordinal));
    }

    /// <summary>The differences of the code, not those that the tests know: each is in a case whose two schemas are compared the other way round too.</summary>
    [Fact]
    public void Every_difference_of_the_code_is_shown_in_both_directions()
    {
        var cases = Cases().Select(c => (Pair: (Key(c.Writer), Key(c.Reader)), c.Differences)).ToList();
        var pairs = cases.Select(c => c.Pair).ToHashSet();
        var shown = cases.Where(c => pairs.Contains((c.Pair.Item2, c.Pair.Item1))).SelectMany(c => c.Differences).Select(d => d.Split(' ')[0]).Distinct();
        Assert.Equal(SchemaRegistry.Core.Protobuf.ProtobufFindings.Types.Order(StringComparer.Ordinal), shown.Order(StringComparer.Ordinal));
        Assert.All(SchemaRegistry.Core.Protobuf.ProtobufFindings.Types, type =>
            Assert.Equal(Compatible.Contains(type), SchemaRegistry.Core.Protobuf.ProtobufFindings.IsCompatible(type)));

        // Schemas with references are told apart by what these hold as well.
        static string Key(IParsedSchema schema) => schema.CanonicalText + schema.Format("serialized");
    }

    /// <summary>Formats change nothing: each case gives the same between canonical texts, and between descriptors.</summary>
    [Fact]
    public void Canonical_texts_compare_as_the_schemas_do()
    {
        foreach (var (name, writer, reader, expected) in Cases(s => s.CanonicalText))
        {
            Assert.True(expected.SequenceEqual(Protos.Compare(reader, writer)), name);
        }
    }

    /// <summary>Normalising keeps verdicts: only empty oneofs, moved messages and the like may go.</summary>
    [Fact]
    public void Descriptors_have_the_verdicts_of_their_texts()
    {
        foreach (var (name, writer, reader, expected) in Cases(s => s.Format("serialized")!))
        {
            var isCompatible = expected.All(d => Compatible.Contains(d.Split(' ')[0]));
            Assert.True(isCompatible == Protos.CanRead(reader, writer), $"{name}: {string.Join(", ", Protos.Compare(reader, writer))}");
        }
    }

    private static IEnumerable<(string Name, IParsedSchema Writer, IParsedSchema Reader, string[] Differences)> Cases(
        Func<IParsedSchema, string>? rewrite = null)
    {
        using var cases = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Protobuf", "cases.json")));
        foreach (var item in cases.RootElement.EnumerateArray())
        {
            yield return (
                item.GetProperty("name").GetString()!,
                Schema(item, "writer", rewrite),
                Schema(item, "reader", rewrite),
                [.. item.GetProperty("differences").EnumerateArray().Select(d => d.GetString()!)]);
        }
    }

    private static IParsedSchema Schema(JsonElement item, string side, Func<IParsedSchema, string>? rewrite)
    {
        var references = References(item, side + "References");
        var schema = Protos.Parse(item.GetProperty(side).GetString()!, references);
        return rewrite is null ? schema : Protos.Parse(rewrite(schema), references);
    }

    private static ResolvedReference[] References(JsonElement item, string property) => item.TryGetProperty(property, out var list)
        ?
        [
            .. list.EnumerateArray().Select(r => new ResolvedReference(
                r.GetProperty("name").GetString()!,
                r.GetProperty("subject").GetString()!,
                r.GetProperty("version").GetInt32(),
                new SchemaSource(r.GetProperty("schema").GetString()!, References(r, "references")))),
        ]
        : [];
}
