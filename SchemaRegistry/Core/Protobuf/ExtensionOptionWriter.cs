using System.Globalization;
using System.Text;
using Google.Protobuf;

namespace SchemaRegistry.Core.Protobuf;

/// <summary>
/// Writes custom options as the bytes of their extensions, as protoc does, where the extension and all that the value names are known; the others
/// stay with their text. One schema, one owner.
/// </summary>
internal sealed class ExtensionOptionWriter(ProtobufSchema schema)
{
    private readonly ProtoMemberIndex _members = new();
    private int _steps;

    /// <summary>The bytes of an option within its message; null when they cannot be made.</summary>
    /// <param name="option">A custom option.</param>
    /// <param name="extendee">The full name of the option message that must be extended.</param>
    public byte[]? Write(ProtoOption option, string extendee)
    {
        try
        {
            var package = schema.Scopes.Package(schema.File);
            if (schema.Scopes.Extension(package, option.Name, ref _steps) is not { Extension: { } field } extension
                || schema.Scopes.ExtensionOf(extendee, field.Tag) != extension)
            {
                return null;
            }

            var value = option.Value;
            foreach (var segment in Enumerable.Reverse(ProtoOptionPath.Segments(option.Path)))
            {
                value = ProtoValue.Map([new ProtoEntry(segment, value)]);
            }

            using var stream = new MemoryStream();
            var output = new CodedOutputStream(stream);
            if (!Field(output, field, extension.Parent!, value))
            {
                return null;
            }

            output.Flush();
            return stream.ToArray();
        }
        catch (ProtoFault)
        {
            return null;
        }
    }

    private bool Field(CodedOutputStream output, ProtoField field, ProtoScope from, ProtoValue value)
    {
        if (field.Tag is < 1 or > ProtoReservedItem.MaxTag)
        {
            return false;
        }

        if (value.Kind == ProtoValueKind.List)
        {
            return (field.Label == ProtoLabel.Repeated || field.Type.IsMap) && value.Items.All(i => Field(output, field, from, i));
        }

        if (field.Type.IsMap)
        {
            var entry = ProtoMemberIndex.Entry(field.Type);
            return Message(output, field.Tag, key => Array.Find(entry, f => f.Name == key), from, value);
        }

        if (ProtoScopes.IsScalar(field.Type.Name))
        {
            return Scalar(output, field, value);
        }

        var found = schema.Scopes.Type(from, field.Type.Name, ref _steps);
        if (found?.Type is ProtoMessage message)
        {
            return Message(output, field.Tag, key => _members.ByName(message, key), found, value);
        }

        var constant = (found?.Type as ProtoEnum)?.Constants.FirstOrDefault(c => c.Name == value.Text);
        if (constant is null || value.Kind is ProtoValueKind.String)
        {
            return false;
        }

        output.WriteTag(field.Tag, WireFormat.WireType.Varint);
        output.WriteInt32(constant.Tag);
        return true;
    }

    private bool Message(CodedOutputStream output, int tag, Func<string, ProtoField?> find, ProtoScope scope, ProtoValue value)
    {
        if (value.Kind != ProtoValueKind.Map)
        {
            return false;
        }

        using var stream = new MemoryStream();
        var inner = new CodedOutputStream(stream);
        foreach (var (key, entry) in value.Entries)
        {
            if (find(key) is not { } field || !Field(inner, field, scope, entry))
            {
                return false;
            }
        }

        inner.Flush();
        output.WriteTag(tag, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(stream.ToArray()));
        return true;
    }

    private static bool Scalar(CodedOutputStream output, ProtoField field, ProtoValue value)
    {
        var type = field.Type.Name;
        switch (type)
        {
            case "bool":
                output.WriteTag(field.Tag, WireFormat.WireType.Varint);
                output.WriteBool(value.Text == "true");
                return value.Kind == ProtoValueKind.Boolean;
            case "string" or "bytes":
                output.WriteTag(field.Tag, WireFormat.WireType.LengthDelimited);
                output.WriteBytes(type == "bytes" && value.Text.All(c => c <= 0xFF)
                    ? ByteString.CopyFrom(Encoding.Latin1.GetBytes(value.Text))
                    : ByteString.CopyFromUtf8(value.Text));
                return value.Kind == ProtoValueKind.String;
            case "float" or "double":
                return Real(output, field.Tag, type, value.Text);
            default:
                return value.Kind == ProtoValueKind.Number && Whole(output, field.Tag, type, value.Text);
        }
    }

    private static bool Real(CodedOutputStream output, int tag, string type, string text)
    {
        var word = text switch { "inf" => "Infinity", "-inf" => "-Infinity", "nan" => "NaN", _ => text };
        if (!double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        output.WriteTag(tag, type == "float" ? WireFormat.WireType.Fixed32 : WireFormat.WireType.Fixed64);
        if (type == "float")
        {
            output.WriteFloat((float)number);
        }
        else
        {
            output.WriteDouble(number);
        }

        return true;
    }

    private static bool Whole(CodedOutputStream output, int tag, string type, string text)
    {
        var isHex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        Int128 number;
        if (isHex && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex))
        {
            number = hex;
        }
        else if (!Int128.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number))
        {
            return false;
        }

        var (least, most) = type switch
        {
            "int32" or "sint32" or "sfixed32" => ((Int128)int.MinValue, (Int128)int.MaxValue),
            "uint32" or "fixed32" => (0, uint.MaxValue),
            "uint64" or "fixed64" => (0, ulong.MaxValue),
            _ => (long.MinValue, long.MaxValue),
        };
        if (number < least || number > most)
        {
            return false;
        }

        var bits = (ulong)(long)(number > long.MaxValue ? number - ((Int128)1 << 64) : number);
        switch (type)
        {
            case "fixed32" or "sfixed32":
                output.WriteTag(tag, WireFormat.WireType.Fixed32);
                output.WriteFixed32((uint)bits);
                break;
            case "fixed64" or "sfixed64":
                output.WriteTag(tag, WireFormat.WireType.Fixed64);
                output.WriteFixed64(bits);
                break;
            case "sint32" or "sint64":
                output.WriteTag(tag, WireFormat.WireType.Varint);
                output.WriteSInt64((long)bits);
                break;
            default:
                output.WriteTag(tag, WireFormat.WireType.Varint);
                output.WriteUInt64(bits);
                break;
        }

        return true;
    }
}
