using Kernel;

namespace SchemaRegistry.Core.Protobuf;

/// <summary>Reads messages, enums and extend blocks with all that stands in them. Owned by a <see cref="ProtoParser"/>.</summary>
internal sealed class ProtoMemberParser(ProtoReader reader, ProtoOptionReader options, ProtoBudget budget)
{
    /// <summary>Set by the file's syntax: proto3 has no required fields.</summary>
    public bool IsProto3 { get; set; }

    /// <summary>Set by the file's syntax, and true without one: proto2 fields have a label.</summary>
    public bool NeedsLabels { get; set; } = true;

    /// <summary>A message from its name on.</summary>
    public ProtoMessage Message(int depth) => Body(reader.Name("a message"), depth);

    /// <summary>An enum from its name on.</summary>
    public ProtoEnum Enum()
    {
        var name = reader.Name("an enum");
        budget.Count(ProtoBudget.OfList);
        var (settings, reserved, constants) = (new List<ProtoOption>(), new List<ProtoReserved>(), new List<ProtoConstant>());
        reader.Require('{');
        while (!reader.Take('}'))
        {
            if (reader.Take(';'))
            {
                continue;
            }

            budget.Count();
            var word = reader.Name("an enum constant");
            if (reader.Take('='))
            {
                constants.Add(new ProtoConstant(word, reader.Int(), options.Bracketed()));
                reader.Require(';');
            }
            else if (word == "option")
            {
                settings.Add(options.Statement());
            }
            else if (word == "reserved")
            {
                reserved.Add(new ProtoReserved(Ranges()));
                reader.Require(';');
            }
            else
            {
                reader.Require('=');
            }
        }

        return new ProtoEnum(name) { Options = settings, Reserved = reserved, Constants = constants };
    }

    /// <summary>An extend block from the name of the message on.</summary>
    public ProtoExtend Extend(int depth)
    {
        var name = reader.Word("a message");
        var (fields, groups) = (new List<ProtoField>(), new List<ProtoGroup>());
        reader.Require('{');
        while (!reader.Take('}'))
        {
            if (!reader.Take(';'))
            {
                Field(reader.Word(), fields, groups, depth);
            }
        }

        return new ProtoExtend(name, fields) { Groups = groups };
    }

    private ProtoMessage Body(string name, int depth)
    {
        if (depth >= Limits.MaxSchemaProtobufDepth)
        {
            throw reader.Fault($"messages are nested deeper than {Limits.MaxSchemaProtobufDepth}");
        }

        budget.Count(ProtoBudget.OfMessage);
        var (fields, oneOfs, groups) = (new List<ProtoField>(), new List<ProtoOneOf>(), new List<ProtoGroup>());
        var (settings, reserved, extensions) = (new List<ProtoOption>(), new List<ProtoReserved>(), new List<ProtoExtensions>());
        var (extends, types) = (new List<ProtoExtend>(), new List<ProtoType>());
        reader.Require('{');
        while (!reader.Take('}'))
        {
            if (reader.Take(';'))
            {
                continue;
            }

            budget.Count();
            var word = reader.Word();
            switch (word)
            {
                case "option":
                    settings.Add(options.Statement());
                    break;
                case "reserved":
                    reserved.Add(new ProtoReserved(Ranges()));
                    reader.Require(';');
                    break;
                case "extensions":
                    extensions.Add(new ProtoExtensions(Ranges(), options.Bracketed()));
                    reader.Require(';');
                    break;
                case "message":
                    types.Add(Message(depth + 1));
                    break;
                case "enum":
                    types.Add(Enum());
                    break;
                case "extend":
                    extends.Add(Extend(depth + 1));
                    break;
                case "oneof":
                    oneOfs.Add(OneOf(depth));
                    break;
                default:
                    Field(word, fields, groups, depth);
                    break;
            }
        }

        return new ProtoMessage(name)
        {
            Options = settings,
            Reserved = reserved,
            Fields = fields,
            OneOfs = oneOfs,
            Groups = groups,
            Extensions = extensions,
            Extends = extends,
            Types = types,
        };
    }

    private ProtoOneOf OneOf(int depth)
    {
        var name = reader.Name("a oneof");
        budget.Count(ProtoBudget.OfList);
        var (settings, fields, groups) = (new List<ProtoOption>(), new List<ProtoField>(), new List<ProtoGroup>());
        reader.Require('{');
        while (!reader.Take('}'))
        {
            if (reader.Take(';'))
            {
                continue;
            }

            budget.Count();
            var word = reader.Word();
            if (word == "option")
            {
                settings.Add(options.Statement());
            }
            else
            {
                Member(ProtoLabel.None, Type(word), fields, groups, depth);
            }
        }

        return new ProtoOneOf(name) { Options = settings, Fields = fields, Groups = groups };
    }

    /// <summary>A field or group that begins with this word: a label, or the type where the syntax allows to leave the label out.</summary>
    private void Field(string word, List<ProtoField> fields, List<ProtoGroup> groups, int depth)
    {
        budget.Count();
        var label = word switch
        {
            "optional" => ProtoLabel.Optional,
            "required" => ProtoLabel.Required,
            "repeated" => ProtoLabel.Repeated,
            _ => ProtoLabel.None,
        };
        if (label == ProtoLabel.Required && IsProto3)
        {
            throw reader.Fault("'required' label forbidden in proto3 field declarations");
        }

        if (label == ProtoLabel.None && NeedsLabels && !(word == "map" && reader.Peek() == '<'))
        {
            throw reader.Fault($"unexpected label: {ProtoReader.Excerpt(word)}");
        }

        var type = Type(label == ProtoLabel.None ? word : reader.Word("a type"));
        if (type.IsMap && label != ProtoLabel.None)
        {
            throw reader.Fault("'map' type cannot have label");
        }

        Member(label, type, fields, groups, depth);
    }

    private ProtoTypeName Type(string word)
    {
        if (word != "map" || reader.Peek() != '<')
        {
            return new ProtoTypeName(word, null);
        }

        budget.Count(ProtoBudget.OfMap);
        reader.Require('<');
        var key = reader.Word("a key type");
        reader.Require(',');
        var value = reader.Word("a value type");
        reader.Require('>');
        return new ProtoTypeName(value, key);
    }

    private void Member(ProtoLabel label, ProtoTypeName type, List<ProtoField> fields, List<ProtoGroup> groups, int depth)
    {
        var name = reader.Name("a field");
        reader.Require('=');
        var tag = reader.Int();
        var settings = options.Bracketed();
        if (type is { Name: "group", IsMap: false } && reader.Peek() == '{')
        {
            groups.Add(new ProtoGroup(label, tag, Body(name, depth + 1), settings));
            return;
        }

        var (standard, json) = (Strip(settings, "default"), Strip(settings, "json_name"));
        reader.Require(';');
        fields.Add(new ProtoField(label, type, name, tag) { Default = standard, JsonName = json, Options = settings });
    }

    /// <summary>Takes the pseudo option of this name out; the last one counts.</summary>
    private static ProtoValue? Strip(List<ProtoOption> settings, string name)
    {
        var found = settings.FindLast(o => o.Name == name && !o.IsCustom)?.Value;
        if (found is not null)
        {
            settings.RemoveAll(o => o.Name == name && !o.IsCustom);
        }

        return found;
    }

    /// <summary>Numbers, ranges and names between commas.</summary>
    private List<ProtoReservedItem> Ranges()
    {
        var items = new List<ProtoReservedItem>();
        do
        {
            budget.Count();
            if (reader.IsQuote())
            {
                items.Add(ProtoReservedItem.Of(reader.Quoted()));
            }
            else if (reader.Peek() is '-' or '+' or (>= '0' and <= '9'))
            {
                var start = reader.Int();
                items.Add(ProtoReservedItem.Of(start, reader.Peek() is ',' or ';' or '[' ? start : End()));
            }
            else
            {
                // Editions write reserved names without quotes.
                items.Add(ProtoReservedItem.Of(reader.Name("a reserved name")));
            }
        }
        while (reader.Take(','));

        return items;
    }

    private int End()
    {
        if (reader.Word() != "to")
        {
            throw reader.Fault("expected ',', ';' or 'to'");
        }

        if (reader.Peek() != 'm')
        {
            return reader.Int();
        }

        return reader.Word() == "max" ? ProtoReservedItem.MaxTag : throw reader.Fault("expected a number or 'max'");
    }
}
