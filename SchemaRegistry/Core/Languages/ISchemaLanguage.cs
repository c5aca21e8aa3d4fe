namespace SchemaRegistry.Core.Languages;

/// <summary>
/// One of the three schema languages: parses, prints and compares. Pure, without state, safe from any thread. Every input is bounded in bytes,
/// depth and objects (<see cref="Kernel.Limits"/>); nothing is ever fetched from anywhere.
/// </summary>
public interface ISchemaLanguage
{
    SchemaType Type { get; }

    /// <summary>Parses a schema. Bad input is a result, never an exception.</summary>
    ParseResult Parse(SchemaSource source, ParseRules rules);

    /// <summary>
    /// What keeps data written with the writer from being read with the reader, and what changed without harm. In the order in which the
    /// registry reports them. Both schemas are of this language.
    /// </summary>
    IReadOnlyList<Finding> Compare(IParsedSchema reader, IParsedSchema writer, CompatibilityPolicy policy);

    /// <summary>The API's whole message for a finding of this language's <see cref="Compare"/>.</summary>
    /// <param name="finding">What was found.</param>
    /// <param name="reader">The word for the reader's schema: "new" or "old".</param>
    /// <param name="writer">The word for the writer's schema.</param>
    string Describe(Finding finding, string reader, string writer);

    /// <summary>The sentence of <see cref="Describe"/> alone, without the API's frame around it: for people.</summary>
    string Sentence(Finding finding, string reader, string writer);
}

/// <summary>A schema as a client gave it, with the schemas that it refers to already found and parsed in order.</summary>
/// <param name="Text">For Protobuf: a .proto file, or base64 of a FileDescriptorProto.</param>
/// <param name="References">Direct references, each with its own; names as the text uses them (a type's full name, a file's path, a URI).</param>
public sealed record SchemaSource(string Text, IReadOnlyList<ResolvedReference> References)
{
    public static SchemaSource Of(string text) => new(text, []);
}

/// <summary>A schema that another one refers to by name.</summary>
/// <param name="Name">As the referring text uses it.</param>
public sealed record ResolvedReference(string Name, string Subject, int Version, SchemaSource Source);

/// <summary>How strict parsing is.</summary>
/// <param name="ValidateNew">A schema to be registered: names are strict and defaults must fit their types. Off for look-ups and what is stored already.</param>
public readonly record struct ParseRules(bool ValidateNew)
{
    public static readonly ParseRules Register = new(ValidateNew: true);
    public static readonly ParseRules Lookup = new(ValidateNew: false);
}

/// <summary>JSON Schema's LENIENT policy calls more changes harmless (compatibilityPolicy); the other languages know STRICT alone.</summary>
public enum CompatibilityPolicy
{
    Strict,
    Lenient,
}

/// <summary>A parsed schema: immutable. Two that print the same canonical text are the same schema to the registry.</summary>
public interface IParsedSchema
{
    SchemaType Type { get; }

    /// <summary>The text that is stored, hashed and returned.</summary>
    string CanonicalText { get; }

    /// <summary>The text under normalize=true: independent of order and spelling. Idempotent.</summary>
    string NormalizedText { get; }

    /// <summary>Why the schema cannot be normalised, as a type that cannot be found; null when it can. With an error NormalizedText is the canonical text.</summary>
    string? NormalizationError => null;

    /// <summary>The text in another form (Avro: resolved; Protobuf: serialized, ignore_extensions); null when the language has no such form, and then the canonical text is given.</summary>
    string? Format(string format);

    /// <summary>Whether the outermost record, message or object has a field of this name. Languages that do not say have none, and then nothing conflicts with a reserved name.</summary>
    bool HasField(string name) => false;

    /// <summary>The record's, message's or title's name, for people and for subject name strategies; null where there is none.</summary>
    string? Name { get; }
}

/// <summary>A parsed schema, or why it is none.</summary>
/// <param name="Schema">Null with an error.</param>
/// <param name="Error">For people: what is wrong and where.</param>
public readonly record struct ParseResult(IParsedSchema? Schema, string? Error)
{
    public static ParseResult Ok(IParsedSchema schema) => new(schema, null);
    public static ParseResult Bad(string error) => new(null, error);
}

/// <summary>One difference between a reader's and a writer's schema.</summary>
/// <param name="Type">The registry's name for it, as READER_FIELD_MISSING_DEFAULT_VALUE.</param>
/// <param name="Path">Where, as the language's messages say it.</param>
/// <param name="IsCompatible">Data stay readable.</param>
/// <param name="Description">The sentence of the API with the two places for "new" and "old" as {0} (the reader's schema) and {1} (the writer's).</param>
/// <param name="Detail">More, where the language gives it (Avro's additionalInfo).</param>
public sealed record Finding(string Type, string Path, bool IsCompatible, string Description, string? Detail = null);
