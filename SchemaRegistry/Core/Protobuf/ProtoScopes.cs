using Kernel;

namespace SchemaRegistry.Core.Protobuf;

/// <summary>
/// All names of a schema and of the files that it can see, and how a name in one of them is resolved: from the scope where it stands outward, the
/// first scope that has the whole name. Complete after the last <see cref="Add"/>.
/// </summary>
internal sealed class ProtoScopes
{
    private static readonly HashSet<string> Scalars =
    [
        "double", "float", "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32", "fixed64", "sfixed32", "sfixed64", "bool", "string",
        "bytes",
    ];

    private readonly Dictionary<(string Extendee, int Tag), ProtoScope> _extensions = [];

    /// <summary>Whether any file extends anything.</summary>
    public bool HasExtensions => _extensions.Count > 0;

    /// <summary>The scope without a name, in which packages are.</summary>
    public ProtoScope Root { get; } = new(null, "");

    public static bool IsScalar(string type) => Scalars.Contains(type);

    /// <summary>Adds the names of a file; what is defined already stays as it is.</summary>
    public void Add(ProtoFile file, ProtoOrigin origin)
    {
        var package = Package(file);
        foreach (var type in file.Types)
        {
            Add(type, package, package, origin);
        }

        Extensions(file.Extends, package, package, origin);
    }

    /// <summary>The scope of a file's package.</summary>
    public ProtoScope Package(ProtoFile file)
    {
        var scope = Root;
        foreach (var part in (file.Package ?? "").Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            scope = scope.Within(part);
        }

        return scope;
    }

    /// <summary>The type of this name as seen from a scope; null when there is none. A leading dot makes the name absolute.</summary>
    /// <exception cref="ProtoFault">The search costs more than allowed.</exception>
    public ProtoScope? Type(ProtoScope from, string name, ref int steps) => Resolve(from, name, isType: true, ref steps);

    /// <summary>The extension of this name as seen from a scope; null when there is none.</summary>
    /// <exception cref="ProtoFault">The search costs more than allowed.</exception>
    public ProtoScope? Extension(ProtoScope from, string name, ref int steps) => Resolve(from, name, isType: false, ref steps);

    /// <summary>The extension of a message of descriptor.proto with this tag; null when there is none.</summary>
    /// <param name="extendee">The message's full name.</param>
    /// <param name="tag">The field's tag.</param>
    public ProtoScope? ExtensionOf(string extendee, int tag) => _extensions.GetValueOrDefault((extendee, tag));

    private ProtoScope? Resolve(ProtoScope from, string name, bool isType, ref int steps)
    {
        var isAbsolute = name.StartsWith('.');
        var parts = name.Split('.', StringSplitOptions.RemoveEmptyEntries);
        for (var scope = isAbsolute ? Root : from; scope is not null; scope = scope.Parent)
        {
            var found = scope;
            foreach (var part in parts)
            {
                if (++steps > Limits.MaxSchemaProtobufResolveSteps)
                {
                    throw new ProtoFault($"Resolving the names of the schema takes more than {Limits.MaxSchemaProtobufResolveSteps} steps");
                }

                found = found.Child(part);
                if (found is null)
                {
                    break;
                }
            }

            if (found is not null && (isType ? found.Type is not null : found.Extension is not null))
            {
                return found;
            }
        }

        return null;
    }

    private void Add(ProtoType type, ProtoScope within, ProtoScope package, ProtoOrigin origin)
    {
        var scope = within.Within(type.Name);
        if (scope.Define(type, package, origin) && type is ProtoMessage message)
        {
            Body(message, scope, package, origin);
        }
    }

    private void Body(ProtoMessage message, ProtoScope scope, ProtoScope package, ProtoOrigin origin)
    {
        foreach (var nested in message.Types)
        {
            Add(nested, scope, package, origin);
        }

        foreach (var group in message.Groups.Concat(message.OneOfs.SelectMany(o => o.Groups)))
        {
            Add(group.Body, scope, package, origin);
        }

        Extensions(message.Extends, scope, package, origin);
    }

    private void Extensions(IReadOnlyList<ProtoExtend> extends, ProtoScope scope, ProtoScope package, ProtoOrigin origin)
    {
        foreach (var extend in extends)
        {
            foreach (var field in extend.Fields)
            {
                var extension = scope.Within(field.Name);
                extension.Define(field, package, origin);

                // Options are extended from everywhere by this one name; other extensions are never sought by tag.
                _extensions.TryAdd((extend.Name.TrimStart('.'), field.Tag), extension);
            }

            foreach (var group in extend.Groups)
            {
                Add(group.Body, scope, package, origin);
            }
        }
    }
}
