using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace SchemaRegistry.Core.Protobuf;

/// <summary>
/// Makes the descriptor of a file: names resolved, maps as entry messages, proto3's optional fields in oneofs of their own. A type that cannot be
/// found keeps its name and has no kind. One schema, one owner.
/// </summary>
internal sealed class DescriptorWriter
{
    /// <summary>A schema has no file name of its own.</summary>
    private const string FileName = "default";

    private readonly ProtobufSchema _schema;
    private readonly ExtensionOptionWriter _extensions;
    private readonly DescriptorFieldWriter _fields;

    private DescriptorWriter(ProtobufSchema schema)
    {
        (_schema, _extensions) = (schema, new ExtensionOptionWriter(schema));
        _fields = new DescriptorFieldWriter(schema, _extensions);
    }

    /// <summary>Base64 of the descriptor.</summary>
    public static string Serialize(ProtobufSchema schema) => Convert.ToBase64String(Write(schema).ToByteArray());

    public static FileDescriptorProto Write(ProtobufSchema schema) => new DescriptorWriter(schema).File();

    private FileDescriptorProto File()
    {
        var file = _schema.File;
        var package = _schema.Scopes.Package(file);
        var result = new FileDescriptorProto { Name = FileName };
        if (file.Package is not null)
        {
            result.Package = file.Package;
        }

        if (file.Edition is not null)
        {
            result.Syntax = "editions";
            result.Edition = Enum.TryParse<Edition>("Edition" + file.Edition, out var edition) ? edition : Edition.Unknown;
        }
        else if (file.Syntax is not null)
        {
            result.Syntax = file.Syntax;
        }

        result.Dependency.Add(file.Imports);
        result.PublicDependency.Add(Enumerable.Range(result.Dependency.Count, file.PublicImports.Count));
        result.Dependency.Add(file.PublicImports);
        result.WeakDependency.Add(Enumerable.Range(result.Dependency.Count, file.WeakImports.Count));
        result.Dependency.Add(file.WeakImports);
        result.MessageType.Add(file.Types.OfType<ProtoMessage>().Select(m => Message(m, package.Child(m.Name) ?? package)));
        result.EnumType.Add(file.Types.OfType<ProtoEnum>().Select(EnumType));
        foreach (var extend in file.Extends)
        {
            _fields.Extend(extend, package, result.Extension, group => result.MessageType.Add(Message(group, package.Child(group.Name) ?? package)));
        }

        result.Service.Add(file.Services.Select(s => Service(s, package)));
        result.Options = DescriptorOptions.Write<Google.Protobuf.Reflection.FileOptions>(file.Options, _extensions);
        return result;
    }

    private DescriptorProto Message(ProtoMessage message, ProtoScope scope)
    {
        var result = new DescriptorProto { Name = message.Name, Options = DescriptorOptions.Write<MessageOptions>(message.Options, _extensions) };
        var bodies = new List<ProtoMessage>();
        foreach (var field in message.Fields)
        {
            result.Field.Add(field.Type.IsMap ? _fields.Map(field, scope, result.NestedType) : _fields.Field(field, scope));
        }

        Groups(message.Groups, null);
        for (var i = 0; i < message.OneOfs.Count; i++)
        {
            var oneOf = message.OneOfs[i];
            result.OneofDecl.Add(new OneofDescriptorProto { Name = oneOf.Name, Options = DescriptorOptions.Write<OneofOptions>(oneOf.Options, _extensions) });
            foreach (var field in oneOf.Fields)
            {
                var member = field.Type.IsMap ? _fields.Map(field, scope, result.NestedType) : _fields.Field(field, scope);
                member.OneofIndex = i;
                result.Field.Add(member);
            }

            Groups(oneOf.Groups, i);
        }

        if (_schema.File.IsProto3)
        {
            Optionals(message, result);
        }

        result.NestedType.Add(message.Types.OfType<ProtoMessage>().Concat(bodies).Select(m => Message(m, scope.Child(m.Name) ?? scope)));
        result.EnumType.Add(message.Types.OfType<ProtoEnum>().Select(EnumType));
        foreach (var extend in message.Extends)
        {
            _fields.Extend(extend, scope, result.Extension, group => result.NestedType.Add(Message(group, scope.Child(group.Name) ?? scope)));
        }

        foreach (var extensions in message.Extensions)
        {
            result.ExtensionRange.Add(extensions.Ranges.Where(r => r.Name is null).Select(r => new DescriptorProto.Types.ExtensionRange
            {
                Start = r.Start,
                End = r.End + 1,
                Options = DescriptorOptions.Write<ExtensionRangeOptions>(extensions.Options, _extensions),
            }));
        }

        var reserved = message.Reserved.SelectMany(r => r.Items).ToList();
        result.ReservedRange.Add(
            reserved.Where(r => r.Name is null).Select(r => new DescriptorProto.Types.ReservedRange { Start = r.Start, End = r.End + 1 }));
        result.ReservedName.Add(reserved.Where(r => r.Name is not null).Select(r => r.Name));
        return result;

        void Groups(IReadOnlyList<ProtoGroup> groups, int? oneOf)
        {
            foreach (var group in groups)
            {
                var member = _fields.Group(group, scope);
                if (oneOf is { } index)
                {
                    member.OneofIndex = index;
                }

                result.Field.Add(member);
                bodies.Add(group.Body);
            }
        }
    }

    /// <summary>Each optional field of proto3 is alone in a oneof, after those that the file declares.</summary>
    private static void Optionals(ProtoMessage message, DescriptorProto result)
    {
        var taken = message.Fields.Select(f => f.Name).Concat(message.OneOfs.Select(o => o.Name)).ToHashSet();
        for (var i = 0; i < message.Fields.Count; i++)
        {
            if (message.Fields[i].Label != ProtoLabel.Optional)
            {
                continue;
            }

            var name = "_" + message.Fields[i].Name;
            while (!taken.Add(name))
            {
                name = "X" + name;
            }

            result.Field[i].Proto3Optional = true;
            result.Field[i].OneofIndex = result.OneofDecl.Count;
            result.OneofDecl.Add(new OneofDescriptorProto { Name = name });
        }
    }

    private EnumDescriptorProto EnumType(ProtoEnum type)
    {
        var result = new EnumDescriptorProto { Name = type.Name, Options = DescriptorOptions.Write<EnumOptions>(type.Options, _extensions) };
        result.Value.Add(type.Constants.Select(c => new EnumValueDescriptorProto
        {
            Name = c.Name,
            Number = c.Tag,
            Options = DescriptorOptions.Write<EnumValueOptions>(c.Options, _extensions),
        }));
        var reserved = type.Reserved.SelectMany(r => r.Items).ToList();
        result.ReservedRange.Add(reserved.Where(r => r.Name is null).Select(r => new EnumDescriptorProto.Types.EnumReservedRange
        {
            Start = r.Start,
            End = r.End == ProtoReservedItem.MaxTag ? int.MaxValue : r.End,
        }));
        result.ReservedName.Add(reserved.Where(r => r.Name is not null).Select(r => r.Name));
        return result;
    }

    private ServiceDescriptorProto Service(ProtoService service, ProtoScope package)
    {
        var result = new ServiceDescriptorProto { Name = service.Name, Options = DescriptorOptions.Write<ServiceOptions>(service.Options, _extensions) };
        foreach (var rpc in service.Rpcs)
        {
            var method = new MethodDescriptorProto
            {
                Name = rpc.Name,
                InputType = _fields.FullName(rpc.Request, package),
                OutputType = _fields.FullName(rpc.Response, package),
                Options = DescriptorOptions.Write<MethodOptions>(rpc.Options, _extensions),
            };
            if (rpc.StreamsRequest)
            {
                method.ClientStreaming = true;
            }

            if (rpc.StreamsResponse)
            {
                method.ServerStreaming = true;
            }

            result.Method.Add(method);
        }

        return result;
    }
}
