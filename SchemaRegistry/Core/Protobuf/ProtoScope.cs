namespace SchemaRegistry.Core.Protobuf;

/// <summary>Where a file came from: the subject and version of a reference. The schema itself and the files that need no reference have none.</summary>
internal readonly record struct ProtoOrigin(string? Subject, int Version);

/// <summary>
/// A part of a package's name, a message, an enum or an extension, with what is named within it. Scopes of all files of a schema form one tree
/// (<see cref="ProtoScopes"/>), which holds no full names: those would take the square of a deep file's length.
/// </summary>
internal sealed class ProtoScope(ProtoScope? parent, string name)
{
    private Dictionary<string, ProtoScope>? _children;

    public ProtoScope? Parent => parent;

    public string Name => name;

    /// <summary>The message (a group's body too) or enum; null for packages and extensions.</summary>
    public ProtoType? Type { get; private set; }

    /// <summary>The field that an extend block defines here; null for all else.</summary>
    public ProtoField? Extension { get; private set; }

    /// <summary>Where the type or extension was defined.</summary>
    public ProtoOrigin Origin { get; private set; }

    /// <summary>The package of the file that defined it.</summary>
    public ProtoScope? Package { get; private set; }

    public ProtoScope? Child(string name) => _children is not null && _children.TryGetValue(name, out var child) ? child : null;

    /// <summary>The child of this name, made when it is missing.</summary>
    public ProtoScope Within(string name)
    {
        _children ??= [];
        return _children.TryGetValue(name, out var child) ? child : _children[name] = new ProtoScope(this, name);
    }

    /// <summary>Defines a type; the first definition of a name counts. False when there is one.</summary>
    public bool Define(ProtoType type, ProtoScope package, ProtoOrigin origin)
    {
        if (Type is not null)
        {
            return false;
        }

        (Type, Package, Origin) = (type, package, origin);
        return true;
    }

    public void Define(ProtoField extension, ProtoScope package, ProtoOrigin origin)
    {
        if (Extension is null)
        {
            (Extension, Package, Origin) = (extension, package, origin);
        }
    }

    /// <summary>Names with dots between them, from below the given scope (the root by default) down to this one.</summary>
    public string FullName(ProtoScope? above = null)
    {
        var names = new List<string>();
        for (var scope = this; scope.Parent is not null && scope != above; scope = scope.Parent)
        {
            names.Add(scope.Name);
        }

        names.Reverse();
        return string.Join('.', names);
    }
}
