namespace SchemaRegistry.Core.Protobuf;

/// <summary>
/// A .proto file as it is written: names unresolved, groups of elements in the order in which they stand, comments gone. Made by
/// <see cref="ProtoParser"/> or from a descriptor, printed by <see cref="ProtoPrinter"/>; nothing changes it afterwards.
/// </summary>
internal sealed record ProtoFile
{
    /// <summary>proto2 or proto3; null when the file says nothing (which means proto2) or has an edition.</summary>
    public string? Syntax { get; init; }

    /// <summary>As 2023; null with a syntax.</summary>
    public string? Edition { get; init; }

    public string? Package { get; init; }
    public IReadOnlyList<string> Imports { get; init; } = [];
    public IReadOnlyList<string> PublicImports { get; init; } = [];
    public IReadOnlyList<string> WeakImports { get; init; } = [];
    public IReadOnlyList<ProtoOption> Options { get; init; } = [];

    /// <summary>Messages and enums in one order.</summary>
    public IReadOnlyList<ProtoType> Types { get; init; } = [];

    public IReadOnlyList<ProtoExtend> Extends { get; init; } = [];
    public IReadOnlyList<ProtoService> Services { get; init; } = [];

    public bool IsProto3 => Syntax == "proto3";
}

/// <summary>A message or an enum.</summary>
internal abstract record ProtoType(string Name)
{
    public IReadOnlyList<ProtoOption> Options { get; init; } = [];
    public IReadOnlyList<ProtoReserved> Reserved { get; init; } = [];
}

/// <summary>A message; also the body of a group.</summary>
internal sealed record ProtoMessage(string Name) : ProtoType(Name)
{
    /// <summary>The fields outside of oneofs.</summary>
    public IReadOnlyList<ProtoField> Fields { get; init; } = [];

    public IReadOnlyList<ProtoOneOf> OneOfs { get; init; } = [];
    public IReadOnlyList<ProtoGroup> Groups { get; init; } = [];
    public IReadOnlyList<ProtoExtensions> Extensions { get; init; } = [];
    public IReadOnlyList<ProtoExtend> Extends { get; init; } = [];
    public IReadOnlyList<ProtoType> Types { get; init; } = [];

    /// <summary>The message that a map field's entries have in descriptors: it says so, and has a key and a value.</summary>
    public bool IsMapEntry => Options.Any(o => o is { Name: "map_entry", IsCustom: false, Path: null, Value.Text: "true" })
        && Key is not null && Value is not null;

    /// <summary>The field of tag 1: a map entry's key.</summary>
    public ProtoField? Key => Fields.FirstOrDefault(f => f.Tag == 1);

    /// <summary>The field of tag 2: a map entry's value.</summary>
    public ProtoField? Value => Fields.FirstOrDefault(f => f.Tag == 2);
}

/// <summary>An enum with its constants in their order.</summary>
internal sealed record ProtoEnum(string Name) : ProtoType(Name)
{
    public IReadOnlyList<ProtoConstant> Constants { get; init; } = [];
}

internal sealed record ProtoConstant(string Name, int Tag, IReadOnlyList<ProtoOption> Options);

internal enum ProtoLabel
{
    None,
    Optional,
    Required,
    Repeated,
}

/// <summary>A field's type as written: a scalar's or other name, or a map of two names.</summary>
internal readonly record struct ProtoTypeName(string Name, string? Key)
{
    public bool IsMap => Key is not null;

    public override string ToString() => Key is null ? Name : $"map<{Key}, {Name}>";
}

/// <summary>A field of a message, oneof, group or extend block.</summary>
internal sealed record ProtoField(ProtoLabel Label, ProtoTypeName Type, string Name, int Tag)
{
    /// <summary>The default of proto2; apart from the options because it is printed after them.</summary>
    public ProtoValue? Default { get; init; }

    public ProtoValue? JsonName { get; init; }
    public IReadOnlyList<ProtoOption> Options { get; init; } = [];
}

internal sealed record ProtoOneOf(string Name)
{
    public IReadOnlyList<ProtoOption> Options { get; init; } = [];
    public IReadOnlyList<ProtoField> Fields { get; init; } = [];
    public IReadOnlyList<ProtoGroup> Groups { get; init; } = [];
}

internal sealed record ProtoGroup(ProtoLabel Label, int Tag, ProtoMessage Body, IReadOnlyList<ProtoOption> Options);

/// <summary>A reserved statement: numbers and names in the order in which it gives them.</summary>
internal sealed record ProtoReserved(IReadOnlyList<ProtoReservedItem> Items);

/// <summary>A reserved name, or a range of numbers with both ends in it.</summary>
internal readonly record struct ProtoReservedItem(string? Name, int Start, int End)
{
    /// <summary>The last tag of a message, and what "max" means.</summary>
    public const int MaxTag = 536_870_911;

    public static ProtoReservedItem Of(string name) => new(name, 0, 0);

    public static ProtoReservedItem Of(int start, int end) => new(null, start, end);
}

internal sealed record ProtoExtensions(IReadOnlyList<ProtoReservedItem> Ranges, IReadOnlyList<ProtoOption> Options);

internal sealed record ProtoExtend(string Name, IReadOnlyList<ProtoField> Fields)
{
    public IReadOnlyList<ProtoGroup> Groups { get; init; } = [];
}

internal sealed record ProtoService(string Name, IReadOnlyList<ProtoOption> Options, IReadOnlyList<ProtoRpc> Rpcs);

internal sealed record ProtoRpc(string Name, string Request, bool StreamsRequest, string Response, bool StreamsResponse, IReadOnlyList<ProtoOption> Options);

/// <summary>One assignment of an option.</summary>
/// <param name="Name">Without parentheses.</param>
/// <param name="IsCustom">It stood in parentheses: an extension of the option message.</param>
/// <param name="Path">What is assigned within the option's message, as a.b; null for the option itself.</param>
internal sealed record ProtoOption(string Name, bool IsCustom, string? Path, ProtoValue Value);

internal enum ProtoValueKind
{
    String,
    Number,
    Boolean,

    /// <summary>Any other bare word: an enum's constant, inf, nan.</summary>
    Enum,

    Map,
    List,
}

/// <summary>A value of an option: a text with its kind, entries of a map, or items of a list.</summary>
internal sealed record ProtoValue(ProtoValueKind Kind, string Text, IReadOnlyList<ProtoEntry> Entries, IReadOnlyList<ProtoValue> Items)
{
    public static ProtoValue Of(ProtoValueKind kind, string text) => new(kind, text, [], []);

    public static ProtoValue Of(bool value) => Of(ProtoValueKind.Boolean, value ? "true" : "false");

    public static ProtoValue Map(IReadOnlyList<ProtoEntry> entries) => new(ProtoValueKind.Map, "", entries, []);

    public static ProtoValue List(IReadOnlyList<ProtoValue> items) => new(ProtoValueKind.List, "", [], items);
}

internal readonly record struct ProtoEntry(string Key, ProtoValue Value);
