using System.Globalization;
using System.Text;
using Google.Protobuf.Collections;
using Google.Protobuf.Reflection;
using FieldKind = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type;
using Label = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Label;

namespace SchemaRegistry.Core.Protobuf;

/// <summary>Makes the descriptors of fields. Owned by a <see cref="DescriptorWriter"/>.</summary>
internal sealed class DescriptorFieldWriter(ProtobufSchema schema, ExtensionOptionWriter options)
{
    private int _steps;

    public FieldDescriptorProto Field(ProtoField field, ProtoScope scope)
    {
        var result = Typed(field.Name, field.Tag, field.Type.Name, scope);
        result.Label = LabelOf(field.Label);
        if (field.Default is { } value)
        {
            result.DefaultValue = result.Type == FieldKind.Bytes ? DescriptorBytes.Escape(value.Text) : Number(value, result.Type);
        }

        if (field.JsonName is not null)
        {
            result.JsonName = field.JsonName.Text;
        }

        result.Options = DescriptorOptions.Write<FieldOptions>(field.Options, options);
        return result;
    }

    /// <summary>A map field, and its entry message among the nested ones.</summary>
    public FieldDescriptorProto Map(ProtoField field, ProtoScope scope, RepeatedField<DescriptorProto> nested)
    {
        var entry = new DescriptorProto { Name = EntryName(field.Name), Options = new MessageOptions { MapEntry = true } };
        entry.Field.Add(Part("key", 1, field.Type.Key!));
        entry.Field.Add(Part("value", 2, field.Type.Name));
        nested.Add(entry);
        var result = new FieldDescriptorProto
        {
            Name = field.Name,
            Number = field.Tag,
            Label = Label.Repeated,
            Type = FieldKind.Message,
            TypeName = $".{scope.FullName()}.{entry.Name}",
            Options = DescriptorOptions.Write<FieldOptions>(field.Options, options),
        };
        if (field.JsonName is not null)
        {
            result.JsonName = field.JsonName.Text;
        }

        return result;

        FieldDescriptorProto Part(string name, int tag, string type)
        {
            var part = Typed(name, tag, type, scope);
            part.Label = Label.Optional;
            return part;
        }
    }

    public FieldDescriptorProto Group(ProtoGroup group, ProtoScope scope) => new()
    {
        Name = group.Body.Name.ToLowerInvariant(),
        Number = group.Tag,
        Label = LabelOf(group.Label),
        Type = FieldKind.Group,
        TypeName = "." + (scope.Child(group.Body.Name) ?? scope).FullName(),
        Options = DescriptorOptions.Write<FieldOptions>(group.Options, options),
    };

    public void Extend(ProtoExtend extend, ProtoScope scope, RepeatedField<FieldDescriptorProto> extensions, Action<ProtoMessage> addGroup)
    {
        var extendee = FullName(extend.Name, scope);
        foreach (var field in extend.Fields)
        {
            var extension = Field(field, scope);
            extension.Extendee = extendee;
            if (field.Label == ProtoLabel.Optional && schema.File.IsProto3)
            {
                extension.Proto3Optional = true;
            }

            extensions.Add(extension);
        }

        foreach (var group in extend.Groups)
        {
            var extension = Group(group, scope);
            extension.Extendee = extendee;
            extensions.Add(extension);
            addGroup(group.Body);
        }
    }

    /// <summary>The name with a leading dot and all its packages; as written when it cannot be found.</summary>
    public string FullName(string type, ProtoScope scope) => Find(type, scope) is { } found ? "." + found.FullName() : type;

    private ProtoScope? Find(string type, ProtoScope scope)
    {
        try
        {
            return schema.Scopes.Type(scope, type, ref _steps);
        }
        catch (ProtoFault)
        {
            return null;
        }
    }

    private FieldDescriptorProto Typed(string name, int tag, string type, ProtoScope scope)
    {
        var result = new FieldDescriptorProto { Name = name, Number = tag };
        if (ProtoScopes.IsScalar(type))
        {
            result.Type = Enum.Parse<FieldKind>(type, ignoreCase: true);
        }
        else if (Find(type, scope) is { } found)
        {
            result.Type = found.Type is ProtoEnum ? FieldKind.Enum : FieldKind.Message;
            result.TypeName = "." + found.FullName();
        }
        else
        {
            result.TypeName = type;
        }

        return result;
    }

    private static Label LabelOf(ProtoLabel label) => label switch
    {
        ProtoLabel.Required => Label.Required,
        ProtoLabel.Repeated => Label.Repeated,
        _ => Label.Optional,
    };

    /// <summary>Whole numbers in decimal digits, as descriptors hold them.</summary>
    private static string Number(ProtoValue value, FieldKind type)
    {
        var isWhole = value.Kind == ProtoValueKind.Number && type is not (FieldKind.Double or FieldKind.Float);
        var text = value.Text;
        return isWhole && text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)
            ? number.ToString(CultureInfo.InvariantCulture)
            : text;
    }

    /// <summary>The name that protoc gives a map's entry: the field's in camel case, and Entry.</summary>
    private static string EntryName(string field)
    {
        var name = new StringBuilder(field.Length + 5);
        var isUpper = true;
        foreach (var c in field)
        {
            if (c == '_')
            {
                isUpper = true;
            }
            else
            {
                name.Append(isUpper ? char.ToUpperInvariant(c) : c);
                isUpper = false;
            }
        }

        return name.Append("Entry").ToString();
    }
}
