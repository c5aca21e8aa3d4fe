using Google.Protobuf;
using Google.Protobuf.Reflection;
using Kernel;

namespace SchemaRegistry.Core.Protobuf;

/// <summary>
/// Makes the elements of a .proto file from its descriptor, as the registry prints what .NET's client registers: types by their full names, map
/// fields as repeated fields of their entry messages. Names are checked, because a descriptor may hold any text where a file has words.
/// </summary>
internal sealed class DescriptorReader
{
    private readonly ProtoBudget _budget;
    private readonly FileDescriptorProto _file;
    private readonly ExtensionOptionReader? _extensions;

    private DescriptorReader(FileDescriptorProto file, ProtoBudget budget, ProtoScopes? scopes) =>
        (_file, _budget, _extensions) = (file, budget, scopes is null ? null : new ExtensionOptionReader(scopes, budget));

    /// <summary>The descriptor of a base64 text; null when the text is no base64 or no descriptor.</summary>
    public static FileDescriptorProto? TryDecode(string text)
    {
        var trimmed = text.AsSpan().Trim();
        if (trimmed.IsEmpty || trimmed.Length % 4 != 0 || trimmed.ContainsAnyExcept(Base64Characters))
        {
            return null;
        }

        var bytes = new byte[trimmed.Length / 4 * 3];
        if (!Convert.TryFromBase64Chars(trimmed, bytes, out var length))
        {
            return null;
        }

        try
        {
            if (!DescriptorScan.IsBounded(bytes.AsSpan(0, length)))
            {
                throw new ProtoFault($"The descriptor has more than {Limits.MaxSchemaProtobufElements} elements");
            }

            var file = FileDescriptorProto.Parser.ParseFrom(bytes, 0, length);
            var isEmpty = !file.HasName && !file.HasPackage && !file.HasSyntax
                && file.MessageType.Count + file.EnumType.Count + file.Service.Count + file.Extension.Count + file.Dependency.Count == 0;
            return isEmpty ? null : file;
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    /// <summary>The file of a descriptor, with the custom options that the scopes know the extensions of; without scopes there are none.</summary>
    /// <exception cref="ProtoFault">No .proto file could have this descriptor.</exception>
    public static ProtoFile Read(FileDescriptorProto file, ProtoBudget budget, ProtoScopes? scopes = null)
    {
        try
        {
            return new DescriptorReader(file, budget, scopes).File();
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new ProtoFault($"The descriptor has a custom option that cannot be read: {e.Message}");
        }
    }

    private static readonly System.Buffers.SearchValues<char> Base64Characters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");

    private bool IsProto3 => _file.Syntax == "proto3";

    private bool HasLabels => _file.Syntax is "" or "proto2";

    private ProtoFile File()
    {
        if (_file.Syntax is not ("" or "proto2" or "proto3" or "editions"))
        {
            throw new ProtoFault($"unexpected syntax: {ProtoReader.Excerpt(_file.Syntax)}");
        }

        var names = new HashSet<string>();
        var twice = _file.MessageType.Select(m => m.Name).Concat(_file.EnumType.Select(e => e.Name)).FirstOrDefault(n => !names.Add(n))
            ?? _file.Service.Select(s => "service " + s.Name).FirstOrDefault(n => !names.Add(n));
        if (twice is not null)
        {
            throw new ProtoFault($"{ProtoReader.Excerpt(twice)} is already defined");
        }

        var (publics, weaks) = (_file.PublicDependency.ToHashSet(), _file.WeakDependency.ToHashSet());
        var imports = _file.Dependency.Select((path, i) => (Path: Counted(path), IsPublic: publics.Contains(i), IsWeak: weaks.Contains(i))).ToList();
        return new ProtoFile
        {
            Syntax = _file.Syntax is "proto2" or "proto3" ? _file.Syntax : null,
            Edition = _file.Syntax == "editions" ? Edition(_file.Edition) : null,
            Package = _file.HasPackage && _file.Package.Length > 0 ? Name(_file.Package, isFull: _file.Package[0] != '.') : null,
            Imports = [.. imports.Where(i => !i.IsPublic && !i.IsWeak).Select(i => i.Path)],
            PublicImports = [.. imports.Where(i => i.IsPublic).Select(i => i.Path)],
            WeakImports = [.. imports.Where(i => i.IsWeak && !i.IsPublic).Select(i => i.Path)],
            Options = Options(_file.Options),
            Types = [.. _file.MessageType.Select(m => (ProtoType)Message(m, 0)), .. _file.EnumType.Select(Enum)],
            Extends = Extends(_file.Extension, []),
            Services = [.. _file.Service.Select(Service)],
        };
    }

    private static string Edition(Edition edition) => edition.ToString().Replace("Edition", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal);

    private string Counted(string text)
    {
        _budget.Count();
        return text;
    }

    private ProtoMessage Message(DescriptorProto message, int depth)
    {
        if (depth >= Limits.MaxSchemaProtobufDepth)
        {
            throw new ProtoFault($"messages are nested deeper than {Limits.MaxSchemaProtobufDepth}");
        }

        _budget.Count(ProtoBudget.OfMessage);
        if (message.Field.Any(f => f.HasOneofIndex && (uint)f.OneofIndex >= (uint)message.OneofDecl.Count))
        {
            throw new ProtoFault($"The descriptor has a field of a oneof that message {ProtoReader.Excerpt(message.Name)} has not");
        }

        var nested = message.NestedType.Select(m => Message(m, depth + 1)).ToList();
        var taken = new HashSet<ProtoMessage>(ReferenceEqualityComparer.Instance);
        var top = message.Field.Where(f => !IsInOneOf(f)).ToList();
        var fields = top.Where(f => !IsGroup(f)).Select(Field).ToList();
        var bodies = new Dictionary<string, ProtoMessage>();
        nested.ForEach(n => bodies.TryAdd(n.Name, n));
        var groups = top.Where(IsGroup).Select(f => Group(f, bodies, taken)).ToList();
        var members = message.Field.Where(IsInOneOf).ToLookup(f => f.OneofIndex);
        var named = message.Field.Where(f => f.HasOneofIndex).Select(f => f.OneofIndex).ToHashSet();
        var oneOfs = message.OneofDecl.Select((o, i) => OneOf(o, [.. members[i]], bodies, taken)).ToList();
        var extends = Extends(message.Extension, bodies, taken);
        return new ProtoMessage(Name(message.Name))
        {
            Options = Options(message.Options),
            Reserved =
            [
                .. message.ReservedRange.Select(r => Reserved(ProtoReservedItem.Of(r.Start, r.End - 1))),
                .. message.ReservedName.Select(n => Reserved(ProtoReservedItem.Of(n))),
            ],
            Fields = fields,
            // What is left of the oneofs that only stand for proto3's optional fields is no oneof.
            OneOfs = [.. oneOfs.Where((o, i) => o.Fields.Count + o.Groups.Count > 0 || !named.Contains(i))],
            Groups = groups,
            Extensions =
            [
                .. message.ExtensionRange.Select(r => new ProtoExtensions([ProtoReservedItem.Of(r.Start, r.End - 1)], Options(r.Options))),
            ],
            Extends = extends,
            Types = [.. nested.Where(n => !taken.Contains(n)), .. message.EnumType.Select(Enum)],
        };
    }

    private static bool IsInOneOf(FieldDescriptorProto field) => field.HasOneofIndex && !field.Proto3Optional;

    private static bool IsGroup(FieldDescriptorProto field) => field.Type == FieldDescriptorProto.Types.Type.Group;

    private ProtoReserved Reserved(ProtoReservedItem item)
    {
        _budget.Count();
        return new ProtoReserved([item]);
    }

    private ProtoOneOf OneOf(
        OneofDescriptorProto oneOf, List<FieldDescriptorProto> fields, Dictionary<string, ProtoMessage> bodies, HashSet<ProtoMessage> taken)
    {
        _budget.Count(ProtoBudget.OfList);
        return new(Name(oneOf.Name))
        {
            Options = Options(oneOf.Options),
            Fields = [.. fields.Where(f => !IsGroup(f)).Select(Field)],
            Groups = [.. fields.Where(IsGroup).Select(f => Group(f, bodies, taken))],
        };
    }

    private ProtoEnum Enum(EnumDescriptorProto type)
    {
        _budget.Count();
        return new ProtoEnum(Name(type.Name))
        {
            Options = Options(type.Options),
            Reserved =
            [
                .. type.ReservedRange.Select(r => Reserved(ProtoReservedItem.Of(r.Start, r.End))),
                .. type.ReservedName.Select(n => Reserved(ProtoReservedItem.Of(n))),
            ],
            Constants = [.. type.Value.Select(v => new ProtoConstant(Counted(Name(v.Name)), v.Number, Options(v.Options)))],
        };
    }

    private ProtoField Field(FieldDescriptorProto field)
    {
        _budget.Count();
        var type = field.HasTypeName ? Name(field.TypeName, isFull: true) : field.Type.ToString().ToLowerInvariant();
        if (!field.HasTypeName && (!field.HasType || !ProtoScopes.IsScalar(type)))
        {
            throw new ProtoFault($"The field {ProtoReader.Excerpt(field.Name)} has no type");
        }

        return new ProtoField(Label(field), new ProtoTypeName(type, null), Name(field.Name), field.Number)
        {
            Default = field.HasDefaultValue ? Default(field) : null,
            JsonName = field.HasJsonName ? ProtoValue.Of(ProtoValueKind.String, field.JsonName) : null,
            Options = Options(field.Options),
        };
    }

    private ProtoLabel Label(FieldDescriptorProto field) => field.Label switch
    {
        FieldDescriptorProto.Types.Label.Repeated or FieldDescriptorProto.Types.Label.Required when IsInOneOf(field) =>
            throw new ProtoFault($"The field {ProtoReader.Excerpt(field.Name)} of a oneof has a label"),
        FieldDescriptorProto.Types.Label.Repeated => ProtoLabel.Repeated,
        FieldDescriptorProto.Types.Label.Required => IsProto3 ? throw new ProtoFault("'required' label forbidden in proto3") : ProtoLabel.Required,
        _ when IsInOneOf(field) => ProtoLabel.None,
        _ => HasLabels || field.Proto3Optional ? ProtoLabel.Optional : ProtoLabel.None,
    };

    private static ProtoValue Default(FieldDescriptorProto field) => field.Type switch
    {
        FieldDescriptorProto.Types.Type.String => ProtoValue.Of(ProtoValueKind.String, field.DefaultValue),
        FieldDescriptorProto.Types.Type.Bytes => ProtoValue.Of(ProtoValueKind.String, DescriptorBytes.Unescape(field.DefaultValue)),
        FieldDescriptorProto.Types.Type.Bool => ProtoValue.Of(field.DefaultValue == "true"),
        _ => Word(field.DefaultValue),
    };

    /// <summary>A number or a constant's name. Anything else would not be read back.</summary>
    private static ProtoValue Word(string text) =>
        text.Length > 0 && (char.IsAsciiDigit(text[0]) || text[0] is '-' or '.') && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '+')
            ? ProtoValue.Of(ProtoValueKind.Number, text)
            : ProtoValue.Of(ProtoValueKind.Enum, Name(text));

    private ProtoGroup Group(FieldDescriptorProto field, Dictionary<string, ProtoMessage> bodies, HashSet<ProtoMessage> taken)
    {
        _budget.Count(ProtoBudget.OfList);
        var name = Name(field.TypeName, isFull: true);
        name = name[(name.LastIndexOf('.') + 1)..];
        var body = bodies.GetValueOrDefault(name) ?? throw new ProtoFault($"The group {ProtoReader.Excerpt(name)} has no message");
        taken.Add(body);
        return new ProtoGroup(Label(field), field.Number, body, Options(field.Options));
    }

    /// <summary>Extensions of one message that stand side by side are one block.</summary>
    private List<ProtoExtend> Extends(
        IEnumerable<FieldDescriptorProto> fields, Dictionary<string, ProtoMessage> bodies, HashSet<ProtoMessage>? taken = null)
    {
        var blocks = new List<(string Name, List<FieldDescriptorProto> Fields)>();
        foreach (var field in fields)
        {
            if (blocks.Count == 0 || blocks[^1].Name != field.Extendee)
            {
                blocks.Add((field.Extendee, []));
            }

            blocks[^1].Fields.Add(field);
        }

        return
        [
            .. blocks.Select(b => new ProtoExtend(Name(b.Name, isFull: true), [.. b.Fields.Where(f => !IsGroup(f) || taken is null).Select(Field)])
            {
                Groups = taken is null ? [] : [.. b.Fields.Where(IsGroup).Select(f => Group(f, bodies, taken))],
            }),
        ];
    }

    private ProtoService Service(ServiceDescriptorProto service) => new(
        Name(service.Name),
        Options(service.Options),
        [
            .. service.Method.Select(m => new ProtoRpc(
                Counted(Name(m.Name)), Name(m.InputType, isFull: true), m.ClientStreaming, Name(m.OutputType, isFull: true), m.ServerStreaming, Options(m.Options))),
        ]);

    private IReadOnlyList<ProtoOption> Options(IMessage? options) => options is null
        ? []
        : [.. DescriptorOptions.Read(options, _budget), .. _extensions?.Read(options) ?? []];

    /// <summary>A name as a file could have it: letters, digits and underscores, dots between parts of a full one.</summary>
    private static string Name(string name, bool isFull = false)
    {
        var isBad = name.Length is 0 or > Limits.MaxSchemaProtobufNameChars || char.IsAsciiDigit(name[0]) || name[0] == '-'
            || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' || (isFull && c == '.'));
        return isBad ? throw new ProtoFault($"The descriptor has an illegal name: {ProtoReader.Excerpt(name)}") : name;
    }
}
