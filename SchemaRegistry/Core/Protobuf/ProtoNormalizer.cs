namespace SchemaRegistry.Core.Protobuf;

/// <summary>
/// Makes a file independent of order and spelling: fields by tag, types by their full names, options by name. What two files say alike becomes
/// alike, whether they came as text or as descriptor. Applying it twice changes nothing.
/// </summary>
internal sealed class ProtoNormalizer
{
    private readonly ProtoScopes _scopes;
    private readonly ProtoOptionNormalizer _options;
    private int _steps;

    private ProtoNormalizer(ProtoScopes scopes) => (_scopes, _options) = (scopes, new ProtoOptionNormalizer(scopes));

    /// <summary>The normalised file.</summary>
    /// <exception cref="ProtoFault">A type cannot be found, or the search costs more than allowed.</exception>
    public static ProtoFile Normalize(ProtobufSchema schema)
    {
        var (file, normalizer) = (schema.File, new ProtoNormalizer(schema.Scopes));
        var package = schema.Scopes.Package(file);
        return file with
        {
            Syntax = file.IsProto3 ? file.Syntax : null,
            Imports = Sorted(file.Imports),
            PublicImports = Sorted(file.PublicImports),
            WeakImports = Sorted(file.WeakImports),
            Options = normalizer._options.Normalize(file.Options, package),
            Types = normalizer.Types(file.Types, package),
            Extends = normalizer.Extends(file.Extends, package),
            Services = [.. file.Services.Select(s => normalizer.Service(s, package))],
        };
    }

    private static string[] Sorted(IReadOnlyList<string> paths) => [.. paths.Distinct().Order(StringComparer.Ordinal)];

    private ProtoType[] Types(IReadOnlyList<ProtoType> types, ProtoScope scope) =>
    [
        .. types.Where(t => t is not ProtoMessage { IsMapEntry: true }).Select(t => t is ProtoMessage m
            ? Message(m, scope.Child(m.Name) ?? scope)
            : (ProtoType)Enum((ProtoEnum)t, scope.Child(t.Name) ?? scope)),
    ];

    private ProtoMessage Message(ProtoMessage message, ProtoScope scope) => message with
    {
        Options = _options.Normalize(message.Options, scope),
        Reserved = Reserved(message.Reserved),
        Fields = Fields(message.Fields, scope),
        OneOfs = OneOfs(message.OneOfs, scope),
        Groups = Groups(message.Groups, scope),
        Extensions =
        [
            .. message.Extensions.SelectMany(e => e.Ranges.Select(r => new ProtoExtensions([r], _options.Normalize(e.Options, scope))))
                .OrderBy(e => e.Ranges[0].Start),
        ],
        Extends = Extends(message.Extends, scope),
        Types = Types(message.Types, scope),
    };

    private ProtoEnum Enum(ProtoEnum type, ProtoScope scope) => type with
    {
        Options = _options.Normalize(type.Options, scope),
        Reserved = Reserved(type.Reserved),
        Constants =
        [
            .. type.Constants.OrderBy(c => c.Tag).ThenBy(c => c.Name, StringComparer.Ordinal)
                .Select(c => c with { Options = _options.Normalize(c.Options, scope) }),
        ],
    };

    /// <summary>One statement for each number, range and name: numbers first.</summary>
    private static ProtoReserved[] Reserved(IReadOnlyList<ProtoReserved> reserved) =>
    [
        .. reserved.SelectMany(r => r.Items).OrderBy(i => i.Name is not null).ThenBy(i => i.Start).ThenBy(i => i.End)
            .ThenBy(i => i.Name, StringComparer.Ordinal).Select(i => new ProtoReserved([i])),
    ];

    private ProtoField[] Fields(IReadOnlyList<ProtoField> fields, ProtoScope scope) =>
        [.. fields.OrderBy(f => f.Tag).Select(f => Field(f, scope))];

    private ProtoOneOf[] OneOfs(IReadOnlyList<ProtoOneOf> oneOfs, ProtoScope scope) =>
    [
        .. oneOfs.Where(o => o.Fields.Count + o.Groups.Count > 0)
            .Select(o => o with
            {
                Options = _options.Normalize(o.Options, scope),
                Fields = Fields(o.Fields, scope),
                Groups = Groups(o.Groups, scope),
            })
            .OrderBy(o => o.Fields.Select(f => f.Tag).Concat(o.Groups.Select(g => g.Tag)).Min()),
    ];

    private ProtoGroup[] Groups(IReadOnlyList<ProtoGroup> groups, ProtoScope scope) =>
    [
        .. groups.OrderBy(g => g.Tag).Select(g => g with
        {
            Body = Message(g.Body, scope.Child(g.Body.Name) ?? scope),
            Options = _options.Normalize(g.Options, scope),
        }),
    ];

    private ProtoField Field(ProtoField field, ProtoScope scope)
    {
        var (label, type) = (field.Label, field.Type);
        if (type.IsMap)
        {
            type = new ProtoTypeName(Name(type.Name, scope), Name(type.Key!, scope));
        }
        else if (!ProtoScopes.IsScalar(type.Name))
        {
            var found = Resolve(type.Name, scope);
            if (label == ProtoLabel.Repeated && found.Type is ProtoMessage { IsMapEntry: true } entry)
            {
                (label, type) = (ProtoLabel.None, new ProtoTypeName(Name(entry.Value!.Type.Name, found), Name(entry.Key!.Type.Name, found)));
            }
            else
            {
                type = new ProtoTypeName("." + found.FullName(), null);
            }
        }

        return field with
        {
            Label = label,
            Type = type,
            Default = field.Default is null ? null : ProtoOptionNormalizer.Normalize(field.Default),
            Options = _options.Normalize(field.Options, scope),
        };
    }

    /// <summary>Blocks of one message become one, and blocks are in the order of the messages' names.</summary>
    private ProtoExtend[] Extends(IReadOnlyList<ProtoExtend> extends, ProtoScope scope) =>
    [
        .. extends.GroupBy(e => Name(e.Name, scope)).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => new ProtoExtend(
            g.Key, Fields([.. g.SelectMany(e => e.Fields)], scope)) { Groups = Groups([.. g.SelectMany(e => e.Groups)], scope) }),
    ];

    private ProtoService Service(ProtoService service, ProtoScope scope) => service with
    {
        Options = _options.Normalize(service.Options, scope),
        Rpcs =
        [
            .. service.Rpcs.Select(r => r with
            {
                Request = Name(r.Request, scope),
                Response = Name(r.Response, scope),
                Options = _options.Normalize(r.Options, scope),
            }),
        ],
    };

    private string Name(string type, ProtoScope scope) => ProtoScopes.IsScalar(type) ? type : "." + Resolve(type, scope).FullName();

    private ProtoScope Resolve(string type, ProtoScope scope) =>
        _scopes.Type(scope, type, ref _steps) ?? throw new ProtoFault($"Could not resolve type: {ProtoReader.Excerpt(type)}");
}
