using Google.Protobuf;
using Google.Protobuf.Reflection;
using SchemaRegistry.Core.Languages;
using static Tests.Registry.Worst.WorstInput;

namespace Tests.Registry.Worst;

/// <summary>Protobuf schemas that cost most.</summary>
internal static class ProtobufWorst
{
    private const string Head = "syntax = \"proto3\"; ";

    public static IReadOnlyList<WorstInput> All { get; } =
    [
        Proto("malformed at the end", () => Fields("int32", end: "")),
        Proto("75,000 levels", () => Repeat("message M { ", 80_000)),
        Proto("a long comment", () => Fill("//", "", "", _ => "x")),
        Proto("many comments", () => Fill("message M { ", "}", "", _ => "/**/\n")),
        Proto("an unfinished comment", () => Fill("/*", "", "", _ => "* ")),
        Proto("strings side by side", () => Fill("option a = ", ";", " ", _ => "\"\\n\"")),
        Proto("no descriptor and no text", () => Repeat("AAAA", 250_000)),
        Proto("fields", () => Fields("int32"), () => Fields("string")),
        Proto("fields of one tag", () => Fill(Head + "message M {", "}", "", _ => "M a=1;"), () => Fill(Head + "message M {", "}", "", _ => "N a=1;")),
        Proto("fields of messages", () => Fill(Head + "message N {} message M {", "}", "", i => $"N a={i + 1};"),
            () => Fill(Head + "message O {} message M {", "}", "", i => $"O a={i + 1};")),
        Proto("fields of names that are nowhere", () => Fill(Head + "message M {", "}", "", i => $"a.b.c.d a={i + 1};"),
            () => Fill(Head + "message M {", "}", "", i => $"a.b.c.e a={i + 1};")),
        Proto("maps", () => Fill(Head + "message M {", "}", "", i => $"map<int32,M> a={i + 1};"),
            () => Fill(Head + "message M {", "}", "", i => $"map<string,M> a={i + 1};")),
        Proto("names sought in every scope", () => Scopes("q"), () => Scopes("r")),
        Proto("names sought in every scope that are found at last", () => Scopes("p"), () => Scopes("p")),
        Proto("names of many parts", () => Fill(Head + "message M {", "}", "", i => $"{Repeat("M.", 400)}M a={i + 1};"),
            () => Fill(Head + "message M {", "}", "", i => $"{Repeat("M.", 400)}M b={i + 1};")),
        Proto("long names that are printed in full", () => Fill($"{Head}package {Repeat("p", 900)}; message M {{", "}", "", i => $"M a={i + 1};")),
        Proto("full names that just fit", () => Fill($"{Head}package {Repeat("p", 30)}; message M {{", "}", "", i => $"M a={i + 1};")),
        Proto("messages", () => Fill(Head, "", "", i => $"message M{i}{{}}"), () => Fill(Head, "", "", i => $"message N{i}{{}}")),
        Proto("messages in another order", () => Fill(Head, "", "", i => $"message M{i}{{}}", 40_000),
            () => Fill(Head, "", "", i => $"message M{39_999 - i}{{}}", 40_000)),
        Proto("enums deep inside", () => Repeat("message M {", 60) + Repeat("enum E{}", 80_000) + Repeat("}", 60)),
        Proto("messages deep inside", () => Repeat("message M {", 60) + Fill("", "", "", i => $"message N{i}{{}}", 20_000, 900_000) + Repeat("}", 60),
            () => Repeat("message M {", 60) + Repeat("}", 60)),
        Proto("constants", () => Fill(Head + "enum E {", "}", "", i => $"A{i}={i};"), () => Fill(Head + "enum E {", "}", "", i => $"B{i}={i};")),
        Proto("oneofs", () => Fill(Head + "message M {", "}", "", i => $"oneof o{i}{{int32 a{i}={i + 1};}}"), () => Fields("int32")),
        Proto("a oneof of all", () => Fill(Head + "message M {oneof o{", "}}", "", i => $"int32 a{i}={i + 1};"), () => Fields("int32")),
        Proto("reserved", () => Fill(Head + "message M {reserved ", ";}", ",", i => $"{2 * i + 1}")),
        Proto("reserved names", () => Fill(Head + "message M {reserved ", ";}", ",", i => $"\"a{i}\"")),
        Proto("extensions", () => Fill("message M {extensions ", ";}", ",", i => $"{2 * i + 1}")),
        Proto("extends", () => Fill("message M {extensions 1 to max;}", "", "", i => $"extend M{{optional int32 a{i}={i + 1};}}")),
        Proto("rpcs", () => Fill(Head + "message M {} service S {", "}", "", i => $"rpc R{i}(M)returns(M);")),
        Proto("imports", () => Fill(Head, "", "", i => $"import \"{i}\";")),
        Proto("all well-known imports",
            () => Head + "import \"google/protobuf/descriptor.proto\"; import \"google/protobuf/api.proto\"; import \"google/type/datetime.proto\"; import \"google/type/money.proto\"; import \"confluent/meta.proto\";"),
        Proto("options", () => Fill(Head, "", "", i => $"option (a{i})=1;")),
        Proto("one option in parts", () => Fill(Head, "", "", i => $"option (a).b{i}=1;")),
        Proto("one option in deep parts", () => Fill(Head, "", "", i => $"option (a).{Repeat("b.", 60)}c{i}=1;")),
        Proto("one option in deep lists", () => Fill(Head, "", "", i => $"option (a)={Repeat("{b:[", 15)}{i}{Repeat("]}", 15)};")),
        Proto("an option's list", () => Fill(Head + "option (a)=[", "];", ",", i => $"{i}")),
        Proto("an option's map", () => Fill(Head + "option (a)={", "};", " ", i => $"b{i}:1.5")),
        Proto("options of a message with many fields", () => ManyOptions()),
        Proto("options of many fields",
            () => Fill(Head + "import \"google/protobuf/descriptor.proto\"; extend google.protobuf.FieldOptions {int32 x=50000;} message M {", "}", "",
                i => $"int32 a{i}={i + 1}[(x)=1,deprecated=true];")),
        Proto("options named from every scope",
            () => Fill($"{Head}package {string.Join('.', Enumerable.Repeat("p", 400))}; message p {{", "}", "", i => $"p a{i}={i + 1}[(p.p.p.p.q)=1];")),
        Proto("groups", () => Fill("message M {", "}", "", i => $"optional group G{i}={i + 1}{{}}"),
            () => Fill("message M {", "}", "", i => $"optional group H{i}={i + 1}{{}}")),
        Proto("required fields", () => Fill("message M {", "}", "", i => $"required int32 a={i + 1};"), () => "message M {}"),
        Proto("a descriptor of fields", () => Descriptor(DescriptorOfFields())),
        Proto("a descriptor of messages", () => Descriptor(DescriptorOfMessages())),
        Proto("a descriptor of oneofs", () => Descriptor(DescriptorOfOneOfs())),
        Proto("a descriptor of groups", () => Descriptor(DescriptorOfGroups())),
        Proto("a descriptor of nothing but messages",
            () => Convert.ToBase64String([.. Enumerable.Repeat(new byte[] { 0x22, 0 }, 370_000).SelectMany(each => each)])),
        Proto("a descriptor of nothing but fields",
            () => Convert.ToBase64String([0x22, 0x9e, 0xc9, 0x2d, .. Enumerable.Repeat(new byte[] { 0x12, 0 }, 370_000).SelectMany(each => each).Take(746_654)])),
        Proto("long paths of differences", () => Nested(Fill("", "", "", i => $"int32 f{i}={i + 1};", chars: 900_000)), () => Nested("")),
        new(SchemaType.Protobuf, "references of four megabytes",
            () => (References(i => Fill($"{Head}package p{i};", "", "", m => $"message M{m}{{int32 a=1;}}"), 4), null)),
        new(SchemaType.Protobuf, "references that are chains", () => (Chained("int32"), Chained("string"))),
        new(SchemaType.Protobuf, "references that differ", () => (Other("int32", 1), Other("string", 2))),
        new(SchemaType.Protobuf, "references that double", () => (Doubling("int32", 1), Doubling("string", 2))),
    ];

    private static WorstInput Proto(string name, Func<string> reader, Func<string>? writer = null) => Of(SchemaType.Protobuf, name, reader, writer);

    private static string Fields(string type, string end = "}") => Fill(Head + "message M {", end, "", i => $"{type} a={i + 1};");

    private static string Scopes(string last) => Fill(
        $"{Head}package {string.Join('.', Enumerable.Repeat("p", 400))}; message p {{", "}", "", i => $"p.p.p.p.p.{last} a={i + 1};");

    private static string Nested(string inner)
    {
        var name = Repeat("n", 900);
        return $"{Head}message {name}{{message {name}{{message {name}{{message {name}{{{inner}}}}}}}}}";
    }

    private static string ManyOptions()
    {
        var fields = string.Concat(Enumerable.Range(1, 20_000).Select(i => $"int32 f{i}={i};"));
        return Fill($"{Head}import \"google/protobuf/descriptor.proto\"; message O {{{fields} O o=99999;}} extend google.protobuf.FieldOptions {{repeated O x=50000;}} message M {{int32 a=1[",
            "deprecated=true];}", "", _ => "(x)={o{f19999:1}},");
    }

    private static string Descriptor(FileDescriptorProto file) => Convert.ToBase64String(file.ToByteArray());

    private static FileDescriptorProto DescriptorOfFields()
    {
        var message = new DescriptorProto { Name = "M" };
        for (var i = 1; i <= 45_000; i++)
        {
            message.Field.Add(new FieldDescriptorProto { Name = "a", Number = i, Type = FieldDescriptorProto.Types.Type.Int32, Label = FieldDescriptorProto.Types.Label.Optional });
        }

        return new FileDescriptorProto { Name = "x", MessageType = { message } };
    }

    private static FileDescriptorProto DescriptorOfMessages()
    {
        var file = new FileDescriptorProto { Name = "x" };
        for (var i = 0; i < 70_000; i++)
        {
            file.MessageType.Add(new DescriptorProto { Name = $"M{i}" });
        }

        return file;
    }

    private static FileDescriptorProto DescriptorOfOneOfs()
    {
        var message = new DescriptorProto { Name = "M" };
        for (var i = 0; i < 25_000; i++)
        {
            message.OneofDecl.Add(new OneofDescriptorProto { Name = "o" });
            message.Field.Add(new FieldDescriptorProto { Name = "a", Number = i + 1, Type = FieldDescriptorProto.Types.Type.Int32, OneofIndex = i });
        }

        return new FileDescriptorProto { Name = "x", MessageType = { message } };
    }

    private static FileDescriptorProto DescriptorOfGroups()
    {
        var message = new DescriptorProto { Name = "M" };
        for (var i = 0; i < 12_000; i++)
        {
            message.NestedType.Add(new DescriptorProto { Name = $"G{i}" });
            message.Field.Add(new FieldDescriptorProto { Name = "g", Number = i + 1, Type = FieldDescriptorProto.Types.Type.Group, TypeName = $".M.G{i}" });
        }

        return new FileDescriptorProto { Name = "x", MessageType = { message } };
    }

    private static SchemaSource References(Func<int, string> text, int count) => new(
        $"{Head}message M {{int32 a=1;}}", [.. Enumerable.Range(0, count).Select(i => new ResolvedReference($"{i}.proto", $"s{i}", 1, SchemaSource.Of(text(i))))]);

    private static SchemaSource Referring(string referenced, int version) =>
        new($"{Head}import \"q.proto\"; message M {{q.M0 m=1;}}", [new ResolvedReference("q.proto", "q", version, SchemaSource.Of(referenced))]);

    private static SchemaSource Chained(string last) => Referring(
        Head + "package q;" + string.Concat(Enumerable.Range(0, 12_000).Select(i => $"message M{i}{{M{i + 1} m=1;}}")) + $"message M12000{{{last} m=1;}}",
        last == "int32" ? 1 : 2);

    private static SchemaSource Other(string type, int version) => Referring(
        Fill($"{Head}package q; message M0 {{", "}", "", i => $"N{i} a={i + 1};", 9_000, 400_000)
        + Fill("", "", "", i => $"message N{i}{{{type} a=1;}}", 9_000, 599_000), version);

    private static SchemaSource Doubling(string type, int version) => Referring(
        Head + "package q;" + string.Concat(Enumerable.Range(0, 150).Select(i => $"message M{i}{{M{i + 1} a=1;M{i + 1} b=2;}}")) + $"message M150{{{type} a=1;}}", version);
}
