using SchemaRegistry.Core.Languages;

namespace SchemaRegistry.Core.Avro;

/// <summary>A parsed Avro schema with the types that its references brought. Immutable.</summary>
internal sealed class AvroSchema : IParsedSchema
{
    private readonly IReadOnlyCollection<string> _referenced;
    private string? _normalized;

    /// <param name="root">The schema's type.</param>
    /// <param name="referenced">Full names of all types that references define.</param>
    /// <exception cref="AvroFault">It is nested too deeply to be printed.</exception>
    public AvroSchema(AvroType root, IReadOnlyCollection<string> referenced)
    {
        Root = root;
        _referenced = referenced;
        CanonicalText = AvroPrinter.Print(root, referenced);
    }

    public AvroType Root { get; }

    public SchemaType Type => SchemaType.Avro;

    public string CanonicalText { get; }

    public string NormalizedText => _normalized ??= AvroNormalForm.Print(Root, _referenced);

    public string? Name => (Root as AvroNamed)?.Name.Full;

    /// <summary>"resolved": types of references are written out where they are first used. Null too where that would be nested too deeply.</summary>
    public string? Format(string format)
    {
        if (format != "resolved")
        {
            return null;
        }

        try
        {
            return AvroPrinter.Print(Root, []);
        }
        catch (AvroFault)
        {
            return null;
        }
    }
}
