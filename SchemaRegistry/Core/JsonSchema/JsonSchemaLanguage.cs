using SchemaRegistry.Core.Languages;

namespace SchemaRegistry.Core.JsonSchema;

/// <summary>JsonSchema as a schema language of the registry.</summary>
public sealed class JsonSchemaLanguage : ISchemaLanguage
{
    public SchemaType Type => SchemaType.Json;

    public ParseResult Parse(SchemaSource source, ParseRules rules) => throw new NotImplementedException();

    public IReadOnlyList<Finding> Compare(IParsedSchema reader, IParsedSchema writer, CompatibilityPolicy policy) => throw new NotImplementedException();

    public string Describe(Finding finding, string reader, string writer) => throw new NotImplementedException();
}
