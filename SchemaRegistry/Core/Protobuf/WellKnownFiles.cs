using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace SchemaRegistry.Core.Protobuf;

/// <summary>
/// The files that a schema may import without a reference: Protobuf's own types, and the names and tags of the public google/type and confluent
/// files. Read when they are first asked for, immutable afterwards.
/// </summary>
internal static class WellKnownFiles
{
    private static readonly Dictionary<string, Lazy<ProtoFile>> Files = Build();

    /// <summary>The file of an import path; null when it needs a reference.</summary>
    public static ProtoFile? Find(string path) => Files.TryGetValue(path, out var file) ? file.Value : null;

    /// <summary>All paths.</summary>
    public static IEnumerable<string> Paths => Files.Keys;

    private static Dictionary<string, Lazy<ProtoFile>> Build()
    {
        var files = new Dictionary<string, Lazy<ProtoFile>>();
        FileDescriptor[] generated =
        [
            AnyReflection.Descriptor, ApiReflection.Descriptor, FileDescriptorProto.Descriptor.File, DurationReflection.Descriptor,
            EmptyReflection.Descriptor, FieldMaskReflection.Descriptor, SourceContextReflection.Descriptor, StructReflection.Descriptor,
            TimestampReflection.Descriptor, TypeReflection.Descriptor, WrappersReflection.Descriptor,
        ];
        foreach (var file in generated)
        {
            files[file.Name] = new Lazy<ProtoFile>(() => DescriptorReader.Read(file.ToProto(), new ProtoBudget()), LazyThreadSafetyMode.PublicationOnly);
        }

        foreach (var (path, text) in WellKnownTexts.ByPath)
        {
            files[path] = new Lazy<ProtoFile>(() => ProtoParser.Parse(text), LazyThreadSafetyMode.PublicationOnly);
        }

        return files;
    }
}
