using Kernel;

namespace SchemaRegistry.Core.Protobuf;

/// <summary>
/// Reads a .proto file of proto2, proto3 or an edition. As lenient as the registry's own parser: any tag, enums without a zero, types that do not
/// exist; what a file means is decided elsewhere. Bounded in length, depth and elements. One per text.
/// </summary>
internal sealed class ProtoParser
{
    private readonly ProtoReader _reader;
    private readonly ProtoBudget _budget;
    private readonly ProtoOptionReader _options;
    private readonly ProtoMemberParser _members;
    private string? _syntax;
    private string? _edition;
    private string? _package;

    private ProtoParser(string text, ProtoBudget budget)
    {
        _budget = budget;
        _reader = new ProtoReader(text);
        _options = new ProtoOptionReader(_reader, _budget);
        _members = new ProtoMemberParser(_reader, _options, _budget);
    }

    /// <summary>Reads a text.</summary>
    /// <param name="budget">Shared by the files of one schema.</param>
    /// <exception cref="ProtoFault">Where it is wrong.</exception>
    public static ProtoFile Parse(string text, ProtoBudget? budget = null)
    {
        if (text.Length > Limits.MaxSchemaProtobufChars)
        {
            throw new ProtoFault($"The schema has more than {Limits.MaxSchemaProtobufChars} characters");
        }

        return new ProtoParser(text, budget ?? new ProtoBudget()).File();
    }

    /// <summary>Reads an option's value that stands alone, as descriptors hold it.</summary>
    /// <exception cref="ProtoFault">Where it is wrong.</exception>
    public static ProtoValue ParseValue(string text)
    {
        var parser = new ProtoParser(text, new ProtoBudget());
        var value = parser._options.Value(0);
        return parser._reader.IsAtEnd() ? value : throw parser._reader.Fault("expected the end of an option's value");
    }

    private ProtoFile File()
    {
        var (imports, publicImports, weakImports) = (new List<string>(), new List<string>(), new List<string>());
        var (options, types) = (new List<ProtoOption>(), new List<ProtoType>());
        var (extends, services) = (new List<ProtoExtend>(), new List<ProtoService>());
        var names = new HashSet<string>();
        for (var index = 0; !_reader.IsAtEnd(); index++)
        {
            if (_reader.Take(';'))
            {
                continue;
            }

            _budget.Count();
            var word = _reader.Word();
            switch (word)
            {
                case "syntax" or "edition":
                    Syntax(word, index);
                    break;
                case "package":
                    _package = _reader.Name("a package");
                    _reader.Require(';');
                    break;
                case "import":
                    Import(imports, publicImports, weakImports);
                    break;
                case "option":
                    options.Add(_options.Statement());
                    break;
                case "message":
                    types.Add(Unique(_members.Message(0), names));
                    break;
                case "enum":
                    types.Add(Unique(_members.Enum(), names));
                    break;
                case "extend":
                    extends.Add(_members.Extend(0));
                    break;
                case "service":
                    var service = Service();
                    services.Add(names.Add("service " + service.Name) ? service : throw Defined(service.Name));
                    break;
                default:
                    throw _reader.Fault($"unexpected label: {ProtoReader.Excerpt(word)}");
            }
        }

        return new ProtoFile
        {
            Syntax = _syntax,
            Edition = _edition,
            Package = _package,
            Imports = imports,
            PublicImports = publicImports,
            WeakImports = weakImports,
            Options = options,
            Types = types,
            Extends = extends,
            Services = services,
        };
    }

    private void Syntax(string word, int index)
    {
        if (_syntax is not null || _edition is not null)
        {
            throw _reader.Fault("too many syntax definitions");
        }

        if (index != 0)
        {
            throw _reader.Fault($"'{word}' element must be the first declaration in a file");
        }

        _reader.Require('=');
        var value = _reader.Quoted();
        _reader.Require(';');
        if (word == "edition")
        {
            _edition = value.Length is > 0 and <= Limits.MaxSchemaProtobufNameChars ? value : throw _reader.Fault("unexpected edition");
        }
        else
        {
            _syntax = value is "proto2" or "proto3" ? value : throw _reader.Fault($"unexpected syntax: {ProtoReader.Excerpt(value)}");
            _members.IsProto3 = _syntax == "proto3";
        }

        _members.NeedsLabels = _syntax == "proto2";
    }

    private void Import(List<string> imports, List<string> publicImports, List<string> weakImports)
    {
        var list = imports;
        if (!_reader.IsQuote())
        {
            list = _reader.Word() switch
            {
                "public" => publicImports,
                "weak" => weakImports,
                "option" => imports,
                _ => throw _reader.Fault("expected quoted string"),
            };
        }

        list.Add(_reader.Quoted());
        _reader.Require(';');
    }

    private ProtoType Unique(ProtoType type, HashSet<string> names) => names.Add(type.Name) ? type : throw Defined(type.Name);

    private ProtoFault Defined(string name) => _reader.Fault($"{ProtoReader.Excerpt(name)} is already defined");

    private ProtoService Service()
    {
        var name = _reader.Name("a service");
        var (options, rpcs) = (new List<ProtoOption>(), new List<ProtoRpc>());
        _reader.Require('{');
        while (!_reader.Take('}'))
        {
            if (_reader.Take(';'))
            {
                continue;
            }

            _budget.Count();
            switch (_reader.Word())
            {
                case "option":
                    options.Add(_options.Statement());
                    break;
                case "rpc":
                    rpcs.Add(Rpc());
                    break;
                case var word:
                    throw _reader.Fault($"unexpected label: {ProtoReader.Excerpt(word)}");
            }
        }

        return new ProtoService(name, options, rpcs);
    }

    private ProtoRpc Rpc()
    {
        var name = _reader.Name("an rpc");
        var (request, streamsRequest) = Argument();
        if (_reader.Word() != "returns")
        {
            throw _reader.Fault("expected 'returns'");
        }

        var (response, streamsResponse) = Argument();
        var options = new List<ProtoOption>();
        if (_reader.Take('{'))
        {
            while (!_reader.Take('}'))
            {
                if (_reader.Take(';'))
                {
                    continue;
                }

                var word = _reader.Word();
                options.Add(word == "option" ? _options.Statement() : throw _reader.Fault($"unexpected label: {ProtoReader.Excerpt(word)}"));
            }
        }
        else
        {
            _reader.Require(';');
        }

        return new ProtoRpc(name, request, streamsRequest, response, streamsResponse, options);
    }

    private (string Type, bool IsStream) Argument()
    {
        _reader.Require('(');
        var type = _reader.Word("a type");
        var isStream = type == "stream" && _reader.Peek() != ')';
        if (isStream)
        {
            type = _reader.Word("a type");
        }

        _reader.Require(')');
        return (type, isStream);
    }
}
