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
            var descriptor = Descriptor(source.Text);
            var budget = new ProtoBudget();
            var file = descriptor is null ? ProtoParser.Parse(source.Text, budget) : DescriptorReader.Read(descriptor, budget);
            var scopes = new ProtoScopes();
            scopes.Add(file, default);
            ProtobufReferences.Add(scopes, file, source.References, text => Read(text, budget));
            if (descriptor is not null && scopes.HasExtensions)
            {
                // Custom options can be read only now that the extensions are known.
                file = DescriptorReader.Read(descriptor, new ProtoBudget(), scopes);
            }

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

    public string Sentence(Finding finding, string reader, string writer) => ProtobufFindings.Sentence(finding, reader, writer);

    private static ProtoFile Read(string text, ProtoBudget budget) =>
        Descriptor(text) is { } descriptor ? DescriptorReader.Read(descriptor, budget) : ProtoParser.Parse(text, budget);

    /// <summary>The descriptor that a text is; null for a .proto file. Of what is neither, the fault is that of the text.</summary>
    private static Google.Protobuf.Reflection.FileDescriptorProto? Descriptor(string text) => text.Length > Limits.MaxSchemaProtobufChars
        ? throw new ProtoFault($"The schema has more than {Limits.MaxSchemaProtobufChars} characters")
        : DescriptorReader.TryDecode(text);
}
