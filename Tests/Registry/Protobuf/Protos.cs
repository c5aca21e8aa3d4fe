using SchemaRegistry.Core.Languages;
using Xunit;

namespace Tests.Registry.Protobuf;

/// <summary>Schemas for tests, and what the language says about them.</summary>
internal static class Protos
{
    public static readonly ISchemaLanguage Language = SchemaLanguages.Of(SchemaType.Protobuf);

    public static IParsedSchema Parse(string text, params ResolvedReference[] references)
    {
        var result = Language.Parse(new SchemaSource(text, references), ParseRules.Register);
        Assert.True(result.Error is null, $"{result.Error} in {text}");
        return result.Schema!;
    }

    public static string Error(string text, params ResolvedReference[] references)
    {
        var result = Language.Parse(new SchemaSource(text, references), ParseRules.Register);
        Assert.Null(result.Schema);
        Assert.NotNull(result.Error);
        return result.Error;
    }

    /// <summary>Type and path of each difference.</summary>
    public static string[] Compare(IParsedSchema reader, IParsedSchema writer) =>
        [.. Language.Compare(reader, writer, CompatibilityPolicy.Strict).Select(f => $"{f.Type} {f.Path}")];

    public static bool CanRead(IParsedSchema reader, IParsedSchema writer) =>
        Language.Compare(reader, writer, CompatibilityPolicy.Strict).All(f => f.IsCompatible);

    public static ResolvedReference Reference(string name, string text, int version = 1) => new(name, name, version, SchemaSource.Of(text));
}
