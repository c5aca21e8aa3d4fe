using System.Collections;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace SchemaRegistry.Core.Protobuf;

/// <summary>
/// Options as descriptors have them. Those that Protobuf itself defines are fields of a message; the others stay uninterpreted, with the text that
/// the file gave them, so that nothing of it is lost.
/// </summary>
internal static class DescriptorOptions
{
    private const string Uninterpreted = "uninterpreted_option";

    /// <summary>Options in the order in which descriptor.proto declares them, then the uninterpreted ones.</summary>
    public static List<ProtoOption> Read(IMessage options, ProtoBudget budget)
    {
        var result = new List<ProtoOption>();
        foreach (var (name, value) in Fields(options, budget, 0))
        {
            result.Add(new ProtoOption(name, IsCustom: false, Path: null, value));
        }

        if (options.Descriptor.FindFieldByName(Uninterpreted)?.Accessor.GetValue(options) is IEnumerable uninterpreted)
        {
            result.AddRange(uninterpreted.Cast<UninterpretedOption>().Select(o => UninterpretedOptions.Read(o, budget)));
        }

        return result;
    }

    /// <summary>Sets options on a descriptor's message; what it has no field for, or not of that type, is kept uninterpreted.</summary>
    public static T? Write<T>(IReadOnlyList<ProtoOption> options, ExtensionOptionWriter extensions)
        where T : class, IMessage<T>, new()
    {
        if (options.Count == 0)
        {
            return null;
        }

        var message = new T();
        var custom = new List<byte>();
        foreach (var option in options)
        {
            if (option.IsCustom && extensions.Write(option, message.Descriptor.FullName) is { } bytes && !IsKnown(message, bytes))
            {
                custom.AddRange(bytes);
                continue;
            }

            var isSet = !option.IsCustom && option.Path is null && option.Name != Uninterpreted && TrySet(message, option.Name.Split('.'), option.Value);
            if (!isSet)
            {
                ((IList)message.Descriptor.FindFieldByName(Uninterpreted).Accessor.GetValue(message)).Add(UninterpretedOptions.Write(option));
            }
        }

        if (custom.Count > 0)
        {
            message.MergeFrom(custom.ToArray());
        }

        return message;
    }

    /// <summary>An extension that has taken the tag of a field of its message would be read as that field.</summary>
    private static bool IsKnown(IMessage message, byte[] bytes) =>
        message.Descriptor.FindFieldByNumber(WireFormat.GetTagFieldNumber(new CodedInputStream(bytes).ReadTag())) is not null;

    private static IEnumerable<(string Name, ProtoValue Value)> Fields(IMessage message, ProtoBudget budget, int depth)
    {
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder().Where(f => f.Name != Uninterpreted && !f.IsMap))
        {
            if (field.IsRepeated)
            {
                foreach (var item in (IEnumerable)field.Accessor.GetValue(message))
                {
                    yield return (field.Name, Value(field, item, budget, depth));
                }
            }
            else if (field.Accessor.HasValue(message))
            {
                yield return (field.Name, Value(field, field.Accessor.GetValue(message), budget, depth));
            }
        }
    }

    private static ProtoValue Value(FieldDescriptor field, object value, ProtoBudget budget, int depth)
    {
        budget.Count();
        return value switch
        {
            bool flag => ProtoValue.Of(flag),
            string text => ProtoValue.Of(ProtoValueKind.String, text),
            ByteString bytes => ProtoValue.Of(ProtoValueKind.String, string.Concat(bytes.Select(b => (char)b))),
            // Descriptors' own option messages are no deeper than a few; the parser bounds what hides in unknown fields.
            IMessage message => ProtoValue.Map([.. Fields(message, budget, depth + 1).Select(e => new ProtoEntry(e.Name, e.Value))]),
            Enum constant => Constant(field.EnumType, Convert.ToInt32(constant, CultureInfo.InvariantCulture)),
            IFormattable number => ProtoValue.Of(ProtoValueKind.Number, number.ToString(null, CultureInfo.InvariantCulture)),
            _ => ProtoValue.Of(ProtoValueKind.String, ""),
        };
    }

    private static ProtoValue Constant(EnumDescriptor type, int number) => type.FindValueByNumber(number) is { } constant
        ? ProtoValue.Of(ProtoValueKind.Enum, constant.Name)
        : ProtoValue.Of(ProtoValueKind.Number, number.ToString(CultureInfo.InvariantCulture));

    private static bool TrySet(IMessage message, ReadOnlySpan<string> path, ProtoValue value)
    {
        var field = message.Descriptor.FindFieldByName(path[0]);
        if (field is null || field.IsMap)
        {
            return false;
        }

        if (path.Length > 1)
        {
            return field is { IsRepeated: false, FieldType: FieldType.Message } && TryWithin(message, field, path[1..], value);
        }

        if (field.FieldType == FieldType.Message || !TryConvert(field, value, out var converted))
        {
            return false;
        }

        if (field.IsRepeated)
        {
            ((IList)field.Accessor.GetValue(message)).Add(converted);
        }
        else
        {
            field.Accessor.SetValue(message, converted);
        }

        return true;
    }

    private static bool TryWithin(IMessage message, FieldDescriptor field, ReadOnlySpan<string> path, ProtoValue value)
    {
        var inner = (IMessage?)field.Accessor.GetValue(message) ?? field.MessageType.Parser.ParseFrom(ByteString.Empty);
        if (!TrySet(inner, path, value))
        {
            return false;
        }

        field.Accessor.SetValue(message, inner);
        return true;
    }

    private static bool TryConvert(FieldDescriptor field, ProtoValue value, out object converted)
    {
        converted = "";
        switch (field.FieldType)
        {
            case FieldType.Bool when value.Kind == ProtoValueKind.Boolean:
                converted = value.Text == "true";
                return true;
            case FieldType.String when value.Kind == ProtoValueKind.String:
                converted = value.Text;
                return true;
            case FieldType.Enum when value.Kind == ProtoValueKind.Enum && field.EnumType.FindValueByName(value.Text) is { } constant:
                converted = Enum.ToObject(field.EnumType.ClrType, constant.Number);
                return true;
            case FieldType.Int32 when int.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number):
                converted = number;
                return true;
            default:
                return false;
        }
    }
}
