namespace SchemaRegistry.Core.Protobuf;

/// <summary>What a field holds. An enum is a scalar; a name that means nothing is taken for a message.</summary>
internal enum ProtoKind
{
    Scalar,
    Message,
    Map,
}

/// <summary>Scalars that can be read as each other: the same bytes on the wire mean a value of both.</summary>
internal enum ProtoScalarGroup
{
    /// <summary>Varints: int32, int64, uint32, uint64, bool and all enums.</summary>
    Integer,

    ZigZag,
    Text,
    Fixed32,
    Fixed64,
    Float,
    Double,
}

/// <summary>The resolved type of a field: enough to compare it.</summary>
/// <param name="Kind">What it holds.</param>
/// <param name="Group">Of a scalar.</param>
/// <param name="Type">As written.</param>
/// <param name="Scope">The message (of a map, its entry) where one was found.</param>
/// <param name="From">The scope in which the type was written.</param>
internal readonly record struct ProtoFieldKind(ProtoKind Kind, ProtoScalarGroup Group, ProtoTypeName Type, ProtoScope? Scope, ProtoScope From)
{
    /// <summary>Resolves a field's type. A repeated field of a map entry is a map.</summary>
    public static ProtoFieldKind Of(ProtoField field, ProtoScope from, ProtoScopes scopes, ref int steps) => Of(field.Type, from, scopes, ref steps);

    private static ProtoFieldKind Of(ProtoTypeName type, ProtoScope from, ProtoScopes scopes, ref int steps)
    {
        if (type.IsMap)
        {
            return new ProtoFieldKind(ProtoKind.Map, default, type, null, from);
        }

        if (ProtoScopes.IsScalar(type.Name))
        {
            return new ProtoFieldKind(ProtoKind.Scalar, GroupOf(type.Name), type, null, from);
        }

        var scope = scopes.Type(from, type.Name, ref steps);
        return scope?.Type switch
        {
            ProtoEnum => new ProtoFieldKind(ProtoKind.Scalar, ProtoScalarGroup.Integer, type, null, from),
            ProtoMessage { IsMapEntry: true } => new ProtoFieldKind(ProtoKind.Map, default, type, scope, from),
            _ => new ProtoFieldKind(ProtoKind.Message, default, type, scope, from),
        };
    }

    /// <summary>A map's key and value. The value of an entry message is written in that message's scope.</summary>
    public (ProtoFieldKind Key, ProtoFieldKind Value) Entry(ProtoScopes scopes, ref int steps)
    {
        if (Scope?.Type is ProtoMessage entry)
        {
            return (Inner(entry.Key!.Type, Scope, scopes, ref steps), Inner(entry.Value!.Type, Scope, scopes, ref steps));
        }

        return (Inner(new ProtoTypeName(Type.Key!, null), From, scopes, ref steps), Inner(new ProtoTypeName(Type.Name, null), From, scopes, ref steps));
    }

    /// <summary>The message's name without the package of its file; of a message that was not found, without that of the file that names it.</summary>
    public string LocalName(ProtoFile file)
    {
        if (Scope is not null)
        {
            return Scope.FullName(Scope.Package);
        }

        var name = Type.Name.TrimStart('.');
        return file.Package is { } package && name.StartsWith(package + ".", StringComparison.Ordinal) ? name[(package.Length + 1)..] : name;
    }

    /// <summary>Maps have no maps in them: one that pretends to, by an entry message of an entry message, is a message.</summary>
    private static ProtoFieldKind Inner(ProtoTypeName type, ProtoScope from, ProtoScopes scopes, ref int steps)
    {
        var kind = Of(type, from, scopes, ref steps);
        return kind.Kind == ProtoKind.Map ? kind with { Kind = ProtoKind.Message } : kind;
    }

    private static ProtoScalarGroup GroupOf(string scalar) => scalar switch
    {
        "sint32" or "sint64" => ProtoScalarGroup.ZigZag,
        "string" or "bytes" => ProtoScalarGroup.Text,
        "fixed32" or "sfixed32" => ProtoScalarGroup.Fixed32,
        "fixed64" or "sfixed64" => ProtoScalarGroup.Fixed64,
        "float" => ProtoScalarGroup.Float,
        "double" => ProtoScalarGroup.Double,
        _ => ProtoScalarGroup.Integer,
    };
}
