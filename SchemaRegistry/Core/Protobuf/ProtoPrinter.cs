using System.Globalization;

namespace SchemaRegistry.Core.Protobuf;

/// <summary>
/// Prints a file as the registry stores it: two blanks of indentation, an empty line before each group of elements, messages before enums, no
/// comments. The text is read back as the same file.
/// </summary>
internal sealed class ProtoPrinter
{
    private readonly ProtoText _text = new();

    private ProtoPrinter()
    {
    }

    /// <summary>The text of a file, which ends with a line feed.</summary>
    /// <exception cref="ProtoFault">It is longer than allowed.</exception>
    public static string Print(ProtoFile file)
    {
        var printer = new ProtoPrinter();
        printer.File(file);
        return printer._text.ToString();
    }

    /// <summary>The text of an option's value.</summary>
    public static string Print(ProtoValue value)
    {
        var text = new ProtoText();
        new ProtoValuePrinter(text).Value(value);
        return text.ToString();
    }

    private void File(ProtoFile file)
    {
        if (file.Syntax is not null || file.Edition is not null)
        {
            _text.Add(file.Edition is null ? "syntax = " : "edition = ").Quoted(file.Edition ?? file.Syntax!).Add(";").Line();
        }

        if (file.Package is not null)
        {
            _text.Add("package ").Add(file.Package).Add(";").Line();
        }

        if (file.Imports.Count + file.PublicImports.Count + file.WeakImports.Count > 0)
        {
            _text.Line();
            Imports("import ", file.Imports);
            Imports("import public ", file.PublicImports);
            Imports("import weak ", file.WeakImports);
        }

        Statements(file.Options);
        Types(file.Types);
        Group(file.Extends, Extend);
        Group(file.Services, Service);
    }

    private void Imports(string keyword, IReadOnlyList<string> paths)
    {
        foreach (var path in paths)
        {
            _text.Add(keyword).Quoted(path).Add(";").Line();
        }
    }

    /// <summary>An empty line and the elements; nothing when there are none.</summary>
    private void Group<T>(IReadOnlyList<T> elements, Action<T> print)
    {
        if (elements.Count > 0)
        {
            _text.Line();
            foreach (var element in elements)
            {
                print(element);
            }
        }
    }

    private void Statements(IReadOnlyList<ProtoOption> options) => Group(options, option =>
    {
        _text.Add("option ");
        new ProtoValuePrinter(_text).Option(option);
        _text.Add(";").Line();
    });

    private void Types(IReadOnlyList<ProtoType> types) => Group([.. types.OfType<ProtoMessage>(), .. types.OfType<ProtoEnum>()], (ProtoType type) =>
    {
        if (type is ProtoMessage message)
        {
            _text.Add("message ").Add(message.Name);
            Body(message);
        }
        else
        {
            Enum((ProtoEnum)type);
        }
    });

    private void Body(ProtoMessage message) => Block(() =>
    {
        Reserved(message);
        Statements(message.Options);
        Group(message.Fields, Field);
        Group(message.OneOfs, OneOf);
        Group(message.Groups, GroupField);
        Group(message.Extensions, Extensions);
        Group(message.Extends, Extend);
        Types(message.Types);
    });

    /// <summary>Braces around what is printed, which begins with an empty line of its own; "{}" when it is nothing.</summary>
    private void Block(Action print, string end = "}")
    {
        _text.Add(" {");
        _text.Indent++;
        print();
        _text.Indent--;
        _text.Add(end).Line();
    }

    private void Enum(ProtoEnum type)
    {
        _text.Add("enum ").Add(type.Name);
        Block(() =>
        {
            Reserved(type);
            Statements(type.Options);
            Group(type.Constants, constant =>
            {
                _text.Add(constant.Name).Add(" = ").Add(Text(constant.Tag));
                new ProtoValuePrinter(_text).Bracketed(constant.Options);
                _text.Add(";").Line();
            });
        });
    }

    private void Reserved(ProtoType type) => Group(type.Reserved, reserved =>
    {
        _text.Add("reserved ");
        Ranges(reserved.Items);
        _text.Add(";").Line();
    });

    private void Extensions(ProtoExtensions extensions)
    {
        _text.Add("extensions ");
        Ranges(extensions.Ranges);
        new ProtoValuePrinter(_text).Bracketed(extensions.Options);
        _text.Add(";").Line();
    }

    private void Ranges(IReadOnlyList<ProtoReservedItem> items)
    {
        for (var i = 0; i < items.Count; i++)
        {
            var item = items[i];
            _text.Add(i > 0 ? ", " : "");
            if (item.Name is not null)
            {
                _text.Quoted(item.Name);
            }
            else
            {
                _text.Add(Text(item.Start));
                if (item.End != item.Start)
                {
                    _text.Add(" to ").Add(item.End is ProtoReservedItem.MaxTag or int.MaxValue ? "max" : Text(item.End));
                }
            }
        }
    }

    private void OneOf(ProtoOneOf oneOf)
    {
        _text.Add("oneof ").Add(oneOf.Name);
        Block(() =>
        {
            Statements(oneOf.Options);
            Group(oneOf.Fields, Field);
            Group(oneOf.Groups, GroupField);
        });
    }

    private void Field(ProtoField field)
    {
        _text.Add(Text(field.Label)).Add(field.Type.ToString()).Add(" ").Add(field.Name).Add(" = ").Add(Text(field.Tag));
        var options = field.Options;
        if (field.Default is not null || field.JsonName is not null)
        {
            var all = new List<ProtoOption>(options);
            Append(all, "default", field.Default);
            Append(all, "json_name", field.JsonName);
            options = all;
        }

        new ProtoValuePrinter(_text).Bracketed(options);
        _text.Add(";").Line();
    }

    private static void Append(List<ProtoOption> options, string name, ProtoValue? value)
    {
        if (value is not null)
        {
            options.Add(new ProtoOption(name, IsCustom: false, Path: null, value));
        }
    }

    private void GroupField(ProtoGroup group)
    {
        _text.Add(Text(group.Label)).Add("group ").Add(group.Body.Name).Add(" = ").Add(Text(group.Tag));
        new ProtoValuePrinter(_text).Bracketed(group.Options);
        Body(group.Body);
    }

    private void Extend(ProtoExtend extend)
    {
        _text.Add("extend ").Add(extend.Name);
        Block(() =>
        {
            Group(extend.Fields, Field);
            Group(extend.Groups, GroupField);
        });
    }

    private void Service(ProtoService service)
    {
        _text.Add("service ").Add(service.Name);
        Block(() =>
        {
            Statements(service.Options);
            Group(service.Rpcs, Rpc);
        });
    }

    private void Rpc(ProtoRpc rpc)
    {
        _text.Add("rpc ").Add(rpc.Name).Add(rpc.StreamsRequest ? " (stream " : " (").Add(rpc.Request);
        _text.Add(rpc.StreamsResponse ? ") returns (stream " : ") returns (").Add(rpc.Response).Add(")");
        if (rpc.Options.Count > 0)
        {
            Block(() => Statements(rpc.Options), "};");
        }
        else
        {
            _text.Add(";").Line();
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(ProtoLabel label) => label switch
    {
        ProtoLabel.Optional => "optional ",
        ProtoLabel.Required => "required ",
        ProtoLabel.Repeated => "repeated ",
        _ => "",
    };
}
