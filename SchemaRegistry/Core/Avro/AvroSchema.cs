using System.Text;
using Kernel;
using SchemaRegistry.Core.Languages;

namespace SchemaRegistry.Core.Avro;

/// <summary>A parsed Avro schema with the types that its references brought. Immutable.</summary>
internal sealed class AvroSchema : IParsedSchema
{
    private readonly IReadOnlyCollection<string> _referenced;
    private string? _normalized;

    /// <param name="root">The schema's type.</param>
    /// <param name="referenced">Full names of all types that references define.</param>
    /// <exception cref="AvroFault">It is nested too deeply to be printed, or longer in print than it could be read again.</exception>
    public AvroSchema(AvroType root, IReadOnlyCollection<string> referenced)
    {
        Root = root;
        _referenced = referenced;
        CanonicalText = AvroPrinter.Print(root, referenced);
        if (!Fits(CanonicalText))
        {
            throw new AvroFault($"The schema is longer than {Limits.MaxSchemaAvroBytes} bytes when it is printed");
        }
    }

    public AvroType Root { get; }

    public SchemaType Type => SchemaType.Avro;

    public string CanonicalText { get; }

    /// <summary>The canonical text where full names would make a text that is too long to be read again.</summary>
    public string NormalizedText
    {
        get
        {
            if (_normalized is null)
            {
                var text = AvroNormalForm.Print(Root, _referenced);
                _normalized = Fits(text) ? text : CanonicalText;
            }

            return _normalized;
        }
    }

    public string? Name => (Root as AvroNamed)?.Name.Full;

    /// <summary>Whether the schema is a record with a field of this name.</summary>
    public bool HasField(string name) => Root is AvroRecord record && record.Field(name) is not null;

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

    private static bool Fits(string text) => text.Length <= Limits.MaxSchemaAvroBytes && Encoding.UTF8.GetByteCount(text) <= Limits.MaxSchemaAvroBytes;
}
