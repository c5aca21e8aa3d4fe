using Kernel;
using SchemaRegistry.Core.Languages;

namespace SchemaRegistry.Core.Protobuf;

/// <summary>
/// Protobuf as a schema language of the registry: .proto files and base64 of descriptors, as leniently read and as strictly compared as by
/// Confluent's. Types are not looked for when a schema is parsed; what cannot be found shows when it is normalised.
/// </summary>
public sealed class ProtobufLanguage : ISchemaLanguage
{
    public SchemaType Type => SchemaType.Protobuf;

    public ParseResult Parse(SchemaSource source, ParseRules rules)
    {
        try
        {
            var file = Read(source.Text);
            var scopes = new ProtoScopes();
            scopes.Add(file, default);
            ProtobufReferences.Add(scopes, file, source.References, Read);
            return ParseResult.Ok(new ProtobufSchema(file, scopes));
        }
        catch (ProtoFault e)
        {
            return ParseResult.Bad(e.Message);
        }
    }

    public IReadOnlyList<Finding> Compare(IParsedSchema reader, IParsedSchema writer, CompatibilityPolicy policy)
    {
        try
        {
            return ProtobufComparison.Compare((ProtobufSchema)reader, (ProtobufSchema)writer);
        }
        catch (ProtoFault e)
        {
            return [ProtobufFindings.Fault(e.Message)];
        }
    }

    public string Describe(Finding finding, string reader, string writer) => ProtobufFindings.Describe(finding, reader, writer);

    /// <summary>A text is a .proto file if it reads as one, else a descriptor; of what is neither, the fault is that of the text.</summary>
    private static ProtoFile Read(string text)
    {
        if (text.Length > Limits.MaxSchemaProtobufChars)
        {
            throw new ProtoFault($"The schema has more than {Limits.MaxSchemaProtobufChars} characters");
        }

        if (DescriptorReader.TryDecode(text) is { } descriptor)
        {
            return descriptor;
        }

        return ProtoParser.Parse(text);
    }
}
