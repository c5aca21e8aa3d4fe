using System.Globalization;
using System.Text;
using Google.Protobuf;
using Kernel;

namespace SchemaRegistry.Core.Protobuf;

/// <summary>
/// Reads custom options out of a descriptor's bytes, where the schema, its references or a well-known file define the extension. What nobody
/// defines cannot be written as text, and is left out as the registry does. One descriptor, one owner.
/// </summary>
internal sealed class ExtensionOptionReader(ProtoScopes scopes, ProtoBudget budget)
{
    private readonly ProtoMemberIndex _members = new();
    private int _steps;

    /// <summary>The custom options of an option message, in the order of their bytes.</summary>
    public List<ProtoOption> Read(IMessage options)
    {
        var result = new List<ProtoOption>();
        if (!scopes.HasExtensions)
        {
            return result;
        }

        var known = options.Descriptor;
        var found = Collect(options.ToByteArray(), 0, number =>
            known.FindFieldByNumber(number) is null && scopes.ExtensionOf(known.FullName, number) is { Extension: { } field } extension
                ? (extension, field, extension.Parent!)
                : null);
        foreach (var (extension, _, values) in found)
        {
            var name = extension!.FullName();
            result.AddRange(values.Select(v => new ProtoOption(name, IsCustom: true, Path: null, v)));
        }

        return result;
    }

    /// <summary>
    /// The values of all fields that are known, in the order in which they first come. As in any reader of Protobuf, the pieces of a message that
    /// comes several times are one message, and of a scalar the last one counts.
    /// </summary>
    private List<(ProtoScope? Extension, ProtoField Field, List<ProtoValue> Values)> Collect(
        byte[] bytes, int depth, Func<int, (ProtoScope? Extension, ProtoField Field, ProtoScope From)?> find)
    {
        var input = new CodedInputStream(bytes);
        var places = new Dictionary<int, int>();
        var result = new List<(ProtoScope? Extension, ProtoField Field, List<ProtoValue> Values)>();
        var pieces = new Dictionary<int, (ProtoScope Message, List<byte> Bytes)>();
        while (input.ReadTag() is var tag && tag != 0)
        {
            var number = WireFormat.GetTagFieldNumber(tag);
            if (find(number) is not { } known)
            {
                input.SkipLastField();
                continue;
            }

            if (places.TryAdd(number, result.Count))
            {
                result.Add((known.Extension, known.Field, []));
            }

            var (type, isRepeated) = (known.Field.Type, known.Field.Label == ProtoLabel.Repeated || known.Field.Type.IsMap);
            var message = type.IsMap || ProtoScopes.IsScalar(type.Name) ? null : scopes.Type(known.From, type.Name, ref _steps);
            if (!isRepeated && message?.Type is ProtoMessage)
            {
                pieces.TryAdd(number, (message, []));
                pieces[number].Bytes.AddRange(input.ReadBytes());
                continue;
            }

            var values = result[places[number]].Values;
            if (!isRepeated)
            {
                values.Clear();
            }

            values.AddRange(Values(type, known.From, isRepeated, input, tag, depth));
        }

        foreach (var (number, (message, all)) in pieces)
        {
            result[places[number]].Values.Add(Message(message, [.. all], depth + 1));
        }

        return result;
    }

    /// <summary>One value, or all of a packed field.</summary>
    private List<ProtoValue> Values(ProtoTypeName type, ProtoScope from, bool isRepeated, CodedInputStream input, uint tag, int depth)
    {
        var found = type.IsMap || ProtoScopes.IsScalar(type.Name) ? null : scopes.Type(from, type.Name, ref _steps);
        var isNumber = !type.IsMap && type.Name is not ("string" or "bytes") && found?.Type is not ProtoMessage;
        if (!isNumber || !isRepeated || WireFormat.GetTagWireType(tag) != WireFormat.WireType.LengthDelimited)
        {
            return [Value(type, from, found, input, tag, depth)];
        }

        var values = new List<ProtoValue>();
        var packed = new CodedInputStream(input.ReadBytes().ToByteArray());
        while (!packed.IsAtEnd)
        {
            values.Add(Value(type, from, found, packed, 0, depth));
        }

        return values;
    }

    private ProtoValue Value(ProtoTypeName type, ProtoScope from, ProtoScope? found, CodedInputStream input, uint tag, int depth)
    {
        budget.Count();
        if (type.IsMap)
        {
            var entry = ProtoMemberIndex.Entry(type);
            return Message(number => Array.Find(entry, f => f.Tag == number), from, input.ReadBytes().ToByteArray(), depth + 1);
        }

        switch (found?.Type)
        {
            case ProtoMessage:
                return Message(found, input.ReadBytes().ToByteArray(), depth + 1);
            case ProtoEnum constants:
                var number = input.ReadInt32();
                return constants.Constants.FirstOrDefault(c => c.Tag == number) is { } constant
                    ? ProtoValue.Of(ProtoValueKind.Enum, constant.Name)
                    : Number(number);
        }

        return type.Name switch
        {
            "bool" => ProtoValue.Of(input.ReadBool()),
            "string" => ProtoValue.Of(ProtoValueKind.String, input.ReadString()),
            "bytes" => ProtoValue.Of(ProtoValueKind.String, Encoding.Latin1.GetString(input.ReadBytes().Span)),
            "double" => Real(input.ReadDouble()),
            "float" => Real(Widen(input.ReadFloat())),
            "int32" => Number(input.ReadInt32()),
            "int64" => Number(input.ReadInt64()),
            "uint32" => Number(input.ReadUInt32()),
            "uint64" => Number(input.ReadUInt64()),
            "sint32" => Number(input.ReadSInt32()),
            "sint64" => Number(input.ReadSInt64()),
            "fixed32" => Number(input.ReadFixed32()),
            "fixed64" => Number(input.ReadFixed64()),
            "sfixed32" => Number(input.ReadSFixed32()),
            "sfixed64" => Number(input.ReadSFixed64()),
            _ => throw new ProtoFault($"A custom option has the type {ProtoReader.Excerpt(type.Name)}, which cannot be found, and field {WireFormat.GetTagFieldNumber(tag)}"),
        };
    }

    private ProtoValue Message(ProtoScope message, byte[] bytes, int depth) =>
        Message(number => _members.ByTag((ProtoMessage)message.Type!, number), message, bytes, depth);

    private ProtoValue Message(Func<int, ProtoField?> find, ProtoScope scope, byte[] bytes, int depth)
    {
        if (depth > Limits.MaxSchemaProtobufDepth)
        {
            throw new ProtoFault($"option values are nested deeper than {Limits.MaxSchemaProtobufDepth}");
        }

        var found = Collect(bytes, depth, number => find(number) is { } field ? (null, field, scope) : null);
        return ProtoValue.Map([.. found.Select(f => new ProtoEntry(f.Field.Name, f.Values.Count == 1 ? f.Values[0] : ProtoValue.List(f.Values)))]);
    }

    private static ProtoValue Number(IFormattable value) => ProtoValue.Of(ProtoValueKind.Number, value.ToString(null, CultureInfo.InvariantCulture));

    /// <summary>The double that is written as the float is: 0.1f is 0.1.</summary>
    private static double Widen(float value) => float.IsFinite(value)
        ? double.Parse(value.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)
        : value;

    private static ProtoValue Real(double value) => double.IsNaN(value) ? ProtoValue.Of(ProtoValueKind.Enum, "nan")
        : double.IsInfinity(value) ? ProtoValue.Of(value > 0 ? ProtoValueKind.Enum : ProtoValueKind.Number, value > 0 ? "inf" : "-inf")
        : Number(value);
}
