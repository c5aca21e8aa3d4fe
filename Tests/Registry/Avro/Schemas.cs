using SchemaRegistry.Core.Avro;
using SchemaRegistry.Core.Languages;
using Xunit;

namespace Tests.Registry.Avro;

/// <summary>Short ways to parse and compare in tests.</summary>
internal static class Schemas
{
    public static readonly AvroLanguage Language = new();

    public static IParsedSchema Parse(string text, params ResolvedReference[] references) => Parse(text, ParseRules.Register, references);

    public static IParsedSchema Parse(string text, ParseRules rules, params ResolvedReference[] references)
    {
        var result = Language.Parse(new SchemaSource(text, references), rules);
        Assert.True(result.Schema is not null, $"{result.Error}: {text[..Math.Min(text.Length, 500)]}");
        return result.Schema;
    }

    /// <summary>The error of a schema that must not parse.</summary>
    public static string Error(string text, params ResolvedReference[] references) => Error(text, ParseRules.Register, references);

    public static string Error(string text, ParseRules rules, params ResolvedReference[] references)
    {
        var result = Language.Parse(new SchemaSource(text, references), rules);
        Assert.Null(result.Schema);
        Assert.False(string.IsNullOrWhiteSpace(result.Error));
        return result.Error;
    }

    public static IReadOnlyList<Finding> Compare(string reader, string writer) =>
        Language.Compare(Parse(reader, ParseRules.Lookup), Parse(writer, ParseRules.Lookup), CompatibilityPolicy.Strict);

    public static ResolvedReference Reference(string name, string text, params ResolvedReference[] references) =>
        new(name, name, 1, new SchemaSource(text, references));
}
