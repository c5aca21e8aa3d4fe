using SchemaRegistry.Core.Languages;

namespace SchemaRegistry.Core.Protobuf;

/// <summary>A parsed .proto file with the names of all files that it can see. Immutable.</summary>
internal sealed class ProtobufSchema : IParsedSchema
{
    private readonly Lazy<(string Text, string? Error)> _normalized;
    private readonly Lazy<string> _serialized;
    private readonly Lazy<string> _withoutExtensions;

    /// <summary>Holds a file.</summary>
    /// <param name="file">The schema itself.</param>
    /// <param name="scopes">Its names and those of its references and imports.</param>
    /// <exception cref="ProtoFault">Its text is longer than allowed.</exception>
    public ProtobufSchema(ProtoFile file, ProtoScopes scopes)
    {
        (File, Scopes) = (file, scopes);
        CanonicalText = ProtoPrinter.Print(file);
        _normalized = new(Normalize, LazyThreadSafetyMode.PublicationOnly);
        _serialized = new(() => DescriptorWriter.Serialize(this), LazyThreadSafetyMode.PublicationOnly);
        _withoutExtensions = new(() => ProtoPrinter.Print(ProtoWithoutExtensions.Of(file)), LazyThreadSafetyMode.PublicationOnly);
    }

    public SchemaType Type => SchemaType.Protobuf;

    public ProtoFile File { get; }

    public ProtoScopes Scopes { get; }

    public string CanonicalText { get; }

    public string NormalizedText => _normalized.Value.Text;

    public string? NormalizationError => _normalized.Value.Error;

    /// <summary>The first message's full name, or the first enum's where there are no messages.</summary>
    public string? Name
    {
        get
        {
            var first = File.Types.FirstOrDefault(t => t is ProtoMessage) ?? File.Types.FirstOrDefault();
            return first is null || File.Package is null ? first?.Name : $"{File.Package}.{first.Name}";
        }
    }

    public string? Format(string format) => format switch
    {
        "serialized" => _serialized.Value,
        "ignore_extensions" => _withoutExtensions.Value,
        _ => null,
    };

    private (string Text, string? Error) Normalize()
    {
        try
        {
            return (ProtoPrinter.Print(ProtoNormalizer.Normalize(this)), null);
        }
        catch (ProtoFault e)
        {
            return (CanonicalText, e.Message);
        }
    }
}
