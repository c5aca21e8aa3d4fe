using System.Text.Json;
using SchemaRegistry.Core.JsonSchema;
using SchemaRegistry.Core.Languages;

namespace Tests.Registry.JsonSchema;

/// <summary>
/// A pair of schemas with the differences that the registry's rules give, in both directions, as written down by hand from the rules in cases.json.
/// </summary>
public sealed record SchemaCase(string Name, string Original, string Update, IReadOnlyList<ResolvedReference> References, Direction There, Direction Back)
{
    public static readonly JsonSchemaLanguage Language = new();

    public static IReadOnlyList<SchemaCase> All { get; } = Read();

    public static IParsedSchema Parse(string text, IReadOnlyList<ResolvedReference>? references = null)
    {
        var result = Language.Parse(new SchemaSource(text, references ?? []), ParseRules.Register);
        return result.Schema ?? throw new InvalidOperationException($"{text}: {result.Error}");
    }

    /// <summary>The differences as "TYPE path", sorted: their order is that of a Java set.</summary>
    public static string[] Differences(IParsedSchema original, IParsedSchema update, CompatibilityPolicy policy = CompatibilityPolicy.Strict) =>
        [.. Language.Compare(update, original, policy).Select(f => $"{f.Type} {f.Path}").Order(StringComparer.Ordinal)];

    public static bool IsCompatible(IParsedSchema original, IParsedSchema update, CompatibilityPolicy policy = CompatibilityPolicy.Strict) =>
        Language.Compare(update, original, policy).All(f => f.IsCompatible);

    public override string ToString() => Name;

    private static List<SchemaCase> Read()
    {
        using var stream = typeof(SchemaCase).Assembly.GetManifestResourceStream("JsonSchema/cases.json")!;
        using var json = JsonDocument.Parse(stream);
        return [.. json.RootElement.EnumerateArray().Select(e => new SchemaCase(
            e.GetProperty("name").GetString()!,
            e.GetProperty("original").GetRawText(),
            e.GetProperty("update").GetRawText(),
            e.TryGetProperty("references", out var references)
                ? [.. references.EnumerateArray().Select(r => Reference(r.GetProperty("name").GetString()!, r.GetProperty("schema").GetRawText()))]
                : [],
            ReadDirection(e, "changes", "compatible"),
            ReadDirection(e, "reverse", "reverseCompatible")))];
    }

    public static ResolvedReference Reference(string name, string text, params ResolvedReference[] references) =>
        new(name, name, 1, new SchemaSource(text, references));

    private static Direction ReadDirection(JsonElement e, string changes, string verdict)
    {
        var isCompatible = e.GetProperty(verdict).GetBoolean();
        return new Direction(
            [.. e.GetProperty(changes).EnumerateArray().Select(c => c.GetString()!).Order(StringComparer.Ordinal)],
            isCompatible,
            e.TryGetProperty(verdict + "WhenLenient", out var lenient) ? lenient.GetBoolean() : isCompatible);
    }
}

/// <summary>What comparing in one direction gives.</summary>
public sealed record Direction(string[] Differences, bool IsCompatible, bool IsCompatibleWhenLenient);
