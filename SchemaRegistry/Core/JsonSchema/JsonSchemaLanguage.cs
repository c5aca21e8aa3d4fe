using System.Globalization;
using SchemaRegistry.Core.JsonSchema.Comparison;
using SchemaRegistry.Core.JsonSchema.Text;
using SchemaRegistry.Core.Languages;

namespace SchemaRegistry.Core.JsonSchema;

/// <summary>
/// JSON Schema as a schema language of the registry: drafts 4, 6, 7, 2019-09 and 2020-12, with Confluent's verdicts and texts. Regular expressions
/// are matched in linear time, and references are looked for among those of the registry alone.
/// </summary>
public sealed class JsonSchemaLanguage : ISchemaLanguage
{
    // What the comparison itself could not do; Confluent's words for it, and no name of a difference.
    private const string Failure = "COMPARISON_FAILED";

    public SchemaType Type => SchemaType.Json;

    /// <summary>
    /// A look-up needs only JSON. A schema to be registered must also be one: keywords have the types that the drafts say, and each reference leads
    /// to a schema.
    /// </summary>
    public ParseResult Parse(SchemaSource source, ParseRules rules)
    {
        var jsonReader = new JsonTextReader();
        var root = jsonReader.Read(source.Text, out var error);
        if (root is null)
        {
            return ParseResult.Bad($"Invalid JSON: {error}");
        }

        var schema = new ParsedJsonSchema(jsonReader, root, source);
        return rules.ValidateNew && schema.Load() is { Error: { } fault }
            ? ParseResult.Bad($"Invalid schema: {fault}")
            : ParseResult.Ok(schema);
    }

    public IReadOnlyList<Finding> Compare(IParsedSchema reader, IParsedSchema writer, CompatibilityPolicy policy)
    {
        var update = ((ParsedJsonSchema)reader).Load();
        var original = ((ParsedJsonSchema)writer).Load();
        if (update.Schema is null || original.Schema is null)
        {
            var fault = update.Schema is null ? update : original;
            return [Failed(fault.IsExternal ? "A previous schema version contains an unsupported external reference" : fault.Error!)];
        }

        var isLenient = policy == CompatibilityPolicy.Lenient;
        var tree = SchemaComparison.Run(original.Schema, update.Schema, isLenient, out var exhausted);
        return tree is null ? [Failed(exhausted!)] : FindingList.Of(tree, isLenient);
    }

    /// <summary>The text that the API gives for a finding.</summary>
    /// <param name="reader">What the reader's schema is called: "new" when backward compatibility is checked.</param>
    /// <param name="writer">What the writer's schema is called.</param>
    public string Describe(Finding finding, string reader, string writer)
    {
        var sentence = Sentence(finding, reader, writer);
        return finding.Type == Failure ? sentence : $"{{errorType:\"{finding.Type}\", description:\"{sentence}'}}";
    }

    /// <summary>What the text says, without the API's frame.</summary>
    public string Sentence(Finding finding, string reader, string writer)
    {
        var sentence = string.Format(CultureInfo.InvariantCulture, finding.Description, reader, writer);
        return finding.Type == Failure ? $"Unexpected exception during compatibility check: {sentence}" : sentence;
    }

    private static Finding Failed(string message) =>
        new(Failure, "#/", IsCompatible: false, message.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal));
}
