using System.Text;

namespace Tests.Registry.Protobuf;

/// <summary>Makes schemas of all constructs, valid for protoc too, from a seed. Names come from a small set, so that two schemas have much in common.</summary>
internal sealed class ProtoMaker(int seed, bool isProto3)
{
    private static readonly string[] Scalars =
    [
        "double", "float", "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32", "fixed64", "sfixed32", "sfixed64", "bool", "string", "bytes",
    ];

    private readonly Random _random = new(seed);
    private readonly StringBuilder _text = new();
    private readonly bool _hasExtensions = seed % 5 < 2;
    private readonly string _prefix = isProto3 ? "P" : "Q";

    /// <summary>The text of a schema; its white space and the order of its elements are random too.</summary>
    public static string Make(int seed, bool? isProto3 = null) => new ProtoMaker(seed, isProto3 ?? seed % 2 == 0).File();

    private string File()
    {
        _text.Append(isProto3 ? "syntax = \"proto3\";" : Chance(2) ? "syntax = 'proto2';" : "");
        _text.Append(Chance(3) ? "" : " package p.q; ");
        _text.Append("import \"google/protobuf/timestamp.proto\"; import \"google/protobuf/descriptor.proto\";");
        _text.Append(Chance(2) ? "option java_package = \"a.\" \"b\\n\\001\\\"\"; option optimize_for = SPEED; // comment\n" : "option deprecated = true;");
        for (var i = 0; i < 3; i++)
        {
            Message(i.ToString(System.Globalization.CultureInfo.InvariantCulture), 0);
        }

        Enum("E");
        if (_hasExtensions)
        {
            var label = isProto3 ? "" : "optional ";
            _text.Append("extend google.protobuf.FieldOptions { optional int32 note = 50001; optional Info info = 50002; }");
            _text.Append($"message Info {{ {label}string text = 1; map<string, int32> pairs = 2; repeated sint64 numbers = 3; {label}Kind kind = 4; ");
            _text.Append($"{label}float real = 5; {label}Info inner = 6; {label}bool flag = 7; }} enum Kind {{ PE_Z = 0; PE_X = 1; }}");
        }

        if (Chance(2))
        {
            _text.Append("service S { option deprecated = true; rpc A (M0) returns (stream M1); rpc B(stream M2)returns(M0) { option deprecated = true; } }");
        }

        return _text.ToString();
    }

    private void Message(string name, int depth)
    {
        _text.Append("message M").Append(name).Append(" {\n");
        var tags = Enumerable.Range(1, 12).OrderBy(_ => _random.Next()).Take(_random.Next(8)).ToList();
        var inOneOf = tags.Count > 4 ? tags.TakeLast(2).ToList() : [];
        foreach (var tag in tags.Except(inOneOf))
        {
            Field(tag, depth);
        }

        if (inOneOf.Count > 0)
        {
            _text.Append("oneof choice { ");
            foreach (var tag in inOneOf)
            {
                _text.Append($"{Type()} f{tag} = {tag}; ");
            }

            _text.Append('}');
        }

        _text.Append(Chance(3) ? " reserved 20 to 25, 30; reserved \"old\", 'older';" : "").Append(Chance(4) ? "option deprecated = true;" : "");
        if (!isProto3 && Chance(3))
        {
            _text.Append("extensions 100 to 199; extensions 500 to max; optional group G = 13 { optional int32 g = 1; }");
        }

        if (depth < 2 && Chance(2))
        {
            Message(name + "N", depth + 1);
        }

        if (Chance(3))
        {
            Enum("E" + name);
        }

        _text.Append("} ");
    }

    private void Field(int tag, int depth)
    {
        if (Chance(5))
        {
            var key = Scalars[2 + _random.Next(10)];
            _text.Append($"map < {key} ,{Type()}> f{tag} = {tag};\n");
            return;
        }

        var label = isProto3 ? new[] { "", "", "optional ", "repeated " }[_random.Next(4)] : new[] { "optional ", "required ", "repeated " }[_random.Next(3)];
        var type = Type();
        var options = new List<string>();
        if (Chance(4))
        {
            options.Add("deprecated = true");
        }

        if (_hasExtensions && Chance(3))
        {
            options.Add(_random.Next(3) switch
            {
                0 => "(note) = -7",
                1 => "(info).text = \"t\\t\", (info).inner.numbers = 3",
                _ => "(info) = { text: 'x' pairs { key: \"k\" value: 2 } pairs { key: \"l\" value: 3 } numbers: [1, 2] kind: PE_X real: 0.5 inner { flag: true } }",
            });
        }

        if (Chance(5))
        {
            options.Add($"json_name = \"j{depth}{tag}\"");
        }

        if (!isProto3 && label == "optional " && type is "int32" or "string")
        {
            options.Add(type == "string" ? "default = \"a\\tb\"" : "default = -5");
        }

        _text.Append($"{label}{type} f{tag} = {tag}{(options.Count > 0 ? $" [{string.Join(", ", options)}]" : "")};\n");
    }

    private void Enum(string name) => _text.Append($"enum {name} {{ {_prefix}{name}_A = 0; {_prefix}{name}_B = {_random.Next(1, 9)}; }} ");

    private string Type() => _random.Next(5) switch
    {
        0 => "M" + _random.Next(3),
        1 => "E",
        2 when Chance(3) => ".google.protobuf.Timestamp",
        _ => Scalars[_random.Next(Scalars.Length)],
    };

    private bool Chance(int oneOf) => _random.Next(oneOf) == 0;
}
