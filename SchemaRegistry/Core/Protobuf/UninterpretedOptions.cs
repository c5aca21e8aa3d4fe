using System.Globalization;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Kernel;

namespace SchemaRegistry.Core.Protobuf;

/// <summary>Options that a descriptor holds as text because their extensions are not at hand.</summary>
internal static class UninterpretedOptions
{
    public static ProtoOption Read(UninterpretedOption option, ProtoBudget budget)
    {
        budget.Count();
        var parts = option.Name;
        var isBad = parts.Count is 0 or > Limits.MaxSchemaProtobufDepth
            || parts.Any(p => p.NamePart_.Length == 0 || !p.NamePart_.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.'));
        if (isBad || parts.Sum(p => p.NamePart_.Length) > Limits.MaxSchemaProtobufNameChars)
        {
            throw new ProtoFault("The descriptor has an option with an illegal name");
        }

        var isCustom = parts[0].IsExtension;
        var rest = string.Join('.', parts.Skip(1).Select(p => p.IsExtension ? $"({p.NamePart_})" : p.NamePart_));
        if (rest.StartsWith('.') || rest.EndsWith('.') || rest.Contains("..", StringComparison.Ordinal))
        {
            throw new ProtoFault("The descriptor has an option with an illegal name");
        }

        return isCustom || rest.Length == 0
            ? new ProtoOption(parts[0].NamePart_, isCustom, rest.Length == 0 ? null : rest, Value(option))
            : new ProtoOption($"{parts[0].NamePart_}.{rest}", IsCustom: false, Path: null, Value(option));
    }

    public static UninterpretedOption Write(ProtoOption option)
    {
        var result = new UninterpretedOption();
        result.Name.Add(Part(option.Name, option.IsCustom));
        foreach (var segment in ProtoOptionPath.Segments(option.Path))
        {
            result.Name.Add(Part(segment.Trim('[', ']'), segment.StartsWith('[')));
        }

        var (value, text) = (option.Value, option.Value.Text);
        if (value.Kind == ProtoValueKind.String)
        {
            result.StringValue = text.All(c => c <= 0xFF) && text.Any(c => c is >= '\u0080') ? Latin(text) : ByteString.CopyFromUtf8(text);
        }
        else if (value.Kind is ProtoValueKind.Map or ProtoValueKind.List)
        {
            result.AggregateValue = ProtoPrinter.Print(value);
        }
        else if (value.Kind != ProtoValueKind.Number)
        {
            result.IdentifierValue = text;
        }
        else if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var positive))
        {
            result.PositiveIntValue = positive;
        }
        else if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var negative))
        {
            result.NegativeIntValue = negative;
        }
        else if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            result.DoubleValue = number;
        }
        else
        {
            result.IdentifierValue = text;
        }

        return result;
    }

    /// <summary>Text beyond ASCII is UTF-8 in files that are read as characters; escaped bytes that are not would change by it.</summary>
    private static ByteString Latin(string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        return System.Text.Unicode.Utf8.IsValid(bytes) ? ByteString.CopyFrom(bytes) : ByteString.CopyFromUtf8(text);
    }

    private static UninterpretedOption.Types.NamePart Part(string name, bool isExtension) => new() { NamePart_ = name, IsExtension = isExtension };

    private static ProtoValue Value(UninterpretedOption option)
    {
        if (option.HasAggregateValue)
        {
            return ProtoParser.ParseValue(option.AggregateValue);
        }

        if (option.HasIdentifierValue)
        {
            return ProtoParser.ParseValue(option.IdentifierValue);
        }

        if (option.HasStringValue)
        {
            return ProtoValue.Of(ProtoValueKind.String, option.StringValue.ToStringUtf8());
        }

        var text = option.HasPositiveIntValue ? option.PositiveIntValue.ToString(CultureInfo.InvariantCulture)
            : option.HasNegativeIntValue ? option.NegativeIntValue.ToString(CultureInfo.InvariantCulture)
            : option.DoubleValue.ToString("R", CultureInfo.InvariantCulture);
        return ProtoValue.Of(ProtoValueKind.Number, text);
    }
}
