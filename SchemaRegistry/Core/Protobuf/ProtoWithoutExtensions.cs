namespace SchemaRegistry.Core.Protobuf;

/// <summary>A file without what only those understand who know its extensions: extend blocks, extension ranges and custom options.</summary>
internal static class ProtoWithoutExtensions
{
    public static ProtoFile Of(ProtoFile file) => file with
    {
        Options = Standard(file.Options),
        Types = [.. file.Types.Select(Of)],
        Extends = [],
        Services =
        [
            .. file.Services.Select(s => s with
            {
                Options = Standard(s.Options),
                Rpcs = [.. s.Rpcs.Select(r => r with { Options = Standard(r.Options) })],
            }),
        ],
    };

    private static ProtoType Of(ProtoType type) => type switch
    {
        ProtoMessage message => Of(message),
        ProtoEnum constants => constants with
        {
            Options = Standard(type.Options),
            Constants = [.. constants.Constants.Select(c => c with { Options = Standard(c.Options) })],
        },
        _ => type,
    };

    private static ProtoMessage Of(ProtoMessage message) => message with
    {
        Options = Standard(message.Options),
        Fields = Of(message.Fields),
        OneOfs = [.. message.OneOfs.Select(o => o with { Options = Standard(o.Options), Fields = Of(o.Fields), Groups = Of(o.Groups) })],
        Groups = Of(message.Groups),
        Extensions = [],
        Extends = [],
        Types = [.. message.Types.Select(Of)],
    };

    private static ProtoGroup[] Of(IReadOnlyList<ProtoGroup> groups) =>
        [.. groups.Select(g => g with { Body = Of(g.Body), Options = Standard(g.Options) })];

    private static ProtoField[] Of(IReadOnlyList<ProtoField> fields) => [.. fields.Select(f => f with { Options = Standard(f.Options) })];

    private static ProtoOption[] Standard(IReadOnlyList<ProtoOption> options) => [.. options.Where(o => !o.IsCustom)];
}
